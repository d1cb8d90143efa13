"""How far the opening of a room has come: written by the worker that computes it, read by connections that
wait.

It is a small file beside the room's snapshot, since the worker and the waiting connection may belong to
different processes. Nothing depends on it: if it is missing or broken, the progress is unknown.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from django.conf import settings

EVERY: Final = 0.2
"""Seconds between two times it is written."""
OLD: Final = 10.0
"""Who has told nothing for so many seconds has been stopped."""

READ: Final = "read"
BOOT: Final = "boot"
REPLAY: Final = "replay"
HANDOVER: Final = "handover"


class Progress(msgspec.Struct, frozen=True):
    """phase: read, boot, replay or handover; share: how much of the phase is done, from 0 to 1; seconds: how
    long the phase has taken; told: when, as the clock of the machine says.
    """

    phase: str
    share: float
    seconds: float
    told: float

    @property
    def left(self) -> float | None:
        """Seconds that the rest of the phase takes if it goes on like this; None: too early to say."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0.1 and self.seconds > 1 else None


class Teller:
    """Tells how far the work on one room has come."""

    def __init__(self, snapshot: str) -> None:
        self._path = Path(snapshot).with_suffix(".progress") if snapshot else None
        self._phase = ""
        self._began = self._last = 0.0

    def tell(self, phase: str, share: float) -> None:
        """So much of this phase is done; told now and then."""
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._began, self._last = phase, now, 0.0
        if self._path is None or now - self._last < EVERY:
            return
        self._last = now
        progress = Progress(phase, round(share, 3), round(now - self._began, 2), time.time())
        new = self._path.with_suffix(".telling")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(msgspec.json.encode(progress))
            new.replace(self._path)

    def done(self) -> None:
        """Nobody needs to be told any more."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def place_of_question() -> str:
    """Where is told how far the answer to a question has come."""
    return str(Path(settings.SNAPSHOTS_DIR) / f"question-{uuid4().hex}")


def forget(snapshot: str) -> None:
    """Nobody asks any more."""
    with suppress(OSError):
        Path(snapshot).with_suffix(".progress").unlink(missing_ok=True)


def read(snapshot: str) -> Progress | None:
    """What was told last of the room with that snapshot, if somebody is at work on it."""
    try:
        told = msgspec.json.decode(Path(snapshot).with_suffix(".progress").read_bytes(), type=Progress)
    except (OSError, msgspec.DecodeError):
        return None
    return told if time.time() - told.told < OLD else None
