"""Snapshots of rooms on disk, so that a room opens without computing all of its past again.

This is only a cache. A snapshot that is missing, belongs to another engine or another history, or is not
exactly as this server wrote it is thrown away, and the run is computed from its log. Only this server's own
files are read, and only if their seal, made with its secret key, is right.

Of a large room the older snapshots stay, too, as moments: looking back begins at the nearest one.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
import structlog
from django.conf import settings

from clustersim import engine_version, snapshots
from clustersim.cluster import Cluster, Snapshot
from clustersim.engine.time import Micros
from clustersim.run import Inputs, Kept, Run
from visualizer.rooms.kept import sealed
from visualizer.rooms.kept.sources import Source
from visualizer.workers import twice_the_memory

logger = structlog.get_logger()

SNAPSHOT: Final = ".snapshot"
MOMENT: Final = ".moment"
HANDED: Final = ".handed"
"""How the name of a file ends that another process is about to read, once."""
LARGE: Final = 1 << 20
"""Bytes of a snapshot that stays as a moment when a newer one comes: a smaller cluster is soon computed."""
MOST_MOMENTS: Final = 12
"""Of a branch. Of more every second one goes, except for the first and the last ..."""
OWN_SHARE: Final = 0.75
"""... and of those that take more of the disk than this share of what snapshots may take."""
HALF: Final = ".new"
"""How the name of a file ends that is still being written: whoever was stopped meanwhile leaves it so."""
HALF_SECONDS: Final = 600.0
"""Older than that, nobody is writing it any more, or about to read what was handed over."""


class Head(msgspec.Struct, frozen=True):
    """What a file says about its snapshot. inputs: a digest of what had been given; state_hash: of the
    world, where that is soon computed.
    """

    engine: str
    inputs: str
    commands: int
    t: Micros
    state_hash: str


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
    head = Head(engine_version(), _digest(inputs), len(inputs.commands), t, state_hash)
    file, new = Path(path), Path(f"{path}.{os.getpid()}{HALF}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as out, twice_the_memory():
            writer = sealed.SealedWriter(out, msgspec.json.encode(head))
            snapshots.write(snapshot, writer)
            writer.close()
        if file.suffix == SNAPSHOT:
            _leave_as_moment(file, t)
        new.replace(file)
    except OSError as error:
        logger.warning("snapshot not kept", path=path, why=str(error))
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return False
    with suppress(OSError):
        _thin_out(file.parent, file)
    return True


def is_all_of(path: str, source: Source) -> bool:
    """Whether what is kept there says that it is the whole run of this source, to its end."""
    head = _head_of(Path(path)) if path else None
    if head is None or head.t != source.until or head.commands != len(source.inputs.commands):
        return False
    return _is_part(head, source, {})


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
    head = _head_of(file)
    if head is None or not _is_part(head, source, {}):
        return None
    snapshot = _snapshot_in(file)
    if head.state_hash and Cluster.restore(snapshot).state_hash() != head.state_hash:
        return None
    given = source.inputs.commands[: head.commands]
    return Opened(Run.resumed(given, snapshot), head.t, head.commands, str(file))


def _snapshot_in(file: Path) -> Snapshot:
    """Unpacked piece by piece, each when its seal was found right. Raises Broken, OSError and what unpickling
    raises.
    """
    with suppress(OSError):
        _used(file)
    with file.open("rb") as opened, sealed.reader(opened) as unsealed:
        snapshot = snapshots.read(unsealed, beside_others=True)
        if unsealed.read(1):
            raise sealed.Broken("there is more than a snapshot")
        return snapshot


def _used(file: Path) -> None:
    """What is of use stays. When it was written is told as before."""
    os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns))


def _is_part(head: Head, source: Source, digests: dict[int, str]) -> bool:
    """Whether the run of this source has been there. digests: of its inputs, by how many commands are in
    them; those that are needed are put there.
    """
    commands = source.inputs.commands
    if head.engine != engine_version() or head.t > source.until or head.commands > len(commands):
        return False
    if any(one.t < head.t for one in commands[head.commands :]):
        return False
    if head.commands not in digests:
        digests[head.commands] = _digest(Inputs(source.inputs.scenario, commands[: head.commands]))
    return head.inputs == digests[head.commands]


def _digest(inputs: Inputs) -> str:
    return hashlib.blake2b(repr(inputs).encode(), digest_size=16).hexdigest()


def _head_of(file: Path) -> Head | None:
    try:
        return msgspec.json.decode(sealed.head_of(file) or b"", type=Head)
    except msgspec.DecodeError:
        return None


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
        _used(Path(place))
    except OSError:
        return ""
    return place


def take(path: str) -> Snapshot:
    """What was handed over there; it is gone then. Raises Broken, OSError and what unpickling raises."""
    file = Path(path)
    try:
        return _snapshot_in(file)
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _place_to_hand_over() -> str:
    return str(Path(settings.SNAPSHOTS_DIR) / f"{uuid4().hex}{HANDED}")


# --- moments -----------------------------------------------------------------------------------------------


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
            return Kept(head.t, head.commands, _snapshot_in(file))
        except MemoryError:
            raise
        except Exception:
            logger.warning("moment not read", path=str(file), exc_info=True)
    return None


def _moments(source: Source, least: Micros | None) -> Iterator[tuple[Path, Head]]:
    """The files of moments of this run, the newest first."""
    folder, digests = Path(settings.SNAPSHOTS_DIR), dict[int, str]()
    found = [(file, _head_of(file)) for end in (SNAPSHOT, MOMENT) for file in folder.glob(f"*{end}")]
    known = [(file, head) for file, head in found if head is not None]
    for file, head in sorted(known, key=lambda one: one[1].t, reverse=True):
        if (least is None or head.t >= least) and _is_part(head, source, digests):
            yield file, head


def _leave_as_moment(file: Path, t: Micros) -> None:
    """A large snapshot in whose place a later one comes."""
    head = _head_of(file)
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


def _most_bytes() -> float:
    """Of all snapshots together."""
    return float(settings.SNAPSHOTS_MB * (1 << 20))


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


def _thin_out(folder: Path, newest: Path) -> None:
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
