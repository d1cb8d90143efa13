"""`kubectl drain`: the node is cordoned and what runs there is looked at; the rest goes on in the cluster.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/drain.go; v1.36 k8s.io/kubectl pkg/cmd/drain, pkg/drain.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from clustersim.api.mirrors import is_mirror
from clustersim.api.owners import controller_of
from clustersim.api.request import Request
from clustersim.command import Argument, Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.delete import grace_of
from clustersim.console.kubectl.made import dry_run
from clustersim.console.kubectl.nodes.node_changes import nodes_of
from clustersim.console.kubectl.selectors import LabelSelector, labels_of
from clustersim.console.kubectl.waits import GOES_ON, begin, duration_of, facts_of
from clustersim.engine.time import SECOND
from clustersim.flags.duration import format_duration
from clustersim.i18n import Message
from clustersim.workstation import Happened
from clustersim.workstation import drain as facts


def drain(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl drain: it cordons all nodes first, and then may refuse to go on. Raises Said."""
    arguments = commands.read("drain", words, api.release)
    if arguments.words and arguments.value("selector"):
        raise Said(
            "error: cannot specify both a node name and a --selector option\nSee 'kubectl drain -h' for "
            "help and examples"
        )
    nodes = nodes_of(api, arguments, "drain")
    dry, options = dry_run(api, arguments), _options(api, arguments)
    lines = [
        api.did("nodes", name(node), "already cordoned" if node.spec.unschedulable else "cordoned", dry=dry)
        for node in nodes
    ]
    ok, waits = True, False
    for node in nodes:
        refusals, warnings, going = _judged(api, _pods_of(api, node, arguments), arguments)
        if warnings:
            lines.append(f"{'Warning' if api.today else 'WARNING'}: {'; '.join(warnings)}")
        if refusals:
            ok = False
            lines.append(_refused(api, name(node), refusals))
        if not dry:
            body = {"spec": {"unschedulable": True}}
            command = Command("cordon" if refusals else "drain", name(node), {} if refusals else options)
            if not refusals or not node.spec.unschedulable:
                api.ask(Request("patch", "nodes", name=name(node), body=body), command)
            waits = waits or not refusals
            if api.today and not refusals:
                lines += [f"evicting pod {pod.metadata.namespace}/{pod.metadata.name}" for pod in going]
        elif api.today and not refusals:
            lines += [f"evicting pod {pod.metadata.namespace}/{pod.metadata.name} ({dry})" for pod in going]
            lines.append(api.did("nodes", name(node), "drained", dry=dry))
    text = "\n".join(lines)
    if not waits:
        return Answer(text=text, ok=ok)
    return Answer(text=text, ok=ok, note=Message(GOES_ON), follow=begin(api, ()))


def name(node: Any) -> str:
    """The node's name."""
    return str(node.metadata.name)


def _options(api: Api, arguments: Arguments) -> dict[str, Argument]:
    """How to drain, as the act of that name takes it. Raises Said."""
    options: dict[str, Argument] = {}
    if (grace := grace_of(arguments)) >= 0:
        options["grace_s"] = grace
    if (timeout := duration_of(arguments, "timeout", 0)) > 0:
        options["timeout_s"] = -(-timeout // SECOND)
    if selector := arguments.value("pod-selector"):
        try:
            LabelSelector(selector)
        except ValueError:
            raise Said("error: --pod-selector=<pod_selector> must be a valid label selector") from None
        options["pods"] = selector
    if arguments.has("disable-eviction"):
        options["evict"] = False
    if (skips_after := _skips_after(arguments)) > 0:
        options["skip_s"] = skips_after
    return options


def _skips_after(arguments: Arguments) -> int:
    """--skip-wait-for-delete-timeout, in seconds. Raises Said."""
    flag = "skip-wait-for-delete-timeout"
    text = arguments.value(flag) or "0"
    if not re.fullmatch(r"-?\d{1,6}", text):
        why = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise Said(f'error: invalid argument "{text}" for "--{flag}" flag: {why}')
    return int(text)


def _pods_of(api: Api, node: Any, arguments: Arguments) -> list[Any]:
    selector = labels_of(api, arguments.value("pod-selector"))
    return [
        pod
        for pod in api.objects("pods", None)
        if pod.spec.node_name == name(node) and selector.matches(pod.metadata.labels)
    ]


# --- what it prints as it goes on --------------------------------------------------------------------------


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """kubectl drain goes on. Raises Said."""
    arguments = commands.read("drain", words, api.release)
    api.reach()
    new, runs = facts_of(api, position)
    told = _today if api.today else _of_the_era
    everything = sorted((fact for run in runs for fact in run.happened), key=lambda fact: fact.t)
    lines = [line for fact in new for line in told(fact, everything, arguments)]
    text = "\n".join(lines)
    if not any(run.goes_on for run in runs):
        return Answer(text=text, ok=not any(run.failed for run in runs))
    return Answer(text=text, follow=replace(position, told=position.told + len(new)))


def _timeout(arguments: Arguments) -> str:
    return format_duration(duration_of(arguments, "timeout", 0))


def _of_the_era(fact: Happened, everything: Sequence[Happened], arguments: Arguments) -> list[str]:
    """cmd/drain.go of v1.7 and v1.8 says nothing of evictions that are tried again."""
    named = fact.object.rpartition("/")[2]
    match fact.what:
        case facts.EVICTED:
            return [f'pod "{named}" evicted']
        case facts.DRAINED:
            return [f'node "{named}" drained']
        case facts.TIMED_OUT if fact.message:
            why = f"Drain did not complete within {_timeout(arguments)}"
            pending = [f"pod/{one.object.rpartition('/')[2]}" for one in _late(everything)]
            head = [f"There are pending pods when an error occurred: {why}", *pending]
            return [*head, f"error: {why}"]
        case facts.REFUSED:
            return [f"error: {fact.message}"]
    return []


def _today(fact: Happened, everything: Sequence[Happened], arguments: Arguments) -> list[str]:
    _resource, _slash, key = fact.object.partition("/")
    namespace, _slash, named = key.rpartition("/")
    match fact.what:
        case facts.EVICTING:
            first = next(one for one in everything if one.object == fact.object)
            return [f"evicting pod {namespace}/{named}"] if fact is not first else []  # told at once
        case facts.NOT_NOW:
            return [
                f'error when evicting pods/"{named}" -n "{namespace}" (will retry after 5s): {fact.message}'
            ]
        case facts.EVICTED:
            return [f"pod/{named} evicted"]
        case facts.SKIPPED:
            after = _skips_after(arguments)
            return [f'pod "{named}" has DeletionTimestamp older than {after} seconds, skipping']
        case facts.DRAINED:
            return [f"node/{named} drained"]
        case facts.TIMED_OUT if fact.message:
            late = _late(everything)
            errors = [_too_late(one, everything, _timeout(arguments)) for one in late]
            told = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
            pending = [f"pod/{one.object.rpartition('/')[2]}" for one in late]
            head = [f'There are pending pods in node "{named}" when an error occurred: {told}', *pending]
            return [*head, _continued(named, told, errors)]
        case facts.REFUSED:
            return [_continued(named, fact.message, [fact.message])]
    return []


def _late(everything: Sequence[Happened]) -> list[Happened]:
    """The pods that were still there when the time was over."""
    return [fact for fact in everything if fact.what == facts.TIMED_OUT and not fact.message]


def _too_late(pod: Happened, everything: Sequence[Happened], timeout: str) -> str:
    namespace, named = pod.object.split("/")[1:]
    last = [one.what for one in everything if one.object == pod.object and one is not pod][-1]
    if last == facts.NOT_NOW:
        return f'error when evicting pods/"{named}" -n "{namespace}": global timeout reached: {timeout}'
    return (
        f'error when waiting for pod "{named}" in namespace "{namespace}" to terminate: global timeout '
        f"reached: {timeout}"
    )


# --- what stands in its way --------------------------------------------------------------------------------


class _Obstacle(NamedTuple):
    """What a drain calls pods in its way: where it refuses to go on, and where it only warns."""

    refused: str
    warned: str


class _Words(NamedTuple):
    """How one release names them, and what it puts before a refusal."""

    daemons: _Obstacle
    bare: _Obstacle
    storage: str
    before: str


_MANAGED: Final = "ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet"
_OF_OLD: Final = _Words(
    daemons=_Obstacle(
        "DaemonSet-managed pods (use --ignore-daemonsets to ignore)", "Ignoring DaemonSet-managed pods"
    ),
    bare=_Obstacle(
        f"pods not managed by {_MANAGED} (use --force to override)",
        f"Deleting pods not managed by {_MANAGED}",
    ),
    storage="pods with local storage (use --delete-local-data to override)",
    before="",
)
_OF_TODAY: Final = _Words(
    daemons=_Obstacle(
        "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", "ignoring DaemonSet-managed Pods"
    ),
    bare=_Obstacle(
        "Pods that declare no controller (use --force to override)",
        "deleting Pods that declare no controller",
    ),
    storage="Pods with local storage (use --delete-emptydir-data to override)",
    before="cannot delete ",
)


def _judged(api: Api, pods: Sequence[Any], arguments: Arguments) -> tuple[list[str], list[str], list[Any]]:
    """Why the drain does not go on, what it warns of, and the pods that go."""
    words = _OF_TODAY if api.today else _OF_OLD
    pods = [pod for pod in pods if not is_mirror(pod)]
    daemons, bare, local = _in_its_way(pods)
    refusals, warnings = list[str](), list[str]()
    for found, obstacle, flag in (
        (daemons, words.daemons, "ignore-daemonsets"),
        (bare, words.bare, "force"),
    ):
        if found and arguments.has(flag):
            warnings.append(f"{obstacle.warned}: {_names(api, found)}")
        elif found:
            refusals.append(f"{words.before}{obstacle.refused}: {_names(api, found)}")
    deletes = arguments.has("delete-local-data") or arguments.has("delete-emptydir-data")
    if local and not deletes:
        refusals.append(f"{words.before}{words.storage}: {_names(api, local)}")
    skips_after = _skips_after(arguments) * SECOND
    going = [pod for pod in pods if pod not in daemons and not facts.is_skipped(pod, skips_after, api.now)]
    return refusals, warnings, going


def _in_its_way(pods: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Pods of DaemonSets, those that nobody would make anew, and those that lose local data."""
    owners = [(pod, controller_of(pod)) for pod in pods]
    daemons = [pod for pod, owner in owners if owner is not None and owner.kind == "DaemonSet"]
    finished = ("Succeeded", "Failed")
    bare = [pod for pod, owner in owners if owner is None and pod.status.phase not in finished]
    empty = [pod for pod in pods if any(volume.empty_dir is not None for volume in pod.spec.volumes)]
    return daemons, bare, [pod for pod in empty if pod not in daemons]


def _names(api: Api, pods: Sequence[Any]) -> str:
    return ", ".join(
        f"{pod.metadata.namespace}/{pod.metadata.name}" if api.today else pod.metadata.name for pod in pods
    )


def _refused(api: Api, node: str, refusals: Sequence[str]) -> str:
    if api.today:
        told = refusals[0] if len(refusals) == 1 else f"[{', '.join(refusals)}]"
        return _continued(node, told, refusals)
    return f"error: {'; '.join(refusals)}"


def _continued(node: str, told: str, errors: Sequence[str]) -> str:
    return (
        f'error: unable to drain node "{node}" due to error: {told}, continuing command...\n'
        f"There are pending nodes to be drained:\n {node}\n" + "\n".join(errors)
    )
