"""When a room that plays takes its next step, and when it sends its next tick."""

import time
from typing import Final

TICK: Final = 0.1
"""Seconds between two ticks of a room that plays."""
PAUSE: Final = 0.5
"""Of the time a step took that was too short: so long the room waits before the next one."""


class Beat:
    """By a clock that only goes forward, in seconds."""

    def __init__(self) -> None:
        self._tells = time.monotonic()
        """The next tick is due."""
        self.restart()

    def restart(self) -> None:
        """Time begins to pass now, for all that went by meanwhile."""
        self._stepped = self._due = self._began = time.monotonic()

    @property
    def left(self) -> float:
        """Until the next step."""
        return self._due - time.monotonic()

    def begin(self) -> float:
        """A step begins; how long after the one before."""
        self._began = time.monotonic()
        passed = self._began - self._stepped
        self._stepped = self._began
        return passed

    def end(self, *, behind: bool) -> tuple[float, bool]:
        """The step has ended: how long it took, and whether a tick is due. Who cannot keep up goes on soon,
        and leaves others time meanwhile; ticks come as ever.
        """
        now, took = time.monotonic(), time.monotonic() - self._began
        self._due = now + PAUSE * took if behind else max(self._due + TICK, self._began + TICK / 2)
        if behind and now < self._tells:
            return took, False
        self._tells = max(self._tells + TICK, now + TICK / 2)
        return took, True
