"""What the word under the cursor may become."""

from typing import TYPE_CHECKING, Final

from clustersim.console import nodes
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.home import HERE
from clustersim.console.kubectl import commands
from clustersim.console.nodes.container_programs import PROGRAMS
from clustersim.console.nodes.host import MASTER_NAME
from clustersim.console.nodes.sessions import session_of
from clustersim.console.shell import kept_files
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.redirections import plain_words
from clustersim.shell.plain import PLAIN

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

NODE_VERBS: Final = ("cordon", "drain", "uncordon")
POD_VERBS: Final = ("attach", "exec", "logs", "port-forward")
WITHOUT_OBJECTS: Final = ("api-resources", "api-versions", "cluster-info", "completion", "config", "version")
_FORMATS: Final = ("custom-columns=", "go-template=", "json", "jsonpath=", "name", "wide", "yaml")
_DOCKER: Final = ("images", "info", "inspect", "kill", "logs", "ps", "pull", "stop", "version")
_CRICTL: Final = ("images", "info", "inspect", "logs", "pods", "ps", "pull", "stop", "version")
_SYSTEMCTL: Final = ("cat", "is-active", "list-units", "restart", "start", "status", "stop")
MOST: Final = 60
LONGEST: Final = 4_000
"""Letters of a command that is looked at: nobody types more."""


def complete(cluster: "Cluster", text: str, where: str) -> tuple[str, ...]:
    """Words that begin as the last one does, sorted; none where nothing is known."""
    line = text.rpartition("\n")[2]
    piped = "|" in line
    part = line.rpartition("|")[2].rpartition("&&")[2].rpartition(";")[2]
    if len(part) > LONGEST:
        return ()
    try:
        words = plain_words(part)
    except Said:
        return ()
    begun = "" if not words or part[-1:].isspace() else words[-1]
    before = words if not begun else words[:-1]
    found = [word for word in _candidates(cluster, before, begun, where, piped) if word.startswith(begun)]
    return tuple(sorted(dict.fromkeys(found)))[:MOST]


def _candidates(
    cluster: "Cluster", before: tuple[str, ...], begun: str, where: str, piped: bool
) -> list[str]:
    if piped and not before:
        return [*FILTERS, "xargs"]
    if session_of(where) is not None:
        return [*PROGRAMS, *PLAIN, "cd", "exit"] if not before else []
    host = nodes.host_named(cluster, where) if where else None
    if host is not None:
        return _on_host(host, before)
    if not before:
        return list(HERE)
    if before[0] == "ssh":
        return [*cluster.machines, MASTER_NAME]
    api = Api(cluster)
    if before[0] in kept_files.VERBS:
        return list(api.files)
    if before[0] not in ("kubectl", "k"):
        return []
    if len(before) == 1:
        return list(commands.known(api.release))
    return _of_kubectl(api, list(before[1:]), begun)


def _on_host(host: nodes.Host, before: tuple[str, ...]) -> list[str]:
    match before:
        case ():
            return [*nodes.known_on(host)]
        case ("docker",):
            return list(_DOCKER)
        case ("crictl",):
            return list(_CRICTL)
        case ("systemctl",):
            return list(_SYSTEMCTL)
        case ("systemctl", _) | ("journalctl", "-u") | ("service",):
            return list(host.units())
        case ("journalctl",):
            return ["-f", "-n", "-u"]
        case ("curl",):
            return ["127.0.0.1:10248/healthz"]
    return []


def _of_kubectl(api: Api, words: list[str], begun: str) -> list[str]:
    command = words.pop(0)
    while words and (names := commands.subcommands(command, api.release)):
        word = commands.CREATED.get(words[0], words[0])
        if word not in names:
            break
        command = f"{command} {word}"
        words.pop(0)
    if begun.startswith("-"):
        return _flags(api, command)
    if words and words[-1] in ("-o", "--output"):
        return list(_FORMATS)
    if words and words[-1] in ("-n", "--namespace"):
        return _names(api, "namespaces")
    if words and words[-1] in ("-f", "--filename"):
        return ["-", *api.files]
    names = commands.subcommands(command, api.release)
    plain = [word for word in words if not word.startswith("-")]
    if names and not plain:
        return list(names)
    return _objects(api, command, plain, begun)


def _flags(api: Api, command: str) -> list[str]:
    if command not in commands.COMMANDS:
        return []
    known = commands.flags_of(command, api.release)
    every = [*known.valued, *known.switches, *known.optional]
    return [f"--{name}" if len(name) > 1 else f"-{name}" for name in every]


def _objects(api: Api, command: str, plain: list[str], begun: str) -> list[str]:
    verb = command.split()[0]
    if verb in NODE_VERBS:
        return _names(api, "nodes")
    if verb in POD_VERBS:
        return _names(api, "pods") if not plain else []
    if verb in WITHOUT_OBJECTS or verb in ("create", "run", "apply"):
        return []
    kind, slash, _name = begun.partition("/")
    if slash:
        return [f"{kind}/{name}" for name in _names(api, _named(api, kind))]
    if not plain:
        kinds = [
            name for resource in api.resources.values() for name in (resource.plural, *resource.short_names)
        ]
        return [*kinds, "all"] if verb in ("get", "describe", "delete") else kinds
    return _names(api, _named(api, plain[0])) if "/" not in plain[0] else []


def _named(api: Api, kind: str) -> str | None:
    try:
        return api.named(kind)
    except Said:
        return None


def _names(api: Api, resource: str | None) -> list[str]:
    try:
        api.reach()
    except Said:
        return []
    return [] if resource is None else [obj.metadata.name for obj in api.objects(resource, None)]
