"""Large files inside a container, and how full its disk is: dd, fallocate, du and df. Of a large file only
its size is kept.
"""

import posixpath
from collections.abc import Sequence
from typing import Any, Final

from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.machine import DISK_BYTES, Machine
from clustersim.programs.filling import BYTES_A_SECOND, filled
from clustersim.runtime.usage import disk_available
from clustersim.shell.plain import absolute
from clustersim.shell.ran import Ran

_BLOCK: Final = 4096
"""What a file or a folder takes at least."""
_FULL: Final = "No space left on device"
_DEVICE: Final = "/dev/sda1"


def fill(files: ContainerFiles, machine: Machine, words: Sequence[str], place: str) -> Ran:
    """dd if=/dev/zero of=FILE bs=1M count=100, fallocate -l 1G FILE. place: where the shell is."""
    wanted = filled(words)
    if wanted is None:
        if words[0] == "dd" and "of=/dev/null" in words:
            return Ran()
        return Ran(err=f"{words[0]}: {_TELLS[words[0]]}\n", code=1)
    path = absolute(wanted.path, place)
    if files.is_directory(path):
        return Ran(err=f"{words[0]}: {_opening(words[0], wanted.path)}: Is a directory\n", code=1)
    room = int(disk_available(machine) * DISK_BYTES) + (files.size(path) if path in files.known_paths else 0)
    if wanted.size > room:
        failed = "fallocate failed" if words[0] == "fallocate" else f"error writing '{wanted.path}'"
        return Ran(err=f"{words[0]}: {failed}: {_FULL}\n", code=1)
    files.write(path, "", wanted.size)
    if words[0] == "fallocate":
        return Ran()
    records = f"{wanted.blocks}+0 records in\n{wanted.blocks}+0 records out\n"
    took = max(wanted.size / BYTES_A_SECOND, 0.001)
    size, rate = wanted.size, wanted.size / took
    if files.small:
        told = f"{size} bytes ({_short(size)}B) copied, {took:.6f} seconds, {_short(rate)}B/s"
    else:
        units = f"({_decimal(size)}B, {_decimal(size, 1024, 'iB')})" if size >= 1000 else ""
        told = f"{size} bytes {units} copied, {took:.6g} s, {_decimal(rate)}B/s".replace("  ", " ")
    return Ran(err=f"{records}{told}\n")


_TELLS: Final = {
    "dd": "this shell knows dd if=/dev/zero of=FILE bs=1M count=100",
    "fallocate": "no length argument specified",
}


def _opening(program: str, path: str) -> str:
    return f"cannot open {path}" if program == "fallocate" else f"failed to open '{path}'"


def du(files: ContainerFiles, words: Sequence[str], place: str) -> Ran:
    """du [-s] [-h] PATH: what is below it."""
    flags = "".join(word for word in words[1:] if word.startswith("-"))
    paths = [word for word in words[1:] if not word.startswith("-")] or ["."]
    out, err = "", ""
    for path in paths:
        whole = absolute(path, place)
        if files.is_directory(whole):
            found = [whole] if "s" in flags else [*_folders(files, whole), whole]
        elif whole in files.known_paths and files.text(whole) is not None:
            found = [whole]
        else:
            err += f"du: {path}: No such file or directory\n"
            continue
        for one in found:
            size = sum(_blocks(files.size(file)) for file in files.below(one)) + _BLOCK
            size = size if files.is_directory(one) else _blocks(files.size(one))
            shown = path if one == whole else posixpath.join(path, posixpath.relpath(one, whole))
            out += f"{_short(size) if 'h' in flags else size // 1024}\t{shown}\n"
    return Ran(out, err, int(bool(err)))


def _folders(files: ContainerFiles, folder: str) -> list[str]:
    """The folders below one that have something in them, the deepest first."""
    found: set[str] = set()
    for path in files.below(folder):
        above = posixpath.dirname(path)
        while above != folder and above.startswith(f"{folder.rstrip('/')}/"):
            found.add(above)
            above = posixpath.dirname(above)
    return sorted(found, key=lambda path: (-path.count("/"), path))


def _blocks(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def df(files: ContainerFiles, pod: Any, spec: Any, machine: Machine, words: Sequence[str], place: str) -> Ran:
    """df [-h] [PATH]: the container's own layer, and the volumes that are on the same disk."""
    on_disk = {one.name for one in pod.spec.volumes if one.empty_dir is not None or one.host_path is not None}
    mounts = [("overlay", "/")]
    mounts += [(_DEVICE, one.mount_path) for one in spec.volume_mounts if one.name in on_disk]
    paths = [absolute(word, place) for word in words[1:] if not word.startswith("-")]
    if paths:
        above = [[one for one in mounts if _is_in(path, one[1])] for path in paths]
        mounts = [max(found, key=lambda one: len(one[1])) for found in above]
    free = int(disk_available(machine) * DISK_BYTES)
    human = any("h" in word for word in words[1:] if word.startswith("-"))
    told = [_short(one) if human else str(one // 1024) for one in (DISK_BYTES, DISK_BYTES - free, free)]
    used = f"{round(100 - 100 * free / DISK_BYTES)}%"
    size, room = ("Size", "Available" if files.small else "Avail") if human else ("1K-blocks", "Available")
    lines = [f"{'Filesystem':<20} {size:>10} {'Used':>9} {room:>9} Use% Mounted on"]
    lines += [f"{kind:<20} {told[0]:>10} {told[1]:>9} {told[2]:>9} {used:>4} {at}" for kind, at in mounts]
    return Ran("".join(f"{line}\n" for line in lines))


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _short(size: float) -> str:
    """As -h tells it."""
    for unit in ("", "K", "M", "G"):
        if size < 1024 or unit == "G":
            break
        size /= 1024
    return f"{size:.1f}{unit}" if unit else f"{size:.0f}"


def _decimal(size: float, base: int = 1000, end: str = "") -> str:
    """As dd tells it: 629 M, or 600 Mi."""
    for unit in ("", "k" if base == 1000 else "K", "M", "G"):
        if size < base or unit == "G":
            break
        size /= base
    told = f"{size:.1f}" if size < 10 and unit else f"{size:.0f}"
    return f"{told} {unit}{end}"
