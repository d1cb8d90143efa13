"""Looking ahead: what will happen if nobody interferes, found by running a hidden copy."""

from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.engine.record import Event
from clustersim.engine.time import HOUR, Micros

LIMIT: Final[Micros] = HOUR
"""How far ahead is looked."""


def undisturbed(cluster: Cluster) -> Cluster:
    """A copy that stands where the cluster stands, to which nothing more will be done."""
    snapshot = cluster.snapshot()
    scenario = msgspec.structs.replace(snapshot.scenario, actions=cluster.actions_done())
    return Cluster.adopt(msgspec.structs.replace(snapshot, scenario=scenario))


def ahead(cluster: Cluster, limit: Micros = LIMIT) -> Iterator[Event]:
    """The events to come, in order, for as long as they are asked for and at most `limit` ahead."""
    copy = undisturbed(cluster)
    last, end = copy.record.last_id, copy.now + limit
    while (due := copy.next_due()) is not None and due <= end:
        copy.run_until(due)
        if copy.record.last_id != last:
            yield from copy.record.since(last)
            last = copy.record.last_id
