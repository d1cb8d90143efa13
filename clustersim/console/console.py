"""One command line: whose it is, and what it answers."""

from collections.abc import Callable, Sequence
from typing import Final

from clustersim.cluster import Cluster
from clustersim.console import create, get, node, reads, rollout, writes
from clustersim.console.answer import WORKSTATION, Answer, Said
from clustersim.console.api import Api
from clustersim.console.command_line import Line, read_line
from clustersim.i18n import Message, _

VERBS: Final[dict[str, Callable[[Api, Sequence[str]], Answer]]] = {
    "api-versions": reads.api_versions,
    "cordon": writes.cordon,
    "delete": writes.delete,
    "describe": reads.describe,
    "drain": writes.drain,
    "explain": reads.explain,
    "get": get.get,
    "label": writes.label,
    "logs": reads.logs,
    "rollout": rollout.rollout,
    "scale": writes.scale,
    "set": rollout.set_image,
    "taint": writes.taint,
    "top": reads.top,
    "uncordon": writes.uncordon,
    "version": reads.version,
}
PASTING: Final[dict[str, Callable[[Api, Sequence[str], str], Answer]]] = {
    "apply": create.apply,
    "create": create.create,
}
KUBECTL: Final = tuple(sorted((*VERBS, *PASTING)))
"""The verbs of kubectl that this console knows."""

HERE: Final = ("curl", "exit", "help", "kubectl", "ssh")
"""What one can type on the workstation."""


def run(cluster: Cluster, text: str, where: str = WORKSTATION) -> Answer:
    """The answer to a command line typed at a place; nothing of the cluster changes.

    What it would change is in `commands`, to be given to the cluster by whoever may. A place that is no node
    (any more) counts as the workstation.
    """
    where = where if where in cluster.machines else WORKSTATION
    try:
        answer = _run(cluster, read_line(text), where)
    except Said as said:
        return said.answer(where)
    return answer


def go_on(cluster: Cluster, text: str, since: int) -> Answer:
    """What `kubectl get -w` prints for changes after a revision."""
    try:
        line = read_line(text)
        if line.words[:2] != ("kubectl", "get"):
            raise Said(note=_("Only kubectl get -w goes on."))
        return get.follow(Api(cluster), line.words[2:], since)
    except Said as said:
        return said.answer(WORKSTATION)


def _run(cluster: Cluster, line: Line, where: str) -> Answer:
    words = line.words
    if not words:
        return Answer(where=where)
    if words[0] == "on" and len(words) > 2:
        return _at(
            _run(cluster, Line(words[2:], line.pasted), _node(cluster, words[1].removesuffix(":"))), where
        )
    if words[0] == "exit" and len(words) == 1:
        return Answer(text=f"Connection to {where} closed." if where else "", note=None if where else _HOME)
    if words[0] == "help":
        return Answer(note=_ON_A_NODE if where else _HOME, where=where)
    if where:
        return _at(node.on_node(cluster, where, words), where)
    match words[0]:
        case "kubectl":
            return kubectl(cluster, words[1:], line.pasted)
        case "ssh":
            return _ssh(cluster, words[1:], line.pasted)
        case "curl":
            return node.curl(cluster, WORKSTATION, words[1:])
    if words[0] in node.ON_NODES:
        raise Said(
            f"-bash: {words[0]}: command not found",
            note=_("{verb} is on the nodes: ssh to one first."),
            verb=words[0],
        )
    raise Said(f"-bash: {words[0]}: command not found", note=_HOME.msgid)


_HOME: Final = Message(
    _(
        "Here you can type kubectl, ssh NODE and curl. On a node: curl, docker, journalctl, systemctl, "
        "iptables-save."
    )
)
_ON_A_NODE: Final = Message(
    _(
        "On a node: curl 127.0.0.1:10248/healthz, docker ps, journalctl -u kubelet, systemctl, "
        "iptables-save, exit."
    )
)


def _at(answer: Answer, where: str) -> Answer:
    return Answer(
        text=answer.text, note=answer.note, ok=answer.ok, commands=answer.commands, where=where,
        follow=answer.follow,
    )  # fmt: skip


def _node(cluster: Cluster, name: str) -> str:
    if name not in cluster.machines:
        raise Said(f"ssh: Could not resolve hostname {name}: Name or service not known")
    return name


def _ssh(cluster: Cluster, words: Sequence[str], pasted: str) -> Answer:
    if not words:
        raise Said(note=_("ssh wants the name of a node."))
    name = _node(cluster, words[0].rpartition("@")[2])
    if not cluster.machines[name].state.powered:
        raise Said(f"ssh: connect to host {name} port 22: No route to host")
    if len(words) > 1:
        return _at(node.on_node(cluster, name, words[1:]), WORKSTATION)
    note = None
    if name in cluster.network.state.cut:
        note = Message(
            _("The network of {node} is cut: this is its own screen and keyboard."), {"node": name}
        )
    return Answer(note=note, where=name)


def kubectl(cluster: Cluster, words: Sequence[str], pasted: str = "") -> Answer:
    """kubectl with these arguments. Raises Said."""
    words = list(words)
    early: list[str] = []
    while len(words) > 1 and words[0] in ("-n", "--namespace"):
        early += words[:2]
        words = words[2:]
    while words and words[0].startswith("--namespace="):
        early.append(words.pop(0))
    verb, *rest = words or [""]
    api = Api(cluster)
    if verb in VERBS:
        return VERBS[verb](api, [*rest, *early])
    if verb in PASTING:
        return PASTING[verb](api, [*rest, *early], pasted)
    known = _("This console knows kubectl {verbs}.")
    text = f'Error: unknown command "{verb}" for "kubectl"\nRun \'kubectl --help\' for usage.'
    real = verb in _REAL or not verb or verb.startswith("-")
    raise Said("" if real else text, note=known, verbs=", ".join(KUBECTL))


_REAL: Final = (
    "annotate", "api-resources", "attach", "auth", "autoscale", "certificate", "cluster-info", "completion",
    "config", "convert", "cp", "edit", "exec", "expose", "help", "options", "patch", "plugin", "port-forward",
    "proxy", "replace", "rolling-update", "run",
)  # fmt: skip
"""What kubectl can do and this console does not."""
