"""Files that containers leave on a machine through hostPath volumes: they outlive containers and pods."""

import posixpath
from collections.abc import Iterator

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.machine import Machine


class HostFiles(State):
    """Texts by path."""

    files: dict[str, str] = msgspec.field(default_factory=dict)


def host_paths(pod: Pod) -> dict[str, str]:
    """Which volumes of a pod are folders of its machine, and which."""
    paths = {one.name: one.host_path.path for one in pod.spec.volumes if one.host_path is not None}
    return {name: posixpath.normpath(path) for name, path in paths.items()}


def within(path: str, folder: str) -> str | None:
    """Where in a folder a file is; None: elsewhere."""
    begin = f"{folder.rstrip('/')}/"
    return path.removeprefix(begin) if path.startswith(begin) else None


def leave(machine: Machine, path: str, text: str | None) -> None:
    """A file is written there, or removed (None)."""
    disk: HostFiles = machine.state.disk.setdefault("host-files", HostFiles())
    if text is None:
        disk.files.pop(path, None)
    else:
        disk.files[path] = text


def left_below(machine: Machine, folder: str) -> Iterator[tuple[str, str]]:
    """The files in a folder, by their paths from there."""
    disk: HostFiles | None = machine.state.disk.get("host-files")
    for path, text in () if disk is None else disk.files.items():
        if (inside := within(path, folder)) is not None:
            yield inside, text
