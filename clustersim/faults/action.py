"""What an action is: a verb, what it is aimed at, its parameters, and how it is carried out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.command import Argument, CommandError
from clustersim.engine.process import Process
from clustersim.flags import Flags
from clustersim.i18n import _
from clustersim.images import ImageRegistry
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.scenario_schema import ObjectSpec, Scenario
from clustersim.workstation import KubectlClient


class Subject(Protocol):
    """What actions need of the cluster that they act on (`cluster.Cluster`)."""

    scenario: Scenario

    @property
    def machines(self) -> dict[str, Machine]: ...
    @property
    def network(self) -> Network: ...
    @property
    def registry(self) -> ImageRegistry: ...
    @property
    def kubectl(self) -> KubectlClient: ...
    def process(self, kind: str, node: str | None = None) -> Process: ...
    def runtime(self, node: str) -> ContainerRuntime: ...
    @property
    def release(self) -> str: ...
    def object(self, resource: str, key: str) -> Any: ...
    def objects(self, resource: str) -> Mapping[str, Any]: ...
    def find_pod(self, text: str) -> Pod | None: ...
    def create(self, spec: ObjectSpec) -> None: ...
    def flags_with(self, component: str, texts: Mapping[str, Argument]) -> Flags: ...
    def reconfigure(self, component: str, texts: Mapping[str, Argument]) -> None: ...
    def refuse(self, component: str, texts: Mapping[str, str]) -> None: ...
    def words_of_refusal(self, component: str, texts: Mapping[str, str]) -> str: ...


class Target(StrEnum):
    """What an action can be aimed at, and how it is named."""

    NODE = "node"
    COMPONENT = "component"
    POD = "pod"
    OWNER = "owner"
    OBJECT = "object"
    IMAGE = "image"
    NOTHING = "nothing"


class Parameter(msgspec.Struct, frozen=True):
    """One argument of an action: its name, its type, its default (None: it must be given), and what it is
    (a msgid). choices: the only values there are, each with what it means (a msgid); none: any."""

    name: str
    type: type
    help: str
    default: Argument | None = None
    choices: Mapping[Argument, str] = {}


class Action(ABC):
    """One verb. Subclasses say what it is; `check` refuses before anything changes, `apply` does it.

    label, help: msgids; what a button says, and a sentence. part: the part of the picture that offers it.
    """

    do: ClassVar[str]
    target: ClassVar[Target] = Target.NODE
    part: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    open_arguments: ClassVar[bool] = False

    def __init__(self, cluster: Subject, target: str | None, args: dict[str, Argument]) -> None:
        self.cluster = cluster
        self.target_name = target or ""
        self.args = self._checked(args)

    def _checked(self, args: dict[str, Argument]) -> dict[str, Argument]:
        known = {parameter.name: parameter for parameter in self.parameters}
        values: dict[str, Argument] = {p.name: p.default for p in self.parameters if p.default is not None}
        for name, value in args.items():
            if name not in known:
                if not self.open_arguments:
                    raise CommandError(_("{do} has no argument {name}"), do=self.do, name=name)
                values[name] = value
                continue
            wanted = known[name].type
            if wanted is float and type(value) is int:
                value = float(value)
            if type(value) is not wanted:
                raise CommandError(
                    _("{do}: {name} must be of type {type}"), do=self.do, name=name, type=wanted.__name__
                )
            values[name] = value
        for name, parameter in known.items():
            if name not in values and parameter.default is None:
                raise CommandError(_("{do} needs an argument {name}"), do=self.do, name=name)
            if parameter.choices and values[name] not in parameter.choices:
                raise CommandError(
                    _("{name} is one of {choices}, not {value}"),
                    name=name,
                    choices=", ".join(str(choice or '""') for choice in parameter.choices),
                    value=str(values[name]),
                )
        return values

    def check(self) -> None:
        """Refuse what cannot be done. Raises CommandError."""
        if self.target is Target.NODE and self.target_name not in self.cluster.machines:
            raise CommandError(_("there is no node {name}"), name=self.target_name)

    @property
    def told_as(self) -> str:
        """What it is aimed at, as people know it: a pod that was named by its uid by its name."""
        if self.target is Target.POD and (pod := self.cluster.find_pod(self.target_name)) is not None:
            metadata = pod.metadata
            if self.target_name == metadata.uid:
                return (
                    metadata.name
                    if metadata.namespace == "default"
                    else f"{metadata.namespace}/{metadata.name}"
                )
        return self.target_name

    @abstractmethod
    def apply(self) -> None:
        """Do it, now."""

    def available(self) -> bool:
        """It makes sense in the present state (a button is offered)."""
        return True
