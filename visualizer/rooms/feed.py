"""What the viewers of a room are sent about its cluster: the view, what changed since the last tick,
events."""

from collections import deque
from typing import Any, Final, NamedTuple

from clustersim import Cluster
from clustersim.view import (
    Changes,
    EventItem,
    MessageItem,
    View,
    ViewBuilder,
    describe_part,
    event_items,
    messages_since,
    newest_items,
)
from clustersim.view.answers import Timeline
from clustersim.view.history import History
from clustersim.view.timeline import drawn

RECENT: Final = 200
"""Events that a late viewer still gets."""


class News(NamedTuple):
    """The content of one tick."""

    changes: Changes
    events: tuple[EventItem, ...]
    messages: tuple[MessageItem, ...]


class Feed:
    """Follows one cluster, and remembers up to where it has been published."""

    def __init__(self, cluster: Cluster, *, together: bool = True) -> None:
        """together: signs of life of many nodes are told together."""
        self._cluster = cluster
        self._together = together
        self._told = cluster.record.last_id
        self._told_at = cluster.now
        self._recent = deque(newest_items(cluster.record.since(0), RECENT), RECENT)
        self._history = History()
        self._history.begin(cluster)
        self._builder = ViewBuilder(cluster)
        self.view: View = self._builder.view

    def next(self) -> News:
        """Everything since the last call."""
        cluster = self._cluster
        changes, stored = self._builder.news(together=self._together)
        self.view = self._builder.view
        happened = cluster.record.since(self._told)
        events = event_items(happened)
        self._history.add(happened, events)
        messages = messages_since(cluster, self._told, self._told_at, stored)
        self._told, self._told_at = cluster.record.last_id, cluster.now
        self._recent.extend(events)
        return News(changes, events, messages)

    def recent(self) -> tuple[EventItem, ...]:
        """The newest events, oldest first."""
        return tuple(self._recent)

    def timeline(self, branch: int) -> Timeline:
        """What the timeline draws of the branch, up to the last tick; without milestones."""
        return drawn(self._cluster, branch, 0, self._told_at, self._history)

    def describe(self, part: str) -> Any:
        """What a part is, how it is and what can be done to it; None if there is no such part."""
        return describe_part(self._cluster, part)

    def large_collections(self) -> list[list[Any]]:
        """What it shows very many of, for who lets it go piece by piece."""
        view = self.view
        shown = (view.nodes, view.deadlines, view.workloads, view.services, self._history.nodes)
        return [list(items.values()) for items in shown]

    def deadlines(self) -> list[int]:
        """When something is due, as of now."""
        deadlines = self._builder.build().deadlines.values()
        return [item.due for item in deadlines if item.due is not None and item.frozen is None]
