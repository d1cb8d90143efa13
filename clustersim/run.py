"""A run: its inputs, its head, and the way to any moment of its past.

A run is a function of its inputs, so the past is computed again: from the nearest of the snapshots kept
along the way.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
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


LEGS: Final = 6
"""Legs in which a moment is reached from one that was fetched; where each ends is remembered, since whoever
looks there looks around ..."""
WORTH_LEGS: Final[Micros] = 10 * SECOND
"""... if it is so far."""


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


Earlier = Callable[[Micros, Micros | None], Kept | None]
"""Where more moments of a run are kept: called with a time and with that of the moment that is known, None if
there is none. Returns one of before the time that is later by so much that it is worth fetching, if there is.
"""


class Run:
    """A cluster with a past that can be revisited. `head` is the live cluster; `at` gives copies that stand
    elsewhere."""

    def __init__(
        self, inputs: Inputs, until: Micros = 0, along: Callable[[float], None] | None = None
    ) -> None:
        """along: hears now and then which share of the boot is done."""
        cluster = Cluster(inputs.scenario, along=along)
        self._begin(cluster, [], cluster.snapshot())
        for given in inputs.commands:
            self.run_until(given.t)
            with suppress(CommandError):  # refused when it was given, and refused again
                self.apply(given.command, given.actor)
        self.run_until(until)

    def _begin(self, head: Cluster, commands: list[Given], snapshot: Snapshot | None) -> None:
        self.commands = commands
        self._lead(head)
        self.scenario = head.scenario
        self.keeps = True
        """Snapshots are kept along the way."""
        self.earlier: Earlier | None = None
        self._fetched: list[Kept] = []
        """One of those, and moments on the way from there."""
        self._spacing = SPACING * max(1, len(self.scenario.nodes) // NODES_AT_ONCE)
        self._kept = [] if snapshot is None else [Kept(head.now, len(commands), snapshot)]

    def _lead(self, head: Cluster) -> None:
        """Go on with this cluster, which is the run's own."""
        head.goes_at_once = True
        self.head = head

    @classmethod
    def resumed(cls, commands: Iterable[Given], snapshot: Snapshot, *, keeps: bool = True) -> "Run":
        """A run that goes on from a moment at which it had been given these commands. Its past before that
        is computed when it is asked for. keeps: it can be brought back to moments since; one that does not
        goes on with the very states of the snapshot, and needs the memory only once."""
        run = cls.__new__(cls)
        if keeps:
            run._begin(Cluster.restore(snapshot), list(commands), snapshot)
        else:
            run._begin(Cluster.adopt(snapshot), list(commands), None)
        run.keeps = keeps
        return run

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
        while self.keeps and (due := self._kept[-1].t + self._spacing) <= until:
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
        cluster, given = Cluster.restore(kept.snapshot), kept.commands
        if any(kept is one for one in self._fetched) and t - kept.t > WORTH_LEGS:
            for leg in range(1, LEGS):
                given = self._take(cluster, given, kept.t + (t - kept.t) * leg // LEGS)
                self._fetched.append(Kept(cluster.now, given, cluster.snapshot()))
            del self._fetched[1 : -2 * LEGS]
        self._take(cluster, given, t)
        return cluster

    def _take(self, cluster: Cluster, given: int, t: Micros) -> int:
        """A copy that has been given so many commands to that time; returns how many it has then."""
        for command in self.commands[given:]:
            if command.t > t:
                break
            cluster.run_until(command.t)
            cluster.apply(command.command, command.actor)
            given += 1
        cluster.run_until(max(t, cluster.now))
        return given

    def fork(self, t: Micros) -> "Run":
        """A run that shares this one's past up to `t` and goes its own way from there."""
        fork = Run.__new__(Run)
        fork.scenario = self.scenario
        fork.commands = [given for given in self.commands if given.t <= t]
        fork._lead(self.at(t))
        fork.keeps = self.keeps
        fork._spacing = self._spacing
        fork._kept = [kept for kept in self._kept if kept.t <= t]
        fork.earlier = self.earlier
        fork._fetched = [kept for kept in self._fetched if kept.t <= t]
        if not fork._kept:
            fork._kept.append(Kept(fork.head.now, len(fork.commands), fork.head.snapshot()))
        return fork

    def trial(self, commands: Sequence[Given], until: Micros) -> Cluster:
        """What the cluster would be at `until` with only these first commands of the run. Raises what breaks
        it."""
        kept = self._before_command(len(commands))
        cluster = Cluster.restore(kept.snapshot)
        for given in commands[kept.commands :]:
            cluster.run_until(given.t)
            with suppress(CommandError):  # without one that was given before it
                cluster.apply(given.command, given.actor)
        cluster.run_until(max(until, cluster.now))
        return cluster

    def rewind(self, commands: int) -> None:
        """Put the head back to the newest snapshot that has seen no more than so many commands."""
        kept = self._before_command(commands)
        self._kept = self._kept[: self._kept.index(kept) + 1]
        self._lead(Cluster.restore(kept.snapshot))
        del self.commands[kept.commands :]

    def _before_command(self, commands: int) -> Kept:
        """The newest snapshot that has seen no more than so many commands."""
        reached = [kept.t for kept in self._kept[:1] if kept.commands <= commands]
        self._reach_back(reached[0] if reached else 0)
        return next(kept for kept in reversed(self._kept) if kept.commands <= commands)

    def _before(self, t: Micros) -> Kept:
        """The newest moment that is known of before that time, or can be fetched."""
        known = [kept for kept in (*self._fetched, *self._kept) if kept.t <= t]
        newest = max(known, key=lambda kept: kept.t, default=None)
        if self.earlier is not None:
            fetched = self.earlier(t, None if newest is None else newest.t)
            if fetched is not None:
                self._fetched = [fetched]
                return fetched
        if newest is not None:
            return newest
        self._reach_back(t)
        index = bisect_right(self._kept, t, key=lambda kept: kept.t) - 1
        return self._kept[max(index, 0)]

    def _reach_back(self, t: Micros) -> None:
        """Have a snapshot at that time or before; the one of the beginning, if there is no other."""
        if not self._kept or self._kept[0].t > t:
            beginning = Cluster(self.scenario)
            self._kept.insert(0, Kept(beginning.now, 0, beginning.snapshot()))

    def _keep(self) -> None:
        self._kept.append(Kept(self.head.now, len(self.commands), self.head.snapshot()))
        if len(self._kept) > self._most:
            self._kept = self._kept[::2]
            self._spacing *= 2
