"""What is known of a run for its timeline, kept up with it: states of nodes, numbers of owners, events."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from clustersim.api.apps import DaemonSet, DaemonSetStatus, Deployment, ReplicaSet, StatefulSet
from clustersim.api.core_v1 import Node, ReplicationController
from clustersim.api.owners import controller_of
from clustersim.api.timestamp import micros
from clustersim.cluster import Cluster
from clustersim.engine.record import Event
from clustersim.engine.time import Micros
from clustersim.view.answers import OwnerItem, SpanItem
from clustersim.view.events import EventItem, newest_items
from clustersim.view.nodes import ready_of
from clustersim.view.workloads import key_of, workloads_of
from clustersim.workloads import wanted_pods

MOST_EVENTS: Final = 3000
STATES: Final = {"True": "Ready", "False": "NotReady"}
NODES: Final = "nodes/"

Counted: TypeAlias = ReplicationController | Deployment | ReplicaSet | StatefulSet | DaemonSet
COUNTED: Final = (ReplicationController, Deployment, ReplicaSet, StatefulSet, DaemonSet)
"""Owners whose status says how many of their pods are ready, all of which go on."""


class History:
    """cut: there were more events than are listed, the oldest are left out."""

    def __init__(self) -> None:
        self.events: deque[EventItem] = deque(maxlen=MOST_EVENTS)
        self.cut = False
        self.nodes: dict[str, list[SpanItem]] = {}
        self.owners: dict[str, list[OwnerItem]] = {}

    def begin(self, cluster: Cluster) -> None:
        """All that has happened so far; what the events say is told from time zero on."""
        events = cluster.record.since(0)
        self._see(events)
        self.complete(cluster)
        told = newest_items([event for event in events if event.t >= 0], MOST_EVENTS + 1)
        self.add_items(told)

    def add(self, events: Iterable[Event], items: Iterable[EventItem]) -> None:
        """What has happened since, and what of it is told."""
        self._see(events)
        self.add_items(items)

    def add_items(self, items: Iterable[EventItem]) -> None:
        """What is told."""
        for item in items:
            self.cut = self.cut or len(self.events) == MOST_EVENTS
            self.events.append(item)

    def complete(self, cluster: Cluster) -> None:
        """Where the record has forgotten how something came to be as it is, that is told as it is, from the
        moment on from which the record is whole.
        """
        state = cluster.record.state
        oldest = next((state.events[one].t for one in state.detail if one in state.events), cluster.now)
        for key, owner in workloads_of(cluster).items():
            if not isinstance(owner, COUNTED):
                continue
            items = self.owners.get(key)
            item = _numbers(owner, oldest)
            if not items or _is_other(items[-1], item):
                self.owners[key] = [item]
        stored: Mapping[str, Node] = cluster.objects("nodes")
        for name in [name for name, node in stored.items() if name in self.nodes]:
            if self.nodes[name][-1].state != _state(stored[name]):
                del self.nodes[name]

    def spans(self, name: str, stored: Mapping[str, Node]) -> tuple[SpanItem, ...]:
        """The states of a node. What the record has forgotten is read from the Node itself: since when it is
        as it is.
        """
        known = self.nodes.get(name)
        if known:
            return tuple(known)
        ready = ready_of(stored.get(name))
        if ready is None or not ready.last_transition_time:
            return ()
        return (
            SpanItem(since=micros(ready.last_transition_time), state=STATES.get(ready.status, "Unknown")),
        )

    def _see(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind != "write":
                continue
            if event.object.startswith(NODES):
                spans = self.nodes.setdefault(event.object[len(NODES) :], [])
                state = _state(event.after)
                if not spans or spans[-1].state != state:
                    spans.append(SpanItem(since=event.t, state=state))
            elif isinstance(event.after, COUNTED) and controller_of(event.after) is None:
                self._own(event.after, event)

    def _own(self, owner: Counted, event: Event) -> None:
        """What it wants and has, if that is something else than before."""
        items = self.owners.setdefault(key_of(owner), [])
        item = _numbers(owner, event.t)
        if not items or _is_other(items[-1], item):
            items.append(item)


def _numbers(owner: Counted, since: Micros) -> OwnerItem:
    status = owner.status
    if isinstance(status, DaemonSetStatus):
        active, ready = status.current_number_scheduled, status.number_ready
    else:
        active, ready = status.replicas, status.ready_replicas
    return OwnerItem(since=since, wants=wanted_pods(owner), active=active, ready=ready)


def _is_other(one: OwnerItem, other: OwnerItem) -> bool:
    return (one.wants, one.active, one.ready) != (other.wants, other.active, other.ready)


def _state(node: Node | None) -> str:
    if node is None:
        return "gone"
    ready = ready_of(node)
    return STATES.get(ready.status, "Unknown") if ready is not None else "Unknown"
