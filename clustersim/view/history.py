"""What is known of a run for its timeline, kept up with it: states of nodes, numbers of owners, events."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from clustersim.api.core_v1 import Node, ReplicationController
from clustersim.api.timestamp import micros
from clustersim.engine.record import Event
from clustersim.view.answers import OwnerItem, SpanItem
from clustersim.view.events import EventItem, newest_items
from clustersim.view.nodes import ready_of

MOST_EVENTS: Final = 3000
STATES: Final = {"True": "Ready", "False": "NotReady"}
NODES: Final = "nodes/"


class History:
    """cut: there were more events than are listed, the oldest are left out."""

    def __init__(self) -> None:
        self.events: deque[EventItem] = deque(maxlen=MOST_EVENTS)
        self.cut = False
        self.nodes: dict[str, list[SpanItem]] = {}
        self.owners: dict[str, list[OwnerItem]] = {}

    def begin(self, events: list[Event]) -> None:
        """All that has happened so far; what the events say is told from time zero on."""
        self._see(events)
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
            elif isinstance(event.after, ReplicationController):
                self._own(event.after, event)

    def _own(self, owner: ReplicationController, event: Event) -> None:
        """What it wants and has, if that is something else than before."""
        items = self.owners.setdefault(f"rc/{owner.metadata.namespace}/{owner.metadata.name}", [])
        status = owner.status
        item = OwnerItem(
            since=event.t, wants=owner.spec.replicas, active=status.replicas, ready=status.ready_replicas
        )
        if not items or (items[-1].wants, items[-1].active, items[-1].ready) != (
            item.wants,
            item.active,
            item.ready,
        ):
            items.append(item)


def _state(node: Node | None) -> str:
    if node is None:
        return "gone"
    ready = ready_of(node)
    return STATES.get(ready.status, "Unknown") if ready is not None else "Unknown"
