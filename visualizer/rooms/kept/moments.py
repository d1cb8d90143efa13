"""Moments of a run that are on disk: looking back begins at the nearest one. A branch whose own snapshot is
missing or broken begins at the newest.
"""

from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings

from clustersim.engine.time import Micros
from clustersim.run import Kept
from visualizer.rooms.kept.saved import Opened, read
from visualizer.rooms.kept.snapshot_files import MOMENT, SNAPSHOT, Head, head_of, is_part, snapshot_in
from visualizer.rooms.kept.sources import Source

logger = structlog.get_logger()


def has_later(source: Source, least: Micros | None) -> bool:
    """Whether there is a moment of this run that is at least so late, and not later than its end."""
    return next(_moments(source, least), None) is not None


def newest(source: Source) -> Opened | None:
    """The run of this source as far as any file goes that is part of it: of its branch, or of one that it was
    forked from. For a branch whose own snapshot is missing or broken.
    """
    for file, _head in _moments(source, None):
        if (opened := read(str(file), source)) is not None:
            return opened
    return None


def nearest(source: Source, least: Micros | None) -> Kept | None:
    """The newest moment of this run that is not later than its end, and at least so late."""
    for file, head in _moments(source, least):
        try:
            return Kept(head.t, head.commands, snapshot_in(file))
        except MemoryError:
            raise
        except Exception:
            logger.warning("moment not read", path=str(file), exc_info=True)
    return None


def _moments(source: Source, least: Micros | None) -> Iterator[tuple[Path, Head]]:
    """The files of moments of this run, the newest first."""
    folder, digests = Path(settings.SNAPSHOTS_DIR), dict[int, str]()
    found = [(file, head_of(file)) for end in (SNAPSHOT, MOMENT) for file in folder.glob(f"*{end}")]
    known = [(file, head) for file, head in found if head is not None]
    for file, head in sorted(known, key=lambda one: one[1].t, reverse=True):
        if (least is None or head.t >= least) and is_part(head, source, digests):
            yield file, head
