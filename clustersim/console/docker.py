"""What docker 1.12 prints on a node: `docker ps` and `docker info`.

Source: docker 1.12 cli/command/formatter, vendor/github.com/docker/go-units/duration.go.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.docker.daemon import Docker
from clustersim.engine.process import HUNG
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import _
from clustersim.runtime.records import RUNNING, Container, Sandbox

PAUSE: Final = "gcr.io/google_containers/pause-amd64:3.0"
HEADER: Final = ("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES")
MINIMUM_WIDTH: Final = 20
PADDING: Final = 3
_FLAGS: Final = Flags({}, {"a": "all", "all": "all", "q": "quiet", "quiet": "quiet", "no-trunc": "no-trunc"})
_UNITS: Final = ((60, 1, "seconds"), (3600, 60, "minutes"), (172_800, 3600, "hours"))


def docker(found: Docker, words: Sequence[str]) -> Answer:
    """Raises Said."""
    verb, *rest = words or ("",)
    if verb not in ("ps", "info"):
        raise Said(note=_("This console knows docker ps and docker info."))
    arguments = parse(rest, _FLAGS)
    if found.status.phase == HUNG or (found.running and not found.state.ready):
        raise Said(note=_("docker waits: the daemon takes the call and does not answer."))
    if not found.running:
        raise Said("Cannot connect to the Docker daemon. Is the docker daemon running on this host?")
    if verb == "info":
        return Answer(text=info(found))
    return Answer(text=ps(found, every=arguments.has("all"), quiet=arguments.has("quiet")))


def ps(found: Docker, *, every: bool, quiet: bool = False) -> str:
    """Containers and the sandboxes of pods, the newest first."""
    boxes = [box for box in found.disk.sandboxes.values() if every or box.ready]
    containers = [one for one in found.disk.containers.values() if every or one.state == RUNNING]
    rows = [(box.created_at, 0, _sandbox_row(box, found.now)) for box in boxes]
    rows += [(one.created_at, 1, _container_row(one, found.now)) for one in containers]
    table = [row for _created, _kind, row in sorted(rows, key=lambda row: row[:2], reverse=True)]
    if quiet:
        return "\n".join(row[0] for row in table)
    lines = [HEADER, *table]
    widths = [max(MINIMUM_WIDTH, *(len(row[i]) + PADDING for row in lines)) for i in range(len(HEADER) - 1)]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[-1]
        for row in lines
    )


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
    name = f"k8s_POD_{box.pod}_{box.namespace}_{box.pod_uid}_{box.attempt}"
    status = f"Up {since}" if box.ready else "Exited (0)"
    return (box.id[:12], PAUSE, '"/pause"', f"{since} ago", status, "", name)


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
