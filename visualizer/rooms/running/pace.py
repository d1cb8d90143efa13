"""How simulated time follows the wall clock: speed, easing near deadlines, and the rate that is really
achieved.

No clock is read here; seconds of a monotonic clock come in, microseconds of simulated time go out.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

SECOND: Final = 1_000_000
LEAD: Final = 3 * SECOND
"""Easing to real time begins this long before a deadline ..."""
TRAIL: Final = 1 * SECOND
"""... and ends this long after it."""
FEWEST_STEPS: Final = 3
"""Fewer tell no rate."""
WINDOW: Final = 1.0
"""Over so many seconds the rate is told."""
LONGEST_STEP: Final = 0.5
"""A process that was held up longer does not make the simulation leap."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of simulated time at one speed."""

    until: int
    wall: float
    eased: bool


def next_leg(now: int, wall: float, speed: float, deadlines: Iterable[int] = ()) -> Leg:
    """How far the simulation may go with that much wall time, up to where its speed changes.

    Deadlines slow anything faster than real time; without them the leg uses up the wall time.
    """
    if speed <= 1:
        return Leg(now + round(wall * speed * SECOND), wall, False)
    near = [due for due in deadlines if due - LEAD <= now < due + TRAIL]
    if near:
        rate, change = 1.0, max(near) + TRAIL
    else:
        rate, change = speed, min((due - LEAD for due in deadlines if due - LEAD > now), default=2**62)
    until = now + round(wall * rate * SECOND)
    if until < change:
        return Leg(until, wall, bool(near))
    return Leg(change, (change - now) / SECOND / rate, bool(near))


@dataclass(slots=True)
class Rate:
    """The rate achieved over the last steps: simulated seconds per second; 0: too few to tell."""

    steps: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, wall: float, advanced: int) -> None:
        if not self.steps and wall > LONGEST_STEP:
            return  # what held the first step up, as the opening of a large room, says nothing of the others
        self.steps.append((wall, advanced))
        while len(self.steps) > FEWEST_STEPS and self._wall - self.steps[0][0] >= WINDOW:
            self.steps.popleft()

    def clear(self) -> None:
        self.steps.clear()

    @property
    def _wall(self) -> float:
        return sum(step[0] for step in self.steps)

    @property
    def value(self) -> float:
        wall = self._wall
        if len(self.steps) < FEWEST_STEPS or wall <= 0:
            return 0.0
        return round(sum(step[1] for step in self.steps) / SECOND / wall, 2)
