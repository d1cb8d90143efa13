"""When the next thing worth looking at happens if nobody interferes."""

from typing import Final

from clustersim.cluster import Cluster
from clustersim.engine.record import Event
from clustersim.engine.time import HOUR, Micros

LOOK_AHEAD: Final[Micros] = HOUR
"""How far `next_event_at` looks."""


def next_event_at(cluster: Cluster, limit: Micros = LOOK_AHEAD) -> Micros | None:
    """The time of the next visible event within `limit`, or None; the scenario's own actions are done.

    It is found on a hidden copy, so the cluster stays as it is."""
    copy = Cluster.adopt(cluster.snapshot())
    last, end = copy.record.last_id, cluster.now + limit
    while (due := copy.next_due()) is not None and due <= end:
        copy.run_until(due)
        if any(is_visible(event) for event in copy.record.since(last)):
            return due
        last = copy.record.last_id
    return None


def is_visible(event: Event) -> bool:
    """A change that people would want to stop at: not a component's housekeeping, not an Event object, not
    a renewal."""
    if event.kind == "write":
        return not event.object.startswith(("events/", "endpoints/kube-system/", "leases/"))
    return event.kind != "log"
