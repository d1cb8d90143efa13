"""A run: its inputs, its head, and the way to any moment of its past.

A run is a function of its inputs, so the past is computed again: from the nearest of the snapshots kept
along the way.
"""

from bisect import bisect_right
from contextlib import suppress
from typing import Final

import msgspec

from clustersim.cluster import Cluster, Snapshot
from clustersim.command import Command, CommandError
from clustersim.engine.time import SECOND, Micros
from clustersim.scenario_schema import Scenario

SPACING: Final[Micros] = 30 * SECOND
"""Simulated time between two snapshots, at first ..."""
NODES_AT_ONCE: Final = 25
"""... and so many times that for a cluster of so many times these nodes: a snapshot of it takes longer."""

MOST_SNAPSHOTS: Final = 160
FEWEST_SNAPSHOTS: Final = 8
NODES_KEPT: Final = 1600
"""Snapshots of so many nodes together are kept, within the limits above. When there are more, every second
one is dropped and the spacing doubles: memory is bounded, however long the run and however large the
cluster."""


class Given(msgspec.Struct, frozen=True):
    """A command as it was given: at which simulated time and by whom."""

    t: Micros
    command: Command
    actor: str = "user"


class Inputs(msgspec.Struct, frozen=True):
    """All that a run depends on."""

    scenario: Scenario
    commands: tuple[Given, ...] = ()

    def without(self, index: int) -> "Inputs":
        """The same without one of its commands."""
        return msgspec.structs.replace(self, commands=self.commands[:index] + self.commands[index + 1 :])

    def until(self, t: Micros) -> "Inputs":
        """The same without the commands given after `t`."""
        return msgspec.structs.replace(self, commands=tuple(given for given in self.commands if given.t <= t))


class Kept(msgspec.Struct, frozen=True):
    """A snapshot, and how many of the run's commands it has seen."""

    t: Micros
    commands: int
    snapshot: Snapshot


class Run:
    """A cluster with a past that can be revisited. `head` is the live cluster; `at` gives copies that stand
    elsewhere."""

    def __init__(self, inputs: Inputs, until: Micros = 0) -> None:
        self.commands: list[Given] = []
        self.head = Cluster(inputs.scenario)
        self.scenario = self.head.scenario
        self._spacing = SPACING * max(1, len(self.scenario.nodes) // NODES_AT_ONCE)
        self._kept = [Kept(self.head.now, 0, self.head.snapshot())]
        for given in inputs.commands:
            self.run_until(given.t)
            with suppress(CommandError):  # refused when it was given, and refused again
                self.apply(given.command, given.actor)
        self.run_until(until)

    @property
    def now(self) -> Micros:
        """Where the head stands."""
        return self.head.now

    @property
    def _most(self) -> int:
        nodes = max(1, len(self.scenario.nodes))
        return max(FEWEST_SNAPSHOTS, min(MOST_SNAPSHOTS, NODES_KEPT // nodes))

    @property
    def snapshots(self) -> int:
        """How many moments are kept."""
        return len(self._kept)

    @property
    def inputs(self) -> Inputs:
        """The inputs up to now."""
        return Inputs(self.scenario, tuple(self.commands))

    def run_until(self, until: Micros) -> None:
        """Run the head to `until`, keeping snapshots on the way."""
        while (due := self._kept[-1].t + self._spacing) <= until:
            self.head.run_until(max(due, self.head.now))
            self._keep()
        if until > self.head.now:
            self.head.run_until(until)

    def apply(self, command: Command, actor: str = "user") -> int:
        """Give the head a command; returns the id of its act. Raises CommandError, and the command is no
        input then."""
        act = self.head.apply(command, actor)
        self.commands.append(Given(self.head.now, command, actor))
        return act

    def at(self, t: Micros) -> Cluster:
        """A copy of the cluster as it was at `t`, at most the head's time; the same state hash as the head
        had then."""
        t = min(t, self.head.now)
        kept = self._before(t)
        cluster = Cluster.restore(kept.snapshot)
        for given in self.commands[kept.commands :]:
            if given.t > t:
                break
            cluster.run_until(given.t)
            cluster.apply(given.command, given.actor)
        cluster.run_until(max(t, cluster.now))
        return cluster

    def fork(self, t: Micros) -> "Run":
        """A run that shares this one's past up to `t` and goes its own way from there."""
        fork = Run.__new__(Run)
        fork.scenario = self.scenario
        fork.commands = [given for given in self.commands if given.t <= t]
        fork.head = self.at(t)
        fork._spacing = self._spacing
        fork._kept = [kept for kept in self._kept if kept.t <= t] or self._kept[:1]
        return fork

    def _before(self, t: Micros) -> Kept:
        index = bisect_right(self._kept, t, key=lambda kept: kept.t) - 1
        return self._kept[max(index, 0)]

    def _keep(self) -> None:
        self._kept.append(Kept(self.head.now, len(self.commands), self.head.snapshot()))
        if len(self._kept) > self._most:
            self._kept = self._kept[::2]
            self._spacing *= 2
