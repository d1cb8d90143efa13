"""docker 1.12 on a node: what it does, and who prints it.

Source: docker 1.12 api/client, cli/command.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments, Flags, parse
from clustersim.console.nodes import docker_clearing as clearing
from clustersim.console.nodes import docker_inspection as inspection
from clustersim.console.nodes import docker_listing as listing
from clustersim.console.nodes.container_logs import log_of, part_of
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.inside import FORGOTTEN, inside, is_interactive
from clustersim.docker.daemon import Docker
from clustersim.engine.process import HUNG
from clustersim.i18n import _
from clustersim.images import familiar
from clustersim.kubelet.images import IMAGE_NAME
from clustersim.runtime.ending import stopped_by_hand
from clustersim.runtime.records import RUNNING, SIGKILLED, Container

_FLAGS: Final = Flags(
    {
        "f": "filter",
        "filter": "filter",
        "format": "format",
        "t": "time",
        "time": "time",
        "tail": "tail",
        "since": "since",
        "s": "signal",
        "signal": "signal",
        "n": "last",
        "last": "last",
    },
    {
        "a": "all",
        "all": "all",
        "q": "quiet",
        "quiet": "quiet",
        "l": "latest",
        "latest": "latest",
        "no-trunc": "no-trunc",
        "force": "force",
        "follow": "follow",
        "no-stream": "no-stream",
        "timestamps": "timestamps",
    },
)
_INSPECTING: Final = Flags({"f": "filter", "format": "filter", "type": "type"}, {"s": "size", "size": "size"})
_LOGGING: Final = Flags(
    {"tail": "tail", "since": "since"},
    {"f": "follow", "follow": "follow", "t": "timestamps", "timestamps": "timestamps"},
)
_OF_A_VERB: Final = {"inspect": _INSPECTING, "logs": _LOGGING, "rm": clearing.FLAGS, "rmi": clearing.FLAGS}
_EXECUTING: Final = ("-u", "--user", "-e", "--env", "-w", "--workdir", "--detach-keys")
"""Flags of docker exec that take a value."""
VERBS: Final = (
    "exec",
    "images",
    "info",
    "inspect",
    "kill",
    "logs",
    "ps",
    "pull",
    "restart",
    "rm",
    "rmi",
    "start",
    "stats",
    "stop",
    "top",
    "version",
)


def docker(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    found = host.cluster.runtime(host.name)
    assert isinstance(found, Docker)
    verb, *rest = words or ("",)
    if verb in ("container", "image", "system") and rest:
        verb = {"ls": "ps" if verb == "container" else "images", "list": "ps"}.get(rest[0], rest[0])
        rest = rest[1:]
    if verb not in VERBS:
        raise Said(
            f"docker: '{verb}' is not a docker command.\nSee 'docker --help'.",
            note=_("This console knows docker {verbs}."),
            verbs=", ".join(VERBS),
        )
    if verb == "version":
        return inspection.version(host, found)
    if found.status.phase == HUNG or (found.running and not found.state.ready):
        raise Said(note=_("docker waits: the daemon takes the call and does not answer."))
    if not found.running:
        raise Said("Cannot connect to the Docker daemon. Is the docker daemon running on this host?")
    if verb == "ps" and found.state.list_hangs:
        raise Said(note=_("docker waits: the daemon takes the call and does not answer."))
    if verb == "exec":
        return _exec(host, found, rest)
    arguments = parse(rest, _OF_A_VERB.get(verb, _FLAGS))
    if verb in _NEED_NAMES and not arguments.words:
        raise Said(f"\"docker {verb}\" requires at least 1 argument(s).\nSee 'docker {verb} --help'.")
    if (looked := _LOOKS.get(verb)) is not None:
        return looked(host, found, arguments)
    return _changed(found, verb, arguments)


def _logs(host: Host, found: Docker, arguments: Arguments) -> Answer:
    one = listing.named(found, arguments.words[0]).one
    return log_of(host.cluster, one, part_of(arguments)) if isinstance(one, Container) else Answer()


def _pull(host: Host, found: Docker, arguments: Arguments) -> Answer:
    """docker pull IMAGE: what it says in the end. Raises Said where the registry has none."""
    if len(arguments.words) != 1:
        raise Said("\"docker pull\" requires exactly 1 argument(s).\nSee 'docker pull --help'.")
    given = arguments.words[0]
    if not IMAGE_NAME.fullmatch(given):
        raise Said(
            "Error parsing reference: " + f'"{given}" is not a valid repository/tag: invalid reference format'
        )
    tagless = ":" not in given.rpartition("/")[2]
    name, tag = (given, "latest") if tagless else tuple(given.rsplit(":", 1))
    if host.cluster.registry.state.down:
        raise Said(
            "Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: request canceled "
            "while waiting for connection"
        )
    if not host.cluster.registry.serves(given):
        raise Said(f"Error response from daemon: manifest for {name}:{tag} not found")
    official = name if "/" in name else f"library/{name}"
    there = familiar(given) in found.disk.images
    lines = ["Using default tag: latest"] if tagless else []
    lines += [
        f"{tag}: Pulling from {official}",
        f"Digest: sha256:{hashlib.sha256(given.encode()).hexdigest()}",
        f"Status: {'Image is up to date' if there else 'Downloaded newer image'} for {name}:{tag}",
    ]
    commands = () if there else (Command("pull-image", host.name, {"image": given}),)
    return Answer(text="\n".join(lines), commands=commands)


_NEED_NAMES: Final = ("inspect", "kill", "logs", "restart", "rm", "rmi", "start", "stop", "top")
_LOOKS: Final[dict[str, Callable[[Host, Docker, Arguments], Answer]]] = {
    "images": lambda host, found, arguments: Answer(text=listing.images(found, arguments)),
    "info": lambda host, found, arguments: Answer(text=inspection.info(found)),
    "inspect": lambda host, found, arguments: inspection.inspect(found, arguments),
    "logs": _logs,
    "ps": lambda host, found, arguments: Answer(text=listing.ps(found, arguments)),
    "pull": _pull,
    "rm": clearing.remove,
    "rmi": clearing.remove_images,
    "stats": inspection.stats,
    "top": lambda host, found, arguments: inspection.top(found, arguments),
}


def _changed(found: Docker, verb: str, arguments: Arguments) -> Answer:
    """stop, kill, start, restart: what a kubelet will see of it is that a container has ended."""
    commands: list[Command] = []
    for word in arguments.words:
        one = listing.named(found, word).one
        if verb == "start":
            raise Said(note=_("The kubelet starts containers here; stop one, and see."))
        if not isinstance(one, Container):
            commands.append(Command("kill-sandbox", one.pod_uid))
        elif one.state == RUNNING:
            code = SIGKILLED if verb == "kill" else stopped_by_hand(one)
            commands.append(Command("crash-container", one.pod_uid, {"container": one.name, "code": code}))
        elif verb == "kill":
            raise Said(
                f"Error response from daemon: Cannot kill container {word}: Container {one.id} is not running"
            )
    return Answer(text="\n".join(arguments.words), commands=tuple(commands))


def _exec(host: Host, found: Docker, words: Sequence[str]) -> Answer:
    """docker exec [-it] [-u USER] CONTAINER COMMAND ... Raises Said."""
    plain = list(words)
    while plain and plain[0].startswith("-"):
        if plain.pop(0) in _EXECUTING and plain:
            plain.pop(0)
    if len(plain) < 2:
        raise Said("\"docker exec\" requires at least 2 argument(s).\nSee 'docker exec --help'.")
    one = listing.named(found, plain[0]).one
    pod = host.cluster.find_pod(one.pod_uid)
    if not isinstance(one, Container) or one.state != RUNNING:
        raise Said(f"Error response from daemon: Container {plain[0]} is not running")
    if pod is None:
        raise Said(note=FORGOTTEN)
    stays = host.name if any(is_interactive(word) for word in words[: -len(plain)]) else None
    return inside(Api(host.cluster), pod, one.name, plain[1:], stays=stays)
