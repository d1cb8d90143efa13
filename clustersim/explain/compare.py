"""Two runs side by side: their milestones in one table, and the requests each of them lost."""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.conformance.observation import Milestone
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.explain.milestones import milestones
from clustersim.traffic import Client

SAME: Final[Micros] = 50 * MILLISECOND
"""Milestones closer together than this count as at the same time: writes and replies take milliseconds."""


class Row(msgspec.Struct, frozen=True):
    """A milestone in both runs, the k-th with the k-th; None where it did not happen."""

    milestone: Milestone
    a: Micros | None
    b: Micros | None

    @property
    def differs(self) -> bool:
        """It happened in one only, or at another time."""
        return self.a is None or self.b is None or abs(self.a - self.b) > SAME


class Requests(msgspec.Struct, frozen=True):
    """How the requests of all clients ended."""

    succeeded: int = 0
    refused: int = 0
    hung: int = 0

    @property
    def lost(self) -> int:
        """Those that were not answered."""
        return self.refused + self.hung


def compare(a: Cluster, b: Cluster) -> tuple[Row, ...]:
    """The milestones of both, in order of time."""
    ours, theirs = _by_key(a), _by_key(b)
    rows: list[Row] = []
    for key in dict.fromkeys((*ours, *theirs)):
        left, right = ours.get(key, []), theirs.get(key, [])
        for k in range(max(len(left), len(right))):
            mine = left[k] if k < len(left) else None
            other = right[k] if k < len(right) else None
            milestone = mine or other
            assert milestone is not None
            rows.append(Row(milestone, mine.t if mine else None, other.t if other else None))
    return tuple(sorted(rows, key=lambda row: min(t for t in (row.a, row.b) if t is not None)))


def requests_of(cluster: Cluster) -> Requests:
    """All requests so far."""
    clients = [process.state for process in cluster.processes() if isinstance(process, Client)]
    return Requests(
        sum(client.succeeded for client in clients),
        sum(client.refused for client in clients),
        sum(client.hung for client in clients),
    )


def _by_key(cluster: Cluster) -> dict[tuple[str, str], list[Milestone]]:
    found: dict[tuple[str, str], list[Milestone]] = {}
    for milestone in _found(cluster):
        found.setdefault((milestone.name, milestone.of), []).append(milestone)
    return found


def _found(cluster: Cluster) -> Iterable[Milestone]:
    return (shown.milestone for shown in milestones(cluster))
