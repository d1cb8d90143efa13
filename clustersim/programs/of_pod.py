"""Which program a container of a pod runs."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from clustersim.api.core_v1 import Container, Pod, Volume
from clustersim.api.downward import metadata_value
from clustersim.api.pod_containers import as_container, user_and_group
from clustersim.engine.identity import by_identity
from clustersim.programs.clients import client_of
from clustersim.programs.executables import missing, unknown_to_entrypoint
from clustersim.programs.known import of_image
from clustersim.programs.program import PROGRAM, Program, Step, told_by
from clustersim.programs.rehearsed import Disk
from clustersim.programs.script import Variables, of_command

ENDS_WELL: Final = Program((Step(1000, "exit", "0"),))
"""What an init container does of whose program, or of the rest of its script, nothing is known: that is what
such programs are for."""

NOT_FOUND: Final = Program((Step(50, "exit", "127"),))
"""What a shell does that is to become a program which is not there."""

Left = Sequence[tuple[str, str]]
"""Files that are in a container's volumes when it is made, paths and texts."""


def program_of(pod: Pod, container: str, left: Left = ()) -> Program | None:
    """What the container's program does by itself; None: it runs until it is told to stop. Where the pod's
    containers share their processes, none of theirs is the first.
    """
    found = _found(pod, container, left)
    shared = pod.spec.share_process_namespace
    return replace(found, stops=True) if found is not None and shared and not found.stops else found


def _found(pod: Pod, container: str, left: Left) -> Program | None:
    told = told_by(pod.metadata.annotations.get(f"{PROGRAM}{container}", ""))
    if told is not None:
        return told
    spec = next((one for one in pod.spec.containers if one.name == container), None)
    if spec is not None:
        return _of(pod, spec, left)
    init = next((one for one in pod.spec.init_containers if one.name == container), None)
    if init is None:
        looking = next((one for one in pod.spec.ephemeral_containers if one.name == container), None)
        return None if looking is None else _of(pod, as_container(looking), left)
    found = _of(pod, init, left)
    if init.restart_policy == "Always":
        return found
    if found is not None and (found.client is not None or found.missing):
        return found
    if found is None or (found.ends is None and not found.scripted):
        return ENDS_WELL
    if found.goes_on_ms is None or found.calls is not None:
        return found
    end = Step(found.goes_on_ms + ENDS_WELL.steps[0].after_ms, "exit", "0")
    return replace(found, steps=(*found.steps, end))


def _of(pod: Pod, spec: Container, left: Left) -> Program | None:
    words = (*spec.command, *spec.args)
    if (client := client_of(pod, spec, lambda: _told(pod, spec))) is not None:
        return Program(client=client)
    if why := missing(spec):
        return Program(missing=why)
    if unknown_to_entrypoint(spec):
        return NOT_FOUND
    return _of_image(spec) or (of_command(words, _told(pod, spec), _disk(pod, spec, left)) if words else None)


@by_identity(maxsize=1024)
def _of_image(spec: Container) -> Program | None:
    """The same for all pods of a template."""
    return of_image(spec)


def _told(pod: Pod, spec: Container) -> Variables:
    """Variables whose values are known beforehand: plain ones, what the pod's metadata say,
    and, where it asks for it, what it calls itself."""
    found = []
    if any("hostname" in word.lower() for word in (*spec.command, *spec.args)):
        own = pod.spec.node_name if pod.spec.host_network else pod.spec.hostname or pod.metadata.name
        found.append(("HOSTNAME", own[:63].rstrip("-.")))
    for one in spec.env:
        source = one.value_from
        if source is None:
            found.append((one.name, str(one.value)))
        elif source.field_ref is not None and source.field_ref.field_path.startswith("metadata."):
            found.append((one.name, metadata_value(pod, source.field_ref.field_path)))
    return tuple(found)


def _disk(pod: Pod, spec: Container, left: Left) -> Disk:
    """Of folders that only containers write into all is known."""
    own = {one.name for one in pod.spec.volumes if one.empty_dir is not None or _is_temporary(one)}
    mounts = tuple(one.mount_path.rstrip("/") for one in spec.volume_mounts if one.name in own)
    security = spec.security_context
    return Disk(
        mounts,
        tuple(file for file in left if any(file[0].startswith(f"{mount}/") for mount in mounts)),
        security is not None and bool(security.read_only_root_filesystem),
        ids=user_and_group(pod, spec),
        image=spec.image,
    )


def _is_temporary(volume: Volume) -> bool:
    """A folder of the machine that is nobody else's."""
    return volume.host_path is not None and volume.host_path.path.startswith("/tmp/")  # noqa: S108 (a path in a model)
