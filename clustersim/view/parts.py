"""What there is to know about one part of the picture, and what can be done to it."""

from collections.abc import Mapping
from typing import Final

from clustersim.api.apps import Deployment
from clustersim.api.core_v1 import Pod
from clustersim.api.registry import key_of
from clustersim.cluster import Cluster
from clustersim.command import Argument, CommandError
from clustersim.engine.calendar import Calendar
from clustersim.engine.journal import Line
from clustersim.engine.process import Process
from clustersim.faults import Action, actions_for
from clustersim.faults.workloads import resource_named
from clustersim.flags import COMPONENTS, Origin, catalogue, format_value
from clustersim.i18n import Message
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubeproxy import KubeProxy
from clustersim.kubeproxy.iptables import iptables_save
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.scenario_schema import KINDS
from clustersim.traffic import Client
from clustersim.view.health import HealthItem, PortItem, health_of, ports_of
from clustersim.view.jobs import JOBS
from clustersim.view.nodes import PARTS, part_process
from clustersim.view.scheduling import attempt_notes
from clustersim.view.structs import Item, Texts, texts

LOG_LINES: Final = 40
RUNTIME: Final = "docker"
"""The part of a node that really runs containers, whatever its name in a release."""
LISTING: Final = {"docker": "docker ps", "containerd": "crictl ps"}
"""What lists the containers of a runtime on a command line."""
OWNERS: Final = tuple(KINDS[kind] for kind in KINDS if kind not in ("Service", "Pod", "Namespace"))
"""What the keys of workloads begin with."""


class FlagItem(Item, frozen=True, kw_only=True):
    """A flag as on a command line: its value here, its default in this release, its unit; modelled: it has an
    effect here, others are only shown."""

    name: str
    value: str
    default: str
    unit: str
    help: Texts
    modelled: bool


class ChoiceItem(Item, frozen=True, kw_only=True):
    """One of the only values that an argument may have."""

    value: Argument
    label: Texts


class ArgumentItem(Item, frozen=True, kw_only=True):
    """What an argument is, for people. choices: empty for any value."""

    label: Texts
    choices: tuple[ChoiceItem, ...] = ()


class ActionItem(Item, frozen=True, kw_only=True):
    """Something that can be done now. args: its arguments with values to begin with; words: what each is."""

    do: str
    target: str | None
    label: Texts
    help: Texts
    args: dict[str, Argument]
    words: dict[str, ArgumentItem]


class PartInfo(Item, frozen=True, kw_only=True):
    """A part. notes: sentences about its present state; rules: kube-proxy's, as iptables-save prints."""

    part: str
    job: Texts
    notes: tuple[Texts, ...] = ()
    flags: tuple[FlagItem, ...] = ()
    ports: tuple[PortItem, ...] = ()
    health: HealthItem | None = None
    log: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    actions: tuple[ActionItem, ...] = ()


def describe_part(cluster: Cluster, part: str) -> PartInfo | None:
    """What a part id names ("etcd", "n1", "n1.kubelet", "pod:<uid>", "rc/default/tomcat", "svc/default/x",
    "client"), None if there is no such thing (any more)."""
    if part.startswith("pod:"):
        return _pod(cluster, part)
    kind, _slash, key = part.partition("/")
    if kind in OWNERS:
        return _owner(cluster, part, kind, key)
    if kind == "svc":
        return _plain(part, "service") if cluster.object("services", key) is not None else None
    if part == "client":
        return _plain(part, "client") if any(isinstance(p, Client) for p in cluster.processes()) else None
    node, _dot, piece = part.partition(".")
    if node in cluster.machines:
        return _of_node(cluster, part, node, piece)
    found = cluster.world.engine.actors.get(part)
    if isinstance(found, Process) and found.kind in COMPONENTS:
        return _process(cluster, part, found, part)
    return None


def _of_node(cluster: Cluster, part: str, node: str, piece: str) -> PartInfo | None:
    if piece in PARTS:
        return _process(cluster, part, part_process(cluster, piece, node), node)
    if piece not in ("", "machine"):
        return None
    kind = piece or "node"
    return PartInfo(part=part, job=texts(Message(JOBS[kind])), actions=_actions(cluster, kind, node))


def _plain(part: str, kind: str) -> PartInfo:
    return PartInfo(part=part, job=texts(Message(JOBS[kind])))


def _owner(cluster: Cluster, part: str, kind: str, key: str) -> PartInfo | None:
    resource = resource_named(kind)
    found = cluster.object(resource, key) if resource is not None else None
    if found is None:
        return None
    target = f"{kind}/{key.removeprefix('default/')}"
    given: dict[str, Argument] = {}
    if hasattr(found.spec, "replicas"):
        given["replicas"] = found.spec.replicas + 1
    if isinstance(found, Deployment):
        container = found.spec.template.spec.containers[0]
        given |= {"container": container.name, "image": container.image}
    return PartInfo(
        part=part,
        job=texts(Message(JOBS.get(kind, JOBS["owner"]))),
        actions=_actions(cluster, "owner", target, **given),
    )


def _pod(cluster: Cluster, part: str) -> PartInfo | None:
    uid = part.removeprefix("pod:")
    pods: Mapping[str, Pod] = cluster.objects("pods")
    found = next((pod for pod in pods.values() if pod.metadata.uid == uid), None)
    if found is None:
        return None
    return PartInfo(
        part=part,
        job=texts(Message(JOBS["pod"])),
        notes=attempt_notes(cluster, key_of(found), uid),
        actions=_actions(cluster, "pod", uid),
    )


def _process(cluster: Cluster, part: str, process: Process, target: str) -> PartInfo:
    rules = iptables_save(process.kernel, process.host.name) if isinstance(process, KubeProxy) else ()
    kind = RUNTIME if isinstance(process, ContainerRuntime) else process.kind
    return PartInfo(
        part=part,
        job=_of_runtime(JOBS[kind], cluster.world.release.runtime),
        flags=_flags(cluster, process),
        ports=ports_of(process),
        health=health_of(cluster, process),
        log=log_lines(process),
        rules=tuple(rules),
        actions=_actions(cluster, kind, target),
    )


def _flags(cluster: Cluster, process: Process) -> tuple[FlagItem, ...]:
    flags = cluster.world.state.flags
    if process.machine in cluster.machines:
        flags = cluster.world.flags_of(cluster.scenario.node(process.machine))
        if isinstance(process, Kubelet | ContainerRuntime):
            flags = flags.replaced(process.kind, process.flags)
    return tuple(
        FlagItem(
            name=info.flag,
            value=format_value(info, flags.value(info)),
            default=info.default_text,
            unit=info.unit,
            help=texts(Message(info.help)),
            modelled=info.setting.modelled,
        )
        for info in catalogue(cluster.world.release.flags, cluster.world.release.name)
        if info.component == process.kind and info.origin is Origin.FLAG
    )


def log_lines(process: Process) -> tuple[str, ...]:
    """The newest lines of its journal, as glog writes them."""
    return tuple(_log_line(process.engine.calendar, line) for line in process.journal[-LOG_LINES:])


def _log_line(of_world: Calendar, line: Line) -> str:
    level, _space, rest = line.text.partition(" ")
    return f"{level}{of_world.moment(line.t):%m%d %H:%M:%S.%f} {rest}"


def _actions(cluster: Cluster, kind: str, target: str, **given: Argument) -> tuple[ActionItem, ...]:
    found = []
    for action in actions_for(kind):
        args = _arguments(action) | {
            name: value for name, value in given.items() if name in _arguments(action)
        }
        try:
            available = action(cluster, target, args).available()
        except (CommandError, KeyError):
            continue
        if available:
            runtime = cluster.world.release.runtime
            label, help_text = (_of_runtime(text, runtime) for text in (action.label, action.help))
            found.append(
                ActionItem(
                    do=action.do, target=target, label=label, help=help_text, args=args, words=_words(action)
                )
            )
    return tuple(found)


def _words(action: type[Action]) -> dict[str, ArgumentItem]:
    return {
        parameter.name: ArgumentItem(
            label=texts(Message(parameter.help)),
            choices=tuple(
                ChoiceItem(value=value, label=texts(Message(text)))
                for value, text in parameter.choices.items()
            ),
        )
        for parameter in action.parameters
    }


def _of_runtime(text: str, runtime: str) -> Texts:
    """What is said of docker is true of the runtime of another release, which has another name."""
    said = texts(Message(text))
    command = LISTING[runtime]
    return {
        language: words.replace(LISTING[RUNTIME], command).replace(RUNTIME, runtime)
        for language, words in said.items()
    }


def _arguments(action: type[Action]) -> dict[str, Argument]:
    return {
        parameter.name: parameter.type() if parameter.default is None else parameter.default
        for parameter in action.parameters
    }
