"""Advances a cluster without ever holding up the event loop for longer than a budget."""

import time
from dataclasses import dataclass
from typing import Final, Protocol

SMALLEST: Final = 10_000
LARGEST: Final = 600_000_000
FINE: Final = 0.002
"""A slice of the run should take about this many seconds; its length in simulated time adapts."""


class Runs(Protocol):
    """Something that time passes in; it may stand still for reasons of its own."""

    @property
    def now(self) -> int: ...
    def run_until(self, until: int) -> None: ...


@dataclass(slots=True)
class TimeSlicer:
    """Runs in slices. Where they end never matters to the run."""

    budget: float
    slice: int = 1_000_000

    def run(self, run: Runs, until: int) -> bool:
        """Towards that time, as far as the budget of seconds allows; whether it was reached."""
        started = time.perf_counter()
        spent = 0.0
        stands = False
        while run.now < until and spent < self.budget and not stands:
            before = run.now
            run.run_until(min(until, before + self.slice))
            stands = run.now == before
            took = time.perf_counter() - started - spent
            spent += took
            if took > 2 * FINE:
                self.slice = max(SMALLEST, self.slice // 2)
            elif took < FINE / 2:
                self.slice = min(LARGEST, self.slice * 2)
        return run.now >= until
