"""Expectations: what a controller has asked for and its cache does not show yet.

Until the watch has shown the pods it asked for (or five minutes have passed), a controller counts no more.
Source: v1.7.5, v1.8.0 pkg/controller/controller_utils.go.
"""

import msgspec

from clustersim.engine.state import State
from clustersim.engine.time import Micros


class Expectation(State):
    """Of one controller object: creations still to be seen, and the keys of pods whose deletion is."""

    since: Micros
    creations: int = 0
    deletions: dict[str, bool] = msgspec.field(default_factory=dict)

    @property
    def fulfilled(self) -> bool:
        """Everything was seen."""
        return self.creations <= 0 and not self.deletions


class Expectations(State):
    """By the key of the controller object."""

    entries: dict[str, Expectation] = msgspec.field(default_factory=dict)

    def satisfied(self, key: str, now: Micros, timeout: Micros) -> bool:
        """The controller may count: nothing is expected, or it has been for too long."""
        entry = self.entries.get(key)
        return entry is None or entry.fulfilled or now - entry.since > timeout

    def expect_creations(self, key: str, count: int, now: Micros) -> None:
        """So many pods will appear."""
        self.entries[key] = Expectation(now, creations=count)

    def expect_deletions(self, key: str, pods: list[str], now: Micros) -> None:
        """These pods will be deleted."""
        self.entries[key] = Expectation(now, deletions=dict.fromkeys(pods, True))

    def expect(self, key: str, creations: int, deletions: list[str], now: Micros) -> None:
        """So many pods will appear, and these will be deleted."""
        self.entries[key] = Expectation(now, creations, dict.fromkeys(deletions, True))

    def creation_observed(self, key: str, count: int = 1) -> None:
        """Pods have appeared, or will not."""
        if (entry := self.entries.get(key)) is not None:
            entry.creations -= count

    def deletion_observed(self, key: str, pod: str) -> None:
        """A pod is being deleted, is gone, or will not go."""
        if (entry := self.entries.get(key)) is not None:
            entry.deletions.pop(pod, None)

    def forget(self, key: str) -> None:
        """The controller object is gone."""
        self.entries.pop(key, None)
