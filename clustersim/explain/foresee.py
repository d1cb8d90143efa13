"""What a command would lead to, before it is given: tried in hidden copies, over phases and seeds.

When somebody presses a button, nobody knows how long the last heartbeat is ago and when the next pass comes.
So the command is tried at many moments of that cycle, each time with other accidents, and what follows is a
band from the earliest to the latest, not a point.
"""

from collections.abc import Sequence
from statistics import median
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.command import Command
from clustersim.conformance.observation import Milestone
from clustersim.engine.time import Micros
from clustersim.explain.ahead import undisturbed
from clustersim.explain.milestones import milestones

SEEDS: Final = 20
LEAST_SEEDS: Final = 4
WORK: Final = 100
"""Nodes times seeds that are tried: a large cluster is tried less often."""


class Band(msgspec.Struct, frozen=True):
    """A milestone that followed: how long after the commands, and in how many of the trials."""

    milestone: Milestone
    earliest: Micros
    median: Micros
    latest: Micros
    seeds: int


def seeds_for(cluster: Cluster) -> int:
    """How many trials such a cluster gets."""
    return min(SEEDS, max(LEAST_SEEDS, WORK // max(1, len(cluster.machines))))


def foresee(cluster: Cluster, commands: Sequence[Command], ahead: Micros) -> tuple[Band, ...]:
    """What follows within `ahead`, the earliest first. Raises CommandError where they are refused."""
    found: dict[tuple[str, str], list[Micros]] = {}
    first: dict[tuple[str, str], Milestone] = {}
    seeds = seeds_for(cluster)
    for number in range(seeds):
        seen: dict[tuple[str, str], bool] = {}
        for milestone in _trial(cluster, commands, ahead, number, seeds):
            key = (milestone.name, milestone.of)
            if key not in seen:
                seen[key] = True
                first.setdefault(key, milestone)
                found.setdefault(key, []).append(milestone.t)
    bands = [Band(first[key], min(ts), int(median(ts)), max(ts), len(ts)) for key, ts in found.items()]
    return tuple(sorted(bands, key=lambda band: (band.median, band.earliest)))


def _trial(
    cluster: Cluster, commands: Sequence[Command], ahead: Micros, number: int, seeds: int
) -> list[Milestone]:
    """The milestones of one trial, their times counted from the commands."""
    copy = undisturbed(cluster)
    copy.world.engine.reseed(copy.world.engine.seed + number)
    manager, kubelet = cluster.flags.controller_manager, cluster.flags.kubelet
    cycle = max(kubelet.node_status_update_frequency, manager.node_monitor_period)
    copy.run_until(copy.now + cycle * number // seeds)
    since = copy.now
    for command in commands:
        copy.apply(command)
    copy.run_until(since + ahead)
    return [
        msgspec.structs.replace(shown.milestone, t=shown.milestone.t - since)
        for shown in milestones(copy, since)
    ]
