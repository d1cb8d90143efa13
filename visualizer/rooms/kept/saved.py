"""Snapshots of rooms on disk, so that a room opens without computing all of its past again.

This is only a cache. A snapshot that is missing, belongs to another engine or another history, or is not
exactly as this server wrote it is thrown away, and the run is computed from its log.
"""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import msgspec
import structlog
from django.conf import settings

from clustersim import engine_version, snapshots
from clustersim.cluster import Cluster, Snapshot
from clustersim.engine.time import Micros
from clustersim.run import Inputs, Run
from visualizer.rooms.kept import sealed
from visualizer.rooms.kept.snapshot_files import (
    HALF,
    HANDED,
    SNAPSHOT,
    Head,
    digest,
    head_of,
    is_part,
    snapshot_in,
    used,
)
from visualizer.rooms.kept.snapshot_space import leave_as_moment, thin_out
from visualizer.rooms.kept.sources import Source
from visualizer.workers import twice_the_memory

logger = structlog.get_logger()


class Opened(msgspec.Struct, frozen=True):
    """A run as it was kept, and where."""

    run: Run
    t: Micros
    commands: int
    path: str

    def is_still(self, run: Run) -> bool:
        """Whether nothing has come to it since."""
        return run.now == self.t and len(run.commands) == self.commands


def path_of(branch: int) -> str:
    """Where the snapshot of a branch is kept."""
    return str(Path(settings.SNAPSHOTS_DIR) / f"{branch}{SNAPSHOT}")


def stamp(path: str) -> int:
    """Another one whenever a snapshot has been written there; 0 if there is none."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def write(path: str, inputs: Inputs, snapshot: Snapshot, state_hash: str = "") -> bool:
    """Keep a snapshot in place of the one before; whether that could be done. A disk that is full costs time
    later, and nothing else.
    """
    t = snapshot.engine.now
    head = Head(engine_version(), digest(inputs), len(inputs.commands), t, state_hash)
    file, new = Path(path), Path(f"{path}.{os.getpid()}{HALF}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as out, twice_the_memory():
            writer = sealed.SealedWriter(out, msgspec.json.encode(head))
            snapshots.write(snapshot, writer)
            writer.close()
        if file.suffix == SNAPSHOT:
            leave_as_moment(file, t)
        new.replace(file)
    except OSError as error:
        logger.warning("snapshot not kept", path=path, why=str(error))
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return False
    with suppress(OSError):
        thin_out(file.parent, file)
    return True


def is_all_of(path: str, source: Source) -> bool:
    """Whether what is kept there says that it is the whole run of this source, to its end."""
    head = head_of(Path(path)) if path else None
    if head is None or head.t != source.until or head.commands != len(source.inputs.commands):
        return False
    return is_part(head, source, {})


def forget(path: str) -> None:
    """What is kept there cannot be read."""
    with suppress(OSError):
        Path(path).unlink(missing_ok=True)


def read(path: str, source: Source) -> Opened | None:
    """The run of this source as far as the snapshot goes; None if there is none that is part of it."""
    file = Path(path)
    if not path or not file.exists():
        return None
    try:
        opened = _opened(file, source)
    except OSError:
        return None
    except MemoryError:
        raise
    except Exception:
        logger.warning("snapshot not read", path=path, exc_info=True)
        opened = None
    if opened is None:
        forget(path)
    return opened


def _opened(file: Path, source: Source) -> Opened | None:
    head = head_of(file)
    if head is None or not is_part(head, source, {}):
        return None
    snapshot = snapshot_in(file)
    if head.state_hash and Cluster.restore(snapshot).state_hash() != head.state_hash:
        return None
    given = source.inputs.commands[: head.commands]
    return Opened(Run.resumed(given, snapshot), head.t, head.commands, str(file))


# --- handed over -------------------------------------------------------------------------------------------


def hand_over(inputs: Inputs, snapshot: Snapshot) -> str:
    """A file for another process to go on from, which `take` reads; "" if it cannot be written."""
    path = _place_to_hand_over()
    return path if write(path, inputs, snapshot) else ""


def hand_over_kept(path: str) -> str:
    """The same of what is kept there already: another name of the same file; "" where a disk has none."""
    place = _place_to_hand_over()
    try:
        Path(place).hardlink_to(path)
        used(Path(place))
    except OSError:
        return ""
    return place


def take(path: str) -> Snapshot:
    """What was handed over there; it is gone then. Raises Broken, OSError and what unpickling raises."""
    file = Path(path)
    try:
        return snapshot_in(file)
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _place_to_hand_over() -> str:
    return str(Path(settings.SNAPSHOTS_DIR) / f"{uuid4().hex}{HANDED}")
