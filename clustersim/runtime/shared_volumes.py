"""Files that containers have in common: what one writes below a volume, the others of its pod find where they
mount it, and a container that is made anew finds what the one before it left. Folders of the machine are
common to all pods that mount them.
"""

import posixpath
from collections.abc import Iterator

from clustersim.api.core_v1 import VolumeMount
from clustersim.machine import Machine
from clustersim.runtime.host_files import leave, left_below, within
from clustersim.runtime.records import Container, RuntimeDisk


def with_shared(container: Container, machine: Machine) -> Container:
    """The container with what was written before into volumes that it mounts."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    mounts = container.spec.volume_mounts
    for other in disk.containers.values() if mounts and disk is not None else ():
        if other.pod_uid != container.pod_uid or other.id == container.id:
            continue
        for file in other.files:
            for path in same_file(other, file.path, container):
                container = container.with_file(path, file.text, file.blank)
    for mount in mounts:
        if (folder := container.host_paths.get(mount.name)) is not None:
            for inside, text in left_below(machine, folder):
                for path in _seen(container, mount, inside):
                    container = container.with_file(path, text)
    return container


def same_file(one: Container, path: str, other: Container) -> Iterator[str]:
    """Where another container has a file of this one."""
    if (place := place_of(one, path)) is None:
        return
    volume, inside = place
    folder = one.host_paths.get(volume)
    for mount in other.spec.volume_mounts:
        if other.pod_uid == one.pod_uid and mount.name == volume:
            yield from _seen(other, mount, inside)
        elif folder is not None and (theirs := other.host_paths.get(mount.name)) is not None:
            there = within(posixpath.join(folder, inside), theirs)
            yield from () if there is None else _seen(other, mount, there)


def keep_on_host(container: Container, path: str, text: str | None, machine: Machine) -> None:
    """What is written into a folder of the machine stays there."""
    place = place_of(container, path)
    folder = None if place is None else container.host_paths.get(place[0])
    if place is not None and folder is not None:
        leave(machine, posixpath.join(folder, place[1]), text)


def _seen(container: Container, mount: VolumeMount, inside: str) -> Iterator[str]:
    """Where a container has a file of a volume."""
    part = container.part_of(mount)
    there = within(inside, part) if part else inside
    if there is not None:
        yield posixpath.join(mount.mount_path, there)


def place_of(container: Container, path: str) -> tuple[str, str] | None:
    """The volume that a file is in, and where in it; None: it is in the container's own layer."""
    above = [
        (mount, inside)
        for mount in container.spec.volume_mounts
        if (inside := within(path, mount.mount_path)) is not None
    ]
    if not above:
        return None
    mount, inside = max(above, key=lambda one: len(one[0].mount_path))
    return mount.name, posixpath.join(container.part_of(mount), inside)
