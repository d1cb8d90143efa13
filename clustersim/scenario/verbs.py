"""The verbs of actions as scenario files may use them: what each is aimed at and which arguments it takes."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import msgspec

from clustersim.scenario.document import Value


class Target(StrEnum):
    """What an action is aimed at."""

    NODE = "node"
    COMPONENT = "component"
    CONTROLLER = "controller"
    OBJECT = "object"
    POD = "pod"
    IMAGE = "image"
    PART = "part"
    NOTHING = "nothing"


Read = Callable[[Value], Any]


def _container_fate(value: Value) -> str:
    return value.one_of(("lost", "none", "exited", "kept"))


def _effect(value: Value) -> str:
    return value.one_of(("NoSchedule", "PreferNoSchedule", "NoExecute"))


class Verb(msgspec.Struct, frozen=True):
    """One verb. `component`: the only target of a verb that names its target itself."""

    target: Target
    args: dict[str, Read] = {}
    required: tuple[str, ...] = ()
    component: str = ""


_ON_NODES: Final = (
    "stop-kubelet",
    "start-kubelet",
    "hang-docker",
    "resume-docker",
    "stop-kube-proxy",
    "start-kube-proxy",
    "power-on",
    "cut-network",
    "heal-network",
    "delete-node",
    "cordon",
    "uncordon",
    "join-node",
)
_TAINT: Final[dict[str, Read]] = {"key": Value.text, "value": Value.text, "effect": _effect}

VERBS: Final[dict[str, Verb]] = {
    **{verb: Verb(Target.NODE) for verb in _ON_NODES},
    **{
        f"{verb}-{component}": Verb(Target.COMPONENT, component=component)
        for component in ("controller-manager", "scheduler", "apiserver", "etcd")
        for verb in ("stop", "start")
    },
    "stop-docker": Verb(Target.NODE, {"containers": _container_fate}),
    "start-docker": Verb(Target.NODE, {"containers": _container_fate}),
    "power-off": Verb(Target.NODE, {"containers": _container_fate}),
    "delete-pod": Verb(Target.POD, {"grace_s": Value.integer, "force": Value.boolean}),
    "create": Verb(Target.OBJECT),
    "scale": Verb(Target.CONTROLLER, {"replicas": Value.integer}, ("replicas",)),
    "allow-image": Verb(Target.IMAGE),
    "set-flags": Verb(Target.PART),
    "watch": Verb(Target.NOTHING),
}
