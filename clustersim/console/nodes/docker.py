"""docker 1.12 on a node: what it prints, and what it does.

Source: docker 1.12 cli/command/formatter, vendor/github.com/docker/go-units/duration.go.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.timestamp import rfc3339
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments, Flags, parse
from clustersim.console.nodes.container_logs import log_of, part_of
from clustersim.console.nodes.crictl import image_id
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.inside import inside
from clustersim.docker.daemon import Docker
from clustersim.engine.process import HUNG
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import Message, _
from clustersim.kubectl.manifest import to_json
from clustersim.kubelet.images import IMAGE_NAME
from clustersim.runtime.records import RUNNING, Container, Sandbox

PAUSE: Final = "gcr.io/google_containers/pause-amd64:3.0"
HEADER: Final = ("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES")
MINIMUM_WIDTH: Final = 20
PADDING: Final = 3
_FLAGS: Final = Flags(
    {
        "f": "filter",
        "filter": "filter",
        "format": "format",
        "t": "time",
        "time": "time",
        "tail": "tail",
        "s": "signal",
        "signal": "signal",
        "n": "last",
    },
    {
        "a": "all",
        "all": "all",
        "q": "quiet",
        "quiet": "quiet",
        "no-trunc": "no-trunc",
        "force": "force",
        "follow": "follow",
        "no-stream": "no-stream",
    },
)
_UNITS: Final = ((60, 1, "seconds"), (3600, 60, "minutes"), (172_800, 3600, "hours"))
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
    found = host.process("docker")
    assert isinstance(found, Docker)
    verb, *rest = words or ("",)
    if verb == "container" and rest:
        verb = {"ls": "ps", "list": "ps"}.get(rest[0], rest[0])
        rest = rest[1:]
    if verb not in VERBS:
        raise Said(
            f"docker: '{verb}' is not a docker command.\nSee 'docker --help'.",
            note=_("This console knows docker {verbs}."),
            verbs=", ".join(VERBS),
        )
    arguments = parse(rest, _FLAGS)
    if verb == "version":
        return _version(host, found)
    if found.status.phase == HUNG or (found.running and not found.state.ready):
        raise Said(note=_("docker waits: the daemon takes the call and does not answer."))
    if not found.running:
        raise Said("Cannot connect to the Docker daemon. Is the docker daemon running on this host?")
    if verb == "ps" and found.state.list_hangs:
        raise Said(note=_("docker waits: the daemon takes the call and does not answer."))
    if (looked := _LOOKS.get(verb)) is not None:
        return looked(host, found, arguments)
    return _changed(found, verb, arguments)


def _ps(host: Host, found: Docker, arguments: Arguments) -> Answer:
    wanted = _filters(arguments.each("filter"))
    every = arguments.has("all") or "status" in wanted
    return Answer(text=ps(found, every=every, quiet=arguments.has("quiet"), wanted=wanted))


def _inspect(host: Host, found: Docker, arguments: Arguments) -> Answer:
    return Answer(text=to_json([_inspected(_named(found, word)) for word in _some(arguments, "inspect")]))


def _logs(host: Host, found: Docker, arguments: Arguments) -> Answer:
    named = _named(found, _some(arguments, "logs")[0])
    return log_of(host.cluster, named, part_of(arguments)) if isinstance(named, Container) else Answer()


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
    there = given in found.disk.images
    lines = ["Using default tag: latest"] if tagless else []
    lines += [
        f"{tag}: Pulling from {official}",
        f"Digest: sha256:{hashlib.sha256(given.encode()).hexdigest()}",
        f"Status: {'Image is up to date' if there else 'Downloaded newer image'} for {name}:{tag}",
    ]
    commands = () if there else (Command("pull-image", host.name, {"image": given}),)
    return Answer(text="\n".join(lines), commands=commands)


def _top(host: Host, found: Docker, arguments: Arguments) -> Answer:
    one = _named(found, _some(arguments, "top")[0])
    command = " ".join([*one.spec.command, *one.spec.args]) if isinstance(one, Container) else "/pause"
    heads = "UID                 PID                 PPID                C                   CMD"
    return Answer(text=f"{heads}\n{'root':<20}{'5000':<20}{'4990':<20}{'0':<20}{command}")


def _stats(host: Host, found: Docker, arguments: Arguments) -> Answer:
    return Answer(
        text="CONTAINER           CPU %               MEM USAGE / LIMIT",
        note=Message(_("This model measures no programs.")),
    )


def _some(arguments: Arguments, verb: str) -> tuple[str, ...]:
    if not arguments.words:
        raise Said(f"\"docker {verb}\" requires at least 1 argument(s).\nSee 'docker {verb} --help'.")
    return arguments.words


def _filters(texts: Sequence[str]) -> dict[str, str]:
    return dict(text.split("=", 1) for text in texts if "=" in text)


def _named(found: Docker, word: str) -> Container | Sandbox:
    """By the beginning of its id, or by its name."""
    for one in found.disk.containers.values():
        if one.id.startswith(word) or one.docker_name == word:
            return one
    for box in found.disk.sandboxes.values():
        if box.id.startswith(word) or _sandbox_name(box) == word:
            return box
    raise Said(f"Error: No such container: {word}")


_LOOKS: Final[dict[str, Callable[[Host, Docker, Arguments], Answer]]] = {
    "exec": lambda host, found, arguments: _exec(host, found, arguments.words),
    "images": lambda host, found, arguments: Answer(text=_images(found, quiet=arguments.has("quiet"))),
    "info": lambda host, found, arguments: Answer(text=info(found)),
    "inspect": _inspect,
    "logs": _logs,
    "ps": _ps,
    "pull": _pull,
    "stats": _stats,
    "top": _top,
}


def _changed(found: Docker, verb: str, arguments: Arguments) -> Answer:
    """stop, kill, start, restart, rm, rmi: what a kubelet will see of it is that a container has ended."""
    commands: list[Command] = []
    if verb == "rmi":
        return _remove_images(found, _some(arguments, verb))
    for word in _some(arguments, verb):
        one = _named(found, word)
        if verb in ("start", "rm") and not (verb == "rm" and arguments.has("force")):
            if verb == "rm" and isinstance(one, Container) and one.state == RUNNING:
                raise Said(
                    f"Error response from daemon: You cannot remove a running container {one.id}. "
                    "Stop the container before attempting removal or use -f"
                )
            raise Said(note=_("The kubelet starts and removes containers here; stop one, and see."))
        if isinstance(one, Sandbox):
            commands.append(Command("kill-sandbox", one.pod_uid))
        elif one.state == RUNNING:
            code = 137 if verb in ("kill", "rm") else 143
            commands.append(Command("crash-container", one.pod_uid, {"container": one.name, "code": code}))
        elif verb == "kill":
            raise Said(
                f"Error response from daemon: Cannot kill container {word}: Container {one.id} is not running"
            )
    return Answer(text="\n".join(arguments.words), commands=tuple(commands))


def _remove_images(found: Docker, words: Sequence[str]) -> Answer:
    for word in words:
        if word not in found.disk.images:
            raise Said(f"Error response from daemon: No such image: {word}")
        if any(one.image == word for one in found.disk.containers.values()):
            raise Said(
                "Error response from daemon: conflict: unable to remove repository reference "
                f'"{word}" (must force) - container is using its referenced image'
            )
    raise Said(
        note=_("Images stay on their nodes in this model: the kubelet's garbage collection is no part of it.")
    )


def _exec(host: Host, found: Docker, words: Sequence[str]) -> Answer:
    plain = [word for word in words if word not in ("-it", "-i", "-t")]
    if len(plain) < 2:
        raise Said('"docker exec" requires at least 2 argument(s).')
    one = _named(found, plain[0])
    pod = host.cluster.find_pod(one.pod_uid)
    if not isinstance(one, Container) or pod is None or one.state != RUNNING:
        raise Said(f"Error response from daemon: Container {plain[0]} is not running")
    return inside(Api(host.cluster), pod, one.name, plain[1:])


def _version(host: Host, found: Docker) -> Answer:
    version = host.release.runtime_version
    lines = ["Client:", f" Version:      {version}", " API version:  1.24", " OS/Arch:      linux/amd64"]
    if not found.running:
        return Answer(
            text="\n".join(
                [*lines, "Cannot connect to the Docker daemon. Is the docker daemon running on this host?"]
            ),
            ok=False,
        )
    return Answer(text="\n".join([*lines, "", "Server:", *lines[1:]]))


def _images(found: Docker, *, quiet: bool) -> str:
    rows = []
    for image, pulled in reversed(found.disk.images.items()):
        name, _colon, tag = image.partition(":")
        rows.append(
            (
                name,
                tag or "latest",
                image_id(image)[:12],
                f"{duration(found.now - pulled)} ago",
                "104.9 MB",
            )
        )
    if quiet:
        return "\n".join(row[2] for row in rows)
    heads = ("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE")
    return _aligned([heads, *rows])


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(MINIMUM_WIDTH, *(len(row[i]) + PADDING for row in lines)) for i in range(len(lines[0]) - 1)]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[-1]
        for row in lines
    )


def _inspected(one: Container | Sandbox) -> dict[str, Any]:
    labels = {
        "io.kubernetes.pod.name": one.pod,
        "io.kubernetes.pod.namespace": one.namespace,
        "io.kubernetes.pod.uid": one.pod_uid,
    }
    if isinstance(one, Sandbox):
        state: dict[str, Any] = {
            "Status": "running" if one.ready else "exited",
            "Running": one.ready,
            "ExitCode": 0,
        }
        return {
            "Id": one.id,
            "Name": f"/{_sandbox_name(one)}",
            "Created": rfc3339(one.created_at),
            "State": state,
            "Config": {"Image": PAUSE, "Labels": labels},
            "NetworkSettings": {"IPAddress": one.ip},
        }
    state = {
        "Status": one.state,
        "Running": one.state == RUNNING,
        "OOMKilled": one.oom_killed,
        "ExitCode": one.exit_code,
        "StartedAt": "" if one.started_at is None else rfc3339(one.started_at),
        "FinishedAt": "" if one.finished_at is None else rfc3339(one.finished_at),
    }
    return {
        "Id": one.id,
        "Name": f"/{one.docker_name}",
        "Created": rfc3339(one.created_at),
        "State": state,
        "RestartCount": 0,
        "HostConfig": {"NetworkMode": f"container:{one.sandbox_id}"},
        "Config": {
            "Image": one.image,
            "Labels": {
                **labels,
                "io.kubernetes.container.name": one.name,
                "annotation.io.kubernetes.container.restartCount": str(one.attempt),
            },
        },
    }


def ps(found: Docker, *, every: bool, quiet: bool = False, wanted: Mapping[str, str] | None = None) -> str:
    """Containers and the sandboxes of pods, the newest first."""
    boxes = [box for box in found.disk.sandboxes.values() if every or box.ready]
    containers = [one for one in found.disk.containers.values() if every or one.state == RUNNING]
    rows = [(box.created_at, 0, _sandbox_row(box, found.now)) for box in boxes]
    rows += [(one.created_at, 1, _container_row(one, found.now)) for one in containers]
    table = [
        row
        for _created, _kind, row in sorted(rows, key=lambda row: row[:2], reverse=True)
        if _wanted(row, wanted or {})
    ]
    if quiet:
        return "\n".join(row[0] for row in table)
    return _aligned([HEADER, *table])


def _wanted(row: tuple[str, ...], wanted: Mapping[str, str]) -> bool:
    status = "exited" if row[4].startswith("Exited") else "running"
    return wanted.get("name", "") in row[6] and wanted.get("status", status) == status


def _container_row(one: Container, now: Micros) -> tuple[str, ...]:
    created = f"{duration(now - one.created_at)} ago"
    if one.state == RUNNING and one.started_at is not None:
        status = f"Up {duration(now - one.started_at)}"
    elif one.finished_at is not None:
        status = f"Exited ({one.exit_code}) {duration(now - one.finished_at)} ago"
    else:
        status = "Created"
    return (one.id[:12], one.image, '""', created, status, "", one.docker_name)


def _sandbox_row(box: Sandbox, now: Micros) -> tuple[str, ...]:
    since = duration(now - box.created_at)
    status = f"Up {since}" if box.ready else "Exited (0)"
    return (box.id[:12], PAUSE, '"/pause"', f"{since} ago", status, "", _sandbox_name(box))


def _sandbox_name(box: Sandbox) -> str:
    return f"k8s_POD_{box.pod}_{box.namespace}_{box.pod_uid}_{box.attempt}"


def duration(span: Micros) -> str:
    """go-units HumanDuration."""
    seconds = max(0, span) // SECOND
    if seconds < 1:
        return "Less than a second"
    if 60 <= seconds < 120:
        return "About a minute"
    if 3600 <= seconds < 7200:
        return "About an hour"
    for limit, unit, word in _UNITS:
        if seconds < limit:
            return f"{seconds // unit} {word}"
    return f"{seconds // 86_400} days"


def info(found: Docker) -> str:
    """docker info, as far as the model knows its machine."""
    facts = dict(found.info())
    host = found.host
    return "\n".join(
        (
            f"Containers: {facts['Containers']}",
            f" Running: {facts['Running']}",
            " Paused: 0",
            f" Stopped: {facts['Stopped']}",
            f"Images: {facts['Images']}",
            f"Storage Driver: {facts['Storage Driver']}",
            f" Backing Filesystem: {facts['Backing Filesystem']}",
            f"Cgroup Driver: {facts['Cgroup Driver']}",
            f"Kernel Version: {facts['Kernel Version']}",
            "OSType: linux",
            "Architecture: x86_64",
            f"CPUs: {host.cpu_millicores // 1000 or 1}",
            f"Total Memory: {host.memory_mib / 1024:.4g} GiB",
            f"Name: {host.name}",
            "Docker Root Dir: /var/lib/docker",
            f"Live Restore Enabled: {facts['Live Restore Enabled']}",
        )
    )
