"""Snapshots of rooms on disk, so that a room opens without computing all of its past again.

A cache and nothing else: whatever is missing, of another engine, another history, or not exactly as this
server wrote it is thrown away, and the run is computed from its log. Only this server's own files are read,
and only when their seal, made with its secret key, is right.
"""

import hashlib
import hmac
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import structlog
from django.conf import settings

from clustersim import engine_version
from clustersim.cluster import Cluster
from clustersim.engine.time import Micros
from clustersim.run import Inputs, Run
from clustersim.snapshots import unpack
from visualizer.rooms.sources import Moment, Source

logger = structlog.get_logger()

MOST_BYTES: Final = 512 << 20
"""Of all snapshots together; the oldest go first."""
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


class Kept(msgspec.Struct, frozen=True):
    """A run as it was kept, and the same to send on: packing a large one again would take seconds."""

    run: Run
    moment: Moment

    def is_still(self, run: Run) -> bool:
        """Whether nothing has come to it since."""
        return run.now == self.moment.t and len(run.commands) == len(self.moment.inputs.commands)


def path_of(branch: int) -> str:
    """Where the snapshot of a branch is kept."""
    return str(Path(settings.SNAPSHOTS_DIR) / f"{branch}.snapshot")


def stamp(path: str) -> int:
    """Another one whenever a snapshot has been written there; 0 if there is none."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def write(path: str, moment: Moment, state_hash: str) -> None:
    """Keep a snapshot in place of the one before. A disk that is full costs time later, and nothing else."""
    head = Head(engine_version(), _digest(moment.inputs), len(moment.inputs.commands), moment.t, state_hash)
    body = msgspec.json.encode(head) + b"\n" + moment.snapshot
    file, new = Path(path), Path(f"{path}.{os.getpid()}{HALF}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(_seal(body) + b"\n" + body)
        new.replace(file)
        _thin_out(file.parent)
    except OSError as error:
        logger.warning("snapshot not kept", path=path, why=str(error))
        with suppress(OSError):
            new.unlink(missing_ok=True)


def read(path: str, source: Source) -> Kept | None:
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


def _kept(seal: bytes, body: bytes, source: Source) -> Kept | None:
    if not hmac.compare_digest(seal, _seal(body)):
        return None
    line, _newline, snapshot = body.partition(b"\n")
    head = msgspec.json.decode(line, type=Head)
    commands = source.inputs.commands
    given, later = commands[: head.commands], commands[head.commands :]
    if head.engine != engine_version() or head.inputs != _digest(Inputs(source.inputs.scenario, given)):
        return None
    if head.t > source.until or any(one.t < head.t for one in later):
        return None
    cluster = Cluster.restore(unpack(snapshot))
    if cluster.state_hash() != head.state_hash:
        return None
    moment = Moment(Inputs(source.inputs.scenario, given), head.t, snapshot)
    return Kept(Run.resumed(given, cluster.snapshot()), moment)


def _digest(inputs: Inputs) -> str:
    return hashlib.blake2b(repr(inputs).encode(), digest_size=16).hexdigest()


def _seal(body: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), body, "sha256").hex().encode()


def _thin_out(folder: Path) -> None:
    for half in folder.glob(f"*{HALF}"):
        if time.time() - half.stat().st_mtime > HALF_SECONDS:
            half.unlink(missing_ok=True)
    files = sorted(folder.glob("*.snapshot"), key=lambda file: file.stat().st_mtime)
    total = sum(file.stat().st_size for file in files)
    for file in files[:-1]:
        if total <= MOST_BYTES:
            return
        total -= file.stat().st_size
        file.unlink(missing_ok=True)
