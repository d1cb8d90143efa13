"""The way to the next event of a large cluster: the room itself goes on, as fast as it can, until
something happens. To search in a copy, the copy would first have to be computed, for minutes."""

from typing import Final

from clustersim import Cluster
from clustersim.explain.next_event import is_visible
from visualizer.rooms.running.pace import SECOND
from visualizer.rooms.running.time_slices import Runs

FARTHEST: Final = 600 * SECOND
"""So much simulated time may pass until somebody is asked whether to go on."""
AHEAD: Final = 30 * SECOND
"""Of that the write-ahead mark is so far ahead."""


class WayToNextEvent:
    """Time passes in a room until something happens that people would want to stop at."""

    def __init__(self, runs: Runs, cluster: Cluster) -> None:
        self._runs = runs
        self._cluster = cluster
        self._seen = cluster.record.last_id
        self.end = cluster.now + FARTHEST
        self.found = False

    @property
    def now(self) -> int:
        """Where it has come."""
        return self._runs.now

    @property
    def is_over(self) -> bool:
        """Something has happened, or nothing for long."""
        return self.found or self.now >= self.end

    def run_until(self, until: int) -> None:
        """Towards that time, but not past the instant of what happens first."""
        until = min(until, self.end)
        while not self.found and (due := self._cluster.next_due()) is not None and due <= until:
            self._runs.run_until(due)
            if self._runs.now < due:
                return  # a lesson stands still
            record = self._cluster.record
            self.found = any(is_visible(event) for event in record.since(self._seen))
            self._seen = record.last_id
        if not self.found:
            self._runs.run_until(until)
