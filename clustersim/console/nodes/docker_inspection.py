"""docker inspect, info, version, top and stats. Source: docker 1.12 api/types, cli/command."""

from typing import Any, Final

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.quantity import byte_count
from clustersim.api.timestamp import rfc3339
from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Arguments
from clustersim.console.nodes.columns import aligned, image_id
from clustersim.console.nodes.docker_listing import Listed, all_of, named, templated
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.processes import pid_of_container
from clustersim.docker.daemon import Docker
from clustersim.docker.storage import tells_types
from clustersim.engine.time import Micros
from clustersim.images import familiar
from clustersim.kubectl.manifest import to_json
from clustersim.runtime.records import IMAGE_BYTES, RUNNING, Container
from clustersim.runtime.usage import cpu_taken, memory_taken

_NEVER: Final = "0001-01-01T00:00:00Z"
"""How Go writes that a time was not set."""


def inspect(found: Docker, arguments: Arguments) -> Answer:
    """docker inspect [-f TEMPLATE] CONTAINER|IMAGE ...: what there is of each. Raises Said."""
    objects, missing = [], ""
    for word in arguments.words:
        try:
            objects.append(_container(found, named(found, word)))
        except Said:
            image = familiar(word)
            if image in found.disk.images:
                objects.append(_image(found, image))
            else:
                missing = missing or f"Error: No such image, container or task: {word}"
    form = arguments.value("filter")  # docker's -f is --format here
    text = "\n".join(templated(form, one) for one in objects) if form else to_json(objects)
    return Answer(
        text="\n".join([*([text] if objects or not form else []), missing]).rstrip(), ok=not missing
    )


def _container(found: Docker, listed: Listed) -> dict[str, Any]:
    one = listed.one
    common = {
        "Id": one.id,
        "Created": _time(found, one.created_at),
        "Path": listed.command.split()[0],
        "Args": listed.command.split()[1:],
        "State": _state(found, listed),
        "Image": f"sha256:{image_id(listed.image)}",
        "Name": f"/{listed.name}",
        "RestartCount": 0,
        "Driver": found.flags.storage_driver,
    }
    config = {"Hostname": one.pod, "Image": listed.image, "Labels": listed.labels}
    if not isinstance(one, Container):
        network = {"IPAddress": one.ip if one.ready else ""}
        return {
            **common,
            "HostConfig": {"NetworkMode": "default"},
            "Config": config,
            "NetworkSettings": {**network, "Networks": {"bridge": network}},
        }
    labels = {**listed.labels, "annotation.io.kubernetes.container.restartCount": str(one.attempt)}
    return {
        **common,
        "LogPath": f"/var/lib/docker/containers/{one.id}/{one.id}-json.log",
        "HostConfig": {"NetworkMode": f"container:{one.sandbox_id}", **_limits(one.spec)},
        "Config": {**config, "Labels": labels},
        "NetworkSettings": {"IPAddress": "", "Networks": {}},
    }


def _state(found: Docker, listed: Listed) -> dict[str, Any]:
    one, running = listed.one, listed.state == RUNNING
    state = {"Status": listed.state, "Running": running, "Paused": False, "Restarting": False}
    if not isinstance(one, Container):
        began = _time(found, one.created_at)
        return {**state, "OOMKilled": False, "Pid": 0, "ExitCode": 0, "StartedAt": began}
    return {
        **state,
        "OOMKilled": one.oom_killed,
        "Dead": False,
        "Pid": pid_of_container(one.id) if running else 0,
        "ExitCode": one.exit_code,
        "Error": "",
        "StartedAt": _time(found, one.started_at),
        "FinishedAt": _time(found, one.finished_at),
    }


def _limits(spec: ContainerSpec) -> dict[str, int]:
    limit = spec.resources.limits.get("memory")
    return {"Memory": byte_count(limit) if limit else 0}


def _image(found: Docker, image: str) -> dict[str, Any]:
    return {
        "Id": f"sha256:{image_id(image)}",
        "RepoTags": [image],
        "Created": _time(found, found.disk.images[image]),
        "Size": IMAGE_BYTES,
        "Architecture": "amd64",
        "Os": "linux",
    }


def _time(found: Docker, moment: Micros | None) -> str:
    return _NEVER if moment is None else rfc3339(found.host.wall(moment))


def top(found: Docker, arguments: Arguments) -> Answer:
    """docker top CONTAINER: its first process. Raises Said."""
    listed = named(found, arguments.words[0])
    if listed.state != RUNNING:
        raise Said(f"Error response from daemon: Container {listed.one.id} is not running")
    pid = pid_of_container(listed.one.id)
    heads = "UID                 PID                 PPID                C                   CMD"
    return Answer(text=f"{heads}\n{'root':<20}{pid!s:<20}{pid - 17!s:<20}{'0':<20}{listed.command}")


def stats(host: Host, found: Docker, arguments: Arguments) -> Answer:
    """docker stats --no-stream [CONTAINER ...]: what they take at this moment. Raises Said."""
    listed = [named(found, word) for word in arguments.words] or all_of(found)
    heads = ("CONTAINER", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS")
    rows = [_used(host, one) for one in listed if one.state == RUNNING]
    return Answer(text=aligned([heads, *rows]))


def _used(host: Host, listed: Listed) -> tuple[str, ...]:
    one = listed.one
    total = host.machine.memory_mib << 20
    cpu = cpu_taken(one) if isinstance(one, Container) else 0
    taken = memory_taken(one) if isinstance(one, Container) else 0
    limit = one.spec.resources.limits.get("memory") if isinstance(one, Container) else None
    most = min(total, byte_count(limit)) if limit else total
    shown = f"{_size(taken)} / {_size(most)}"
    return (
        one.id[:12],
        f"{cpu / 10:.2f}%",
        shown,
        f"{taken * 100 / most:.2f}%",
        "0 B / 0 B",
        "0 B / 0 B",
        "1",
    )


def _size(count: int) -> str:
    """go-units BytesSize: "8 MiB"."""
    value, units = float(count), ["B", "KiB", "MiB", "GiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.4g} {units[0]}"


def version(host: Host, found: Docker) -> Answer:
    """docker version: of the client, and of the daemon if it answers."""
    told = host.release.runtime_version
    lines = ["Client:", f" Version:      {told}", " API version:  1.24", " OS/Arch:      linux/amd64"]
    if not found.running:
        silent = "Cannot connect to the Docker daemon. Is the docker daemon running on this host?"
        return Answer(text="\n".join([*lines, silent]), ok=False)
    return Answer(text="\n".join([*lines, "", "Server:", *lines[1:]]))


def info(found: Docker) -> str:
    """docker info, as far as the model knows its machine."""
    host, flags, containers = found.host, found.flags, found.disk.containers.values()
    running = sum(one.state == RUNNING for one in containers)
    typed = tells_types(flags.storage_driver, host.state.filesystem)
    return "\n".join(
        (
            f"Containers: {len(containers)}",
            f" Running: {running}",
            " Paused: 0",
            f" Stopped: {len(containers) - running}",
            f"Images: {len(found.disk.images)}",
            f"Storage Driver: {flags.storage_driver}",
            f" Backing Filesystem: {host.state.filesystem.partition(' ')[0]}",
            *(() if typed is None else (f" Supports d_type: {str(typed).lower()}",)),
            f"Cgroup Driver: {flags.cgroup_driver}",
            f"Kernel Version: {host.state.kernel}",
            f"Operating System: {host.os_image}",
            "OSType: linux",
            "Architecture: x86_64",
            f"CPUs: {host.cpu_millicores // 1000 or 1}",
            f"Total Memory: {host.memory_mib / 1024:.4g} GiB",
            f"Name: {host.name}",
            "Docker Root Dir: /var/lib/docker",
            f"Live Restore Enabled: {str(flags.live_restore).lower()}",
        )
    )
