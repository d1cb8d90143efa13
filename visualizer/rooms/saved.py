"""Snapshots of rooms on disk, so that a room opens without computing all of its past again.

A cache and nothing else: whatever is missing, of another engine, another history, or not exactly as this
server wrote it is thrown away, and the run is computed from its log. Only this server's own files are read,
and only when their seal, made with its secret key, is right.

Of a large room the snapshots before the newest stay, too, as moments: whoever looks back begins at the
nearest.
"""

import hashlib
import hmac
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import structlog
from django.conf import settings

from clustersim import engine_version
from clustersim.cluster import Cluster
from clustersim.engine.time import Micros
from clustersim.run import Inputs, Kept, Run
from clustersim.snapshots import unpack
from visualizer.rooms.sources import Moment, Source

logger = structlog.get_logger()

MOST_BYTES: Final = 512 << 20
"""Of all snapshots together; the oldest go first."""
SNAPSHOT: Final = ".snapshot"
MOMENT: Final = ".moment"
LARGE: Final = 1 << 20
"""Bytes of a snapshot that stays as a moment when a newer one comes: a smaller cluster is soon computed."""
MOST_MOMENTS: Final = 12
"""Of a branch. Of more every second one goes, but for the first and the last."""
LEVEL: Final = 1
"""Of zlib: a quarter of the bytes, and 220 MB take a second."""
LONGEST_HEAD: Final = 4096
HALF: Final = ".new"
"""How the name of a file ends that is still being written: whoever was stopped meanwhile leaves it so."""
HALF_SECONDS: Final = 600.0
"""Older than that, nobody is writing it any more."""


class Head(msgspec.Struct, frozen=True):
    """What a file says about its snapshot. inputs: a digest of what had been given."""

    engine: str
    inputs: str
    commands: int
    t: Micros
    state_hash: str


class Opened(msgspec.Struct, frozen=True):
    """A run as it was kept, and the same to send on: packing a large one again would take seconds."""

    run: Run
    moment: Moment

    def is_still(self, run: Run) -> bool:
        """Whether nothing has come to it since."""
        return run.now == self.moment.t and len(run.commands) == len(self.moment.inputs.commands)


def path_of(branch: int) -> str:
    """Where the snapshot of a branch is kept."""
    return str(Path(settings.SNAPSHOTS_DIR) / f"{branch}{SNAPSHOT}")


def stamp(path: str) -> int:
    """Another one whenever a snapshot has been written there; 0 if there is none."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def write(path: str, moment: Moment, state_hash: str) -> None:
    """Keep a snapshot in place of the one before. A disk that is full costs time later, and nothing else."""
    head = Head(engine_version(), _digest(moment.inputs), len(moment.inputs.commands), moment.t, state_hash)
    body = msgspec.json.encode(head) + b"\n" + zlib.compress(moment.snapshot, LEVEL)
    file, new = Path(path), Path(f"{path}.{os.getpid()}{HALF}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(_seal(body) + b"\n" + body)
        _leave_as_moment(file, moment.t)
        new.replace(file)
        _thin_out(file.parent)
    except OSError as error:
        logger.warning("snapshot not kept", path=path, why=str(error))
        with suppress(OSError):
            new.unlink(missing_ok=True)


def read(path: str, source: Source) -> Opened | None:
    """The run of this source as far as the snapshot goes; None if there is none that is part of it."""
    if not path:
        return None
    file = Path(path)
    try:
        seal, _newline, body = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    try:
        kept = _kept(seal, body, source)
    except Exception:
        logger.warning("snapshot not read", path=path, exc_info=True)
        kept = None
    if kept is None:
        with suppress(OSError):
            file.unlink(missing_ok=True)
    return kept


def _kept(seal: bytes, body: bytes, source: Source) -> Opened | None:
    if not hmac.compare_digest(seal, _seal(body)):
        return None
    line, _newline, packed = body.partition(b"\n")
    head = msgspec.json.decode(line, type=Head)
    commands = source.inputs.commands
    given, later = commands[: head.commands], commands[head.commands :]
    if head.engine != engine_version() or head.inputs != _digest(Inputs(source.inputs.scenario, given)):
        return None
    if head.t > source.until or any(one.t < head.t for one in later):
        return None
    snapshot = zlib.decompress(packed)
    cluster = Cluster.restore(unpack(snapshot))
    if cluster.state_hash() != head.state_hash:
        return None
    moment = Moment(Inputs(source.inputs.scenario, given), head.t, snapshot)
    return Opened(Run.resumed(given, cluster.snapshot()), moment)


def _digest(inputs: Inputs) -> str:
    return hashlib.blake2b(repr(inputs).encode(), digest_size=16).hexdigest()


def _seal(body: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), body, "sha256").hex().encode()


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
            seal, _newline, body = file.read_bytes().partition(b"\n")
            if hmac.compare_digest(seal, _seal(body)):
                snapshot = unpack(zlib.decompress(body.partition(b"\n")[2]))
                return Kept(head.t, head.commands, snapshot)
        except Exception:
            logger.warning("moment not read", path=str(file), exc_info=True)
    return None


def _moments(source: Source, least: Micros | None) -> Iterator[tuple[Path, Head]]:
    """The files of moments of this run, the newest first."""
    folder, commands = Path(settings.SNAPSHOTS_DIR), source.inputs.commands
    found = [(file, _head_of(file)) for end in (SNAPSHOT, MOMENT) for file in folder.glob(f"*{end}")]
    known = [(file, head) for file, head in found if head is not None and head.engine == engine_version()]
    digests: dict[int, str] = {}
    for file, head in sorted(known, key=lambda one: one[1].t, reverse=True):
        if head.t > source.until or (least is not None and head.t < least):
            continue
        given, later = commands[: head.commands], commands[head.commands :]
        if len(given) < head.commands or any(one.t < head.t for one in later):
            continue
        if head.commands not in digests:
            digests[head.commands] = _digest(Inputs(source.inputs.scenario, given))
        if head.inputs == digests[head.commands]:
            yield file, head


def _head_of(file: Path) -> Head | None:
    try:
        with file.open("rb") as opened:
            opened.readline(LONGEST_HEAD)
            return msgspec.json.decode(opened.readline(LONGEST_HEAD), type=Head)
    except (OSError, msgspec.DecodeError):
        return None


def _leave_as_moment(file: Path, t: Micros) -> None:
    """A large snapshot in whose place a later one comes."""
    head = _head_of(file)
    if head is None or head.t >= t or file.stat().st_size < LARGE:
        return
    branch = file.name.removesuffix(SNAPSHOT)
    moment = file.with_name(f"{branch}-{head.t}{MOMENT}")
    with suppress(FileExistsError):  # whoever was stopped between here and its end has left it
        _also_named(file, moment)
    mine = file.parent.glob(f"{branch}-*{MOMENT}")
    moments = sorted(mine, key=lambda one: int(one.name.removesuffix(MOMENT).partition("-")[2]))
    if len(moments) > MOST_MOMENTS:
        for other in moments[1:-1:2]:
            other.unlink(missing_ok=True)


def _also_named(file: Path, name: Path) -> None:
    """Both names until the next one is there, whenever this process is killed; not every disk has that."""
    try:
        name.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:
        file.rename(name)


def _thin_out(folder: Path) -> None:
    for half in folder.glob(f"*{HALF}"):
        if time.time() - half.stat().st_mtime > HALF_SECONDS:
            half.unlink(missing_ok=True)
    moments = sorted(folder.glob(f"*{MOMENT}"), key=lambda file: file.stat().st_mtime)
    files = moments + sorted(folder.glob(f"*{SNAPSHOT}"), key=lambda file: file.stat().st_mtime)
    total = sum(file.stat().st_size for file in files)
    for file in files[:-1]:
        if total <= MOST_BYTES:
            return
        total -= file.stat().st_size
        file.unlink(missing_ok=True)
