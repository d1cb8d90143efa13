"""How much of the disk snapshots take: large old ones stay as moments, and what is of least use goes.

Others may be writing and thinning out at the same time.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from clustersim.engine.time import Micros
from visualizer.rooms.kept.snapshot_files import HALF, HANDED, MOMENT, SNAPSHOT, head_of

LARGE: Final = 1 << 20
"""Bytes of a snapshot that stays as a moment when a newer one comes: a smaller cluster is soon computed."""
MOST_MOMENTS: Final = 12
"""Of a branch. Of more every second one goes, except for the first and the last ..."""
OWN_SHARE: Final = 0.75
"""... and of those that take more of the disk than this share of what snapshots may take."""
HALF_SECONDS: Final = 600.0
"""Older than that, nobody is writing a file any more, or about to read what was handed over."""


def leave_as_moment(file: Path, t: Micros) -> None:
    """A large snapshot in whose place a later one comes."""
    head = head_of(file)
    if head is None or head.t >= t or file.stat().st_size < LARGE:
        return
    branch = file.name.removesuffix(SNAPSHOT)
    moment = file.with_name(f"{branch}-{head.t}{MOMENT}")
    with suppress(FileExistsError):  # whoever was stopped between here and its end has left it
        _also_named(file, moment)
    moments = _in_order(file.parent.glob(f"{branch}-*{MOMENT}"))
    size = sum(one.stat().st_size for one in moments)
    if len(moments) > MOST_MOMENTS or size > _most_bytes() * OWN_SHARE:
        for other in moments[1:-1:2]:
            other.unlink(missing_ok=True)


def _in_order(moments: Iterable[Path]) -> list[Path]:
    """Of one branch, by their times."""
    return sorted(moments, key=lambda one: int(one.name.removesuffix(MOMENT).partition("-")[2]))


def _also_named(file: Path, name: Path) -> None:
    """Both names until the next one is there, whenever this process is killed; not every disk has that."""
    try:
        name.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:
        file.rename(name)


def thin_out(folder: Path, newest: Path) -> None:
    """What was unused for longest goes, moments first, except for the first of a branch: before that there is
    nothing but the boot. What has just been written stays.
    """
    for end in (HALF, HANDED):
        for left in _by_age(folder, end):
            if time.time() - left[0] > HALF_SECONDS:
                left[2].unlink(missing_ok=True)
    moments = _by_age(folder, MOMENT)
    firsts = {file.name.partition("-")[0]: file for file in reversed(_in_order(one[2] for one in moments))}
    others = [one for one in moments if one[2] in firsts.values()] + _by_age(folder, SNAPSHOT)
    files = [one for one in moments if one[2] not in firsts.values()] + sorted(others)
    total = sum(size for _age, size, _file in files)
    for _age, size, file in files:
        if total <= _most_bytes():
            return
        if file != newest:
            total -= size
            file.unlink(missing_ok=True)


def _by_age(folder: Path, end: str) -> list[tuple[float, int, Path]]:
    """The files whose names end so, with when they were last used and how large they are, the oldest first;
    others may be writing and thinning out, too.
    """
    found = []
    for file in folder.glob(f"*{end}"):
        with suppress(OSError):
            told = file.stat()
            found.append((max(told.st_atime, told.st_mtime), told.st_size, file))
    return sorted(found)


def _most_bytes() -> float:
    """Of all snapshots together."""
    return float(settings.SNAPSHOTS_MB * (1 << 20))
