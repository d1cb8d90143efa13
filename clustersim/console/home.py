"""What the workstation itself knows: kubectl, ssh, curl, ping, its files and filters."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Final

from clustersim.console import nodes
from clustersim.console.answer import Answer, Said
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.pods import listening
from clustersim.console.kubectl.verbs import kubectl
from clustersim.console.nodes import curl, network, system
from clustersim.console.nodes.host import MASTER_NAME, Host
from clustersim.console.nodes.names import ELSEWHERE
from clustersim.console.shell import kept_files
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.jq.command import jq
from clustersim.console.shell.kept_files import KeptFiles
from clustersim.engine.calendar import calendar
from clustersim.i18n import Message, _
from clustersim.workstation.files import name_of

if TYPE_CHECKING:
    from clustersim.console.console import Shell

HERE: Final = (
    "curl",
    "date",
    "exit",
    "help",
    "jq",
    "kubectl",
    "ping",
    "ssh",
    "xargs",
    *kept_files.VERBS,
    *FILTERS,
)
"""What one can type on the workstation, beside what every shell has."""

KNOWN: Final = _(
    "Here you can type kubectl, ssh NODE, curl and ping, with pipes to grep, wc, head, sort, awk and jq."
)


def answered(shell: "Shell", words: list[str], stdin: str) -> Answer:
    """On the workstation. Raises Said."""
    verb, *rest = words
    if (known_here := _HERE_VERBS.get(verb)) is not None:
        return known_here(shell, rest, stdin)
    if verb in kept_files.VERBS:
        return kept_files.VERBS[verb](KeptFiles(shell.api), rest, stdin)
    if verb in FILTERS and rest and name_of(rest[-1]) in shell.api.files:
        return kept_files.filtered(KeptFiles(shell.api), verb, rest)
    if verb in FILTERS and not stdin:
        raise Said(note=_("{verb} stands behind a pipe here: kubectl get pods | {verb} ..."), verb=verb)
    known = nodes.known_on(Host(shell.cluster, next(iter(shell.cluster.machines), MASTER_NAME)))
    if verb in known or verb in ELSEWHERE:
        place = (
            _("{verb} is on the master: ssh master.")
            if verb == "etcdctl"
            else _("{verb} is on the nodes: ssh to one first.")
        )
        raise Said(f"-bash: {verb}: command not found", note=place, verb=verb)
    nearest = get_close_matches(verb, (*HERE, *commands.known(shell.api.release)), 1, 0.6)
    if nearest:
        close = nearest[0] if nearest[0] in HERE else f"kubectl {nearest[0]}"
        raise Said(f"-bash: {verb}: command not found", note=_("Did you mean {nearest}?"), nearest=close)
    raise Said(f"-bash: {verb}: command not found", note=KNOWN)


def help_(shell: "Shell") -> Answer:
    """What one can type where one is."""
    host = nodes.host_named(shell.cluster, shell.where) if shell.where else None
    if host is None:
        return Answer(note=Message(KNOWN), where=shell.where)
    note = Message(_("Here this console knows {verbs}."), {"verbs": ", ".join(nodes.known_on(host))})
    return Answer(note=note, where=shell.where)


def _here_kubectl(shell: "Shell", words: list[str], stdin: str) -> Answer:
    return kubectl(shell.api, words, stdin)


def _here_curl(shell: "Shell", words: list[str], stdin: str) -> Answer:
    listens = partial(listening.answered, shell.api, shell.variables)
    return curl.curl(None, Host(shell.cluster, MASTER_NAME), words, listens)


def _here_jq(shell: "Shell", words: list[str], stdin: str) -> Answer:
    return jq(KeptFiles(shell.api), words, stdin, calendar().moment(shell.cluster.now).timestamp())


_HERE_VERBS: Final[dict[str, Callable[["Shell", list[str], str], Answer]]] = {
    "curl": _here_curl,
    "date": lambda shell, words, stdin: system.dated(shell.cluster.now, words),
    "jq": _here_jq,
    "k": _here_kubectl,
    "kubectl": _here_kubectl,
    "ping": lambda shell, words, stdin: network.ping(None, Host(shell.cluster, MASTER_NAME), words),
    "ssh": lambda shell, words, stdin: shell.ssh(words, stdin),
    "wget": _here_curl,
}
"""What the workstation itself knows."""
