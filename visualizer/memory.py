"""How much memory the machine, or the container, has left for this process and its copies."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SYSTEM: Final = Path("/")
"""Where the files of the system are."""
RESIDENT: Final = 1
"""Which number of Linux's statm tells how many pages of a process are in memory."""


def own_bytes() -> int:
    """What this process takes; 0 where the system does not say."""
    try:
        pages = int((SYSTEM / "proc/self/statm").read_text().split()[RESIDENT])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def free_bytes() -> int | None:
    """What is left until something has to go: of the machine, and of the containers that this process is in;
    None where the system does not say.
    """
    return min(_left(), default=None)


def _left() -> Iterator[int]:
    meminfo = _numbers(SYSTEM / "proc/meminfo")
    if "MemAvailable:" in meminfo:
        yield meminfo["MemAvailable:"] << 10
    for folder, names in _groups():
        limit, used = (_number(folder / name) for name in names[:2])
        if limit is not None and used is not None:
            # Files that were read and are in memory for the next time go first.
            yield limit - used + _numbers(folder / "memory.stat").get(names[2], 0)


def _groups() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The folders of the control groups that count the memory of this process, the innermost first, and how
    their files and the files read are called: version 2, or 1.
    """
    try:
        lines = (SYSTEM / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if not controllers:
            root, names = SYSTEM / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            root = SYSTEM / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        inner = root / path.lstrip("/")
        for folder in (inner, *inner.parents):
            yield folder, names
            if folder == root:
                break


def _number(file: Path) -> int | None:
    """None where there is no such file, or no bound in it."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _numbers(file: Path) -> dict[str, int]:
    """Names and numbers, a line each."""
    try:
        lines = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}
