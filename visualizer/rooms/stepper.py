"""Advances a cluster without ever holding up the event loop for longer than a budget."""

import time
from dataclasses import dataclass
from typing import Final

from clustersim.run import Run

SMALLEST: Final = 10_000
LARGEST: Final = 600_000_000
FINE: Final = 0.002
"""A slice of the run should take about this many seconds; its length in simulated time adapts."""


@dataclass(slots=True)
class Stepper:
    """Runs in slices. Where they end never matters to the run."""

    budget: float
    slice: int = 1_000_000

    def run(self, run: Run, until: int) -> bool:
        """Towards that time, as far as the budget of seconds allows; whether it was reached."""
        started = time.perf_counter()
        spent = 0.0
        while run.now < until and spent < self.budget:
            run.run_until(min(until, run.now + self.slice))
            took = time.perf_counter() - started - spent
            spent += took
            if took > 2 * FINE:
                self.slice = max(SMALLEST, self.slice // 2)
            elif took < FINE / 2:
                self.slice = min(LARGEST, self.slice * 2)
        return run.now >= until
