"""What containers have written: files of their own layer, and those in the volumes of their pod.

Only files count here. Logs, the few files that every container gets, and what a file system adds do not.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from clustersim.machine import Machine
from clustersim.runtime.records import Container, File, RuntimeDisk
from clustersim.runtime.shared_volumes import place_of


class Written(NamedTuple):
    """Bytes of the files of a pod: in the layers of its containers, by their names, and in its volumes, by
    theirs."""

    layers: dict[str, int]
    volumes: dict[str, int]

    def total(self, volumes: Collection[str]) -> int:
        """All that is in layers, and in those volumes."""
        return sum(self.layers.values()) + sum(self.volumes.get(name, 0) for name in volumes)


NOTHING = Written({}, {})


def written_by(machine: Machine, uid: str) -> Written:
    """What the newest containers of a pod have written."""
    return _written(one for one in _writers(machine) if one.pod_uid == uid)


def written_on(machine: Machine) -> int:
    """Bytes of all files of containers that are on the disk of a machine."""
    pods: dict[str, list[Container]] = {}
    for one in _writers(machine):
        pods.setdefault(one.pod_uid, []).append(one)
    found = map(_written, pods.values())
    return sum(one.total(one.volumes) for one in found)


def _writers(machine: Machine) -> list[Container]:
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    if disk is None or not disk.writers:
        return []
    return [disk.containers[name] for name in disk.writers if name in disk.containers]


def _written(containers: Iterable[Container]) -> Written:
    newest = {one.name: one for one in sorted(containers, key=lambda one: (one.attempt, one.created_at))}
    if not newest:
        return NOTHING
    layers: dict[str, int] = dict.fromkeys(newest, 0)
    in_volumes: dict[tuple[str, str], int] = {}
    for name, container in newest.items():
        for file in container.files:
            place = place_of(container, file.path)
            if place is None:
                layers[name] += size_of(file)
            else:
                in_volumes[place] = size_of(file)
    volumes: dict[str, int] = {}
    for (volume, _inside), size in in_volumes.items():
        volumes[volume] = volumes.get(volume, 0) + size
    return Written(layers, volumes)


def size_of(file: File) -> int:
    """Bytes of a file; none of one that is gone."""
    return 0 if file.text is None else len(file.text.encode("utf-8", "surrogateescape")) + file.blank
