"""Flow control without any I/O: between one room and one viewer, and how often somebody may do something.

A server that writes as fast as a room ticks fills its memory for every phone that has stopped reading. So a
viewer acknowledges what it has drawn, some ticks at a time. At most ``WINDOW`` ticks are on their way to
it, and none is added while they are larger than ``LARGEST``. One more may wait. When a newer one takes its
place, the viewer has missed a tick and gets a fresh snapshot as soon as it acknowledges.
"""

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

WINDOW: Final = 24
"""Ticks. The page acknowledges sixteen at a time, since reading an acknowledgement costs the server more than
sending a tick; the eight more keep ticks coming while it is on its way, for up to 0.8 s.
"""
MOST_BYTES: Final = 1 << 20
"""Daphne sends no larger message. A viewer misses such a tick, and gets a snapshot, which is fetched."""
LARGEST: Final = 256_000
"""Characters: twice what the page lets come together before it acknowledges."""


@dataclass(slots=True)
class Window:
    """What one viewer was sent and has not acknowledged. It begins in need of a snapshot."""

    last: int = -1
    underway: deque[tuple[int, int]] = field(default_factory=deque)
    """Each tick with how many characters it and those before it have."""
    waiting: tuple[int, str] | None = None
    lost: bool = True
    """A tick was dropped or never seen: only a snapshot helps."""
    _sent: int = 0
    _acknowledged: int = 0

    @property
    def is_open(self) -> bool:
        return not self.underway or (
            len(self.underway) < WINDOW and self._sent - self._acknowledged < LARGEST
        )

    @property
    def wants_snapshot(self) -> bool:
        """A snapshot is needed and may be sent now."""
        return self.lost and self.is_open

    def offer(self, seq: int, tick: str) -> str | None:
        """A tick is out: returned if it is to be sent now, else kept, or dropped."""
        if seq <= self.last or self.lost:
            return None
        if seq != self.last + 1 or _is_too_large(tick):
            self.lost, self.waiting = True, None
            return None
        if self.is_open:
            return self._send(seq, tick)
        self.waiting = (seq, tick)
        return None

    def acknowledge(self, seq: int) -> str | None:
        """Everything up to seq is drawn: returns the tick that waited for it."""
        while self.underway and self.underway[0][0] <= seq:
            self._acknowledged = self.underway.popleft()[1]
        if self.waiting is None or not self.is_open:
            return None
        waiting, self.waiting = self.waiting, None
        return self._send(*waiting)

    def resync(self) -> None:
        """The viewer says that it misses something."""
        self.lost, self.waiting = True, None

    def snapshot_sent(self, seq: int) -> None:
        """A snapshot that includes the tick seq is on its way."""
        self.lost, self.waiting = False, None
        self._send(seq, "")

    def _send(self, seq: int, frame: str) -> str:
        self.last = seq
        self._sent += len(frame)
        self.underway.append((seq, self._sent))
        return frame


def _is_too_large(text: str) -> bool:
    """A character has up to four bytes."""
    return len(text) > MOST_BYTES // 4 and len(text.encode()) > MOST_BYTES


@dataclass(slots=True)
class Allowance:
    """A token bucket: how many frames a viewer may still send."""

    per_second: float
    burst: float
    tokens: float = field(init=False)
    at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, now: float) -> bool:
        """Whether one more is allowed at this time of a monotonic clock, in seconds."""
        return self.wait(now, 0.0) is not None

    def wait(self, now: float, longest: float) -> float | None:
        """Seconds until one more is allowed, after those that wait already; None, and nothing taken, if
        that is longer than the longest wait."""
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.at) * self.per_second)
        self.at = now
        missing = max(0.0, 1 - self.tokens)
        if missing > longest * self.per_second:
            return None
        self.tokens -= 1
        return missing / self.per_second if missing else 0.0


class Allowances:
    """An allowance for each key (an address, a visitor, a token); those that have not come for longest are
    forgotten.
    """

    def __init__(self, per_second: float, burst: float, *, most: int) -> None:
        self._per_second, self._burst, self._most = per_second, burst, most
        self._kept: OrderedDict[str, Allowance] = OrderedDict()

    def take(self, key: str) -> bool:
        """Whether this one may do it once more now."""
        return self.wait(key, 0.0) is not None

    def wait(self, key: str, longest: float) -> float | None:
        """Seconds until this one may do it once more; None if that is longer than the longest wait."""
        allowance = self._kept.pop(key, None) or Allowance(self._per_second, self._burst)
        self._kept[key] = allowance
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return allowance.wait(time.monotonic(), longest)
