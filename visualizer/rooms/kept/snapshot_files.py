"""The file of a snapshot: what it says about itself, whether a run has been there, and the snapshot in it.

Only this server's own files are read, and only if their seal, made with its secret key, is right.
"""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from clustersim import engine_version, snapshots
from clustersim.cluster import Snapshot
from clustersim.engine.time import Micros
from clustersim.run import Inputs
from visualizer.rooms.kept import sealed
from visualizer.rooms.kept.sources import Source

SNAPSHOT: Final = ".snapshot"
MOMENT: Final = ".moment"
HANDED: Final = ".handed"
"""How the name of a file ends that another process is about to read, once."""
HALF: Final = ".new"
"""How the name of a file ends that is still being written: whoever was stopped meanwhile leaves it so."""


class Head(msgspec.Struct, frozen=True):
    """What a file says about its snapshot. inputs: a digest of what had been given; state_hash: of the
    world, where that is soon computed.
    """

    engine: str
    inputs: str
    commands: int
    t: Micros
    state_hash: str


def head_of(file: Path) -> Head | None:
    """None where there is none that was sealed here."""
    try:
        return msgspec.json.decode(sealed.head_of(file) or b"", type=Head)
    except msgspec.DecodeError:
        return None


def digest(inputs: Inputs) -> str:
    """Another one for other inputs."""
    return hashlib.blake2b(repr(inputs).encode(), digest_size=16).hexdigest()


def is_part(head: Head, source: Source, digests: dict[int, str]) -> bool:
    """Whether the run of this source has been there. digests: of its inputs, by how many commands are in
    them; those that are needed are put there.
    """
    commands = source.inputs.commands
    if head.engine != engine_version() or head.t > source.until or head.commands > len(commands):
        return False
    if any(one.t < head.t for one in commands[head.commands :]):
        return False
    if head.commands not in digests:
        digests[head.commands] = digest(Inputs(source.inputs.scenario, commands[: head.commands]))
    return head.inputs == digests[head.commands]


def snapshot_in(file: Path) -> Snapshot:
    """Unpacked piece by piece, each when its seal was found right. Raises Broken, OSError and what unpickling
    raises.
    """
    with suppress(OSError):
        used(file)
    with file.open("rb") as opened, sealed.reader(opened) as unsealed:
        snapshot = snapshots.read(unsealed, beside_others=True)
        if unsealed.read(1):
            raise sealed.Broken("there is more than a snapshot")
        return snapshot


def used(file: Path) -> None:
    """What is of use stays. When it was written is told as before."""
    os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns))
