"""Files that containers of a pod have in common: what one writes below a volume, the others find where they
mount it, and a container that is made anew finds what the one before it left."""

import posixpath
from collections.abc import Iterable, Iterator

from clustersim.runtime.records import Container


def with_shared(container: Container, others: Iterable[Container]) -> Container:
    """The container with what others of its pod have written into volumes that it mounts."""
    mounted = {mount.name for mount in container.spec.volume_mounts}
    for other in others if mounted else ():
        if other.pod_uid != container.pod_uid or other.id == container.id:
            continue
        for file in other.files:
            for path in same_file(other, file.path, container):
                container = container.with_file(path, file.text)
    return container


def same_file(one: Container, path: str, other: Container) -> Iterator[str]:
    """Where another container of the pod has a file of this one."""
    place = _place(one, path)
    if place is None:
        return
    volume, inside = place
    for mount in other.spec.volume_mounts:
        below = other.part_of(mount)
        if mount.name == volume and (not below or inside.startswith(f"{below}/")):
            yield posixpath.join(mount.mount_path, inside.removeprefix(f"{below}/") if below else inside)


def _place(container: Container, path: str) -> tuple[str, str] | None:
    """The volume that a file is in, and where in it."""
    above = [
        mount for mount in container.spec.volume_mounts if path.startswith(f"{mount.mount_path.rstrip('/')}/")
    ]
    if not above:
        return None
    mount = max(above, key=lambda one: len(one.mount_path))
    return mount.name, posixpath.join(container.part_of(mount), path[len(mount.mount_path.rstrip("/")) + 1 :])
