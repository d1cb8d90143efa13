"""What the word under the cursor may become."""

from typing import Final

from clustersim.api.registry import RESOURCES
from clustersim.cluster import Cluster
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.command_line import split
from clustersim.console.console import HERE, KUBECTL
from clustersim.console.node import ON_NODES, UNITS
from clustersim.faults.workloads import resource_named

KINDS: Final = tuple(
    sorted({name for resource in RESOURCES.values() for name in (resource.plural, *resource.short_names)})
)
FLAGS: Final[dict[str, tuple[str, ...]]] = {
    "get": ("-o wide", "-o yaml", "-w", "-l", "-n", "--all-namespaces", "--show-all", "--show-labels"),
    "delete": ("--force", "--grace-period=0", "-n"),
    "drain": ("--ignore-daemonsets", "--force"),
    "scale": ("--replicas=",),
    "label": ("--overwrite",),
}
SUBCOMMANDS: Final = {"rollout": ("history", "status", "undo"), "set": ("image",)}
NODE_VERBS: Final = ("cordon", "uncordon", "drain")
TYPED: Final = ("get", "describe", "delete", "label", "scale", "taint", "explain")
MOST: Final = 60


def complete(cluster: Cluster, text: str, where: str) -> tuple[str, ...]:
    """Words that begin as the last one does, sorted; none where nothing is known."""
    try:
        words = split(text)
    except Said:
        return ()
    begun = "" if not words or text[-1:].isspace() else words[-1]
    before = words if not begun else words[:-1]
    found = [word for word in _candidates(cluster, before, begun, where) if word.startswith(begun)]
    return tuple(sorted(dict.fromkeys(found)))[:MOST]


def _candidates(cluster: Cluster, before: tuple[str, ...], begun: str, where: str) -> list[str]:
    if where in cluster.machines:
        return _on_node(before)
    if not before:
        return list(HERE)
    if before[0] == "ssh":
        return list(cluster.machines)
    if before[0] != "kubectl":
        return []
    if len(before) == 1:
        return list(KUBECTL)
    return _of_kubectl(Api(cluster), before[1], [word for word in before[2:] if word[0] != "-"], begun)


def _on_node(before: tuple[str, ...]) -> list[str]:
    match before:
        case ():
            return [*ON_NODES, "exit"]
        case ("docker",):
            return ["info", "ps"]
        case ("systemctl",):
            return ["is-active", "restart", "start", "status", "stop"]
        case ("systemctl", _) | ("journalctl", "-u"):
            return list(UNITS)
        case ("journalctl",):
            return ["-u"]
        case ("curl",):
            return ["127.0.0.1:10248/healthz"]
    return []


def _of_kubectl(api: Api, verb: str, words: list[str], begun: str) -> list[str]:
    if begun.startswith("-"):
        return list(FLAGS.get(verb, ()))
    if verb in NODE_VERBS:
        return _names(api, "nodes")
    if verb == "logs":
        return _names(api, "pods")
    if verb in SUBCOMMANDS:
        if not words:
            return list(SUBCOMMANDS[verb])
        return [f"deployment/{name}" for name in _names(api, "deployments")]
    if verb not in TYPED:
        return []
    kind, slash, _name = begun.partition("/")
    if slash:
        return [f"{kind}/{name}" for name in _names(api, resource_named(kind))]
    if not words:
        return list(KINDS)
    return _names(api, resource_named(words[0]))


def _names(api: Api, resource: str | None) -> list[str]:
    try:
        api.reach()
    except Said:
        return []
    return [] if resource is None else [obj.metadata.name for obj in api.objects(resource, None)]
