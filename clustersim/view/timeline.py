"""A run between two moments, row by row, for the causal timeline. Read from the record alone."""

from collections import Counter
from typing import Final

from clustersim.api.core_v1 import Node, ReplicationController
from clustersim.cluster import Cluster
from clustersim.engine.record import Event
from clustersim.engine.time import Micros
from clustersim.explain.milestones import milestones
from clustersim.narration.milestones import narrate_milestone
from clustersim.traffic import WINDOW, Client
from clustersim.view.answers import BeatsItem, MilestoneItem, OwnerItem, RequestsItem, SpanItem, Timeline
from clustersim.view.events import event_items
from clustersim.view.messages import LEASES
from clustersim.view.structs import texts

MOST_EVENTS: Final = 3000
OUTCOMES: Final = ("succeeded", "refused", "hung")


def timeline(cluster: Cluster, branch: int, since: Micros, until: Micros) -> Timeline:
    """Everything that the timeline draws of that time; of more events than it takes the newest."""
    events = cluster.record.since(0)
    told = event_items(event for event in events if since <= event.t <= until)
    return Timeline(
        branch=branch,
        since=since,
        until=until,
        head=cluster.now,
        events=told[-MOST_EVENTS:],
        nodes={name: _spans(name, events, until) for name in cluster.machines},
        heartbeats={name: _beats(cluster, name, since, until) for name in cluster.machines},
        owners=_owners(events, until),
        requests=_requests(cluster, since, until),
        milestones=tuple(
            MilestoneItem(
                name=shown.milestone.name,
                of=shown.milestone.of,
                t=shown.milestone.t,
                text=texts(narrate_milestone(shown.milestone)),
                event=shown.event,
            )
            for shown in milestones(cluster)
            if since <= shown.milestone.t <= until
        ),
        cut=len(told) > MOST_EVENTS,
    )


def _requests(cluster: Cluster, since: Micros, until: Micros) -> tuple[RequestsItem, ...]:
    """By the windows in which the clients count."""
    counts: dict[Micros, Counter[str]] = {}
    for client in cluster.processes():
        if isinstance(client, Client):
            for window in client.state.windows:
                count = counts.setdefault(window.start, Counter())
                count.update({name: getattr(window, name) for name in OUTCOMES})
    return tuple(
        RequestsItem(
            since=start,
            until=min(start + WINDOW, cluster.now),
            succeeded=count["succeeded"],
            refused=count["refused"],
            hung=count["hung"],
        )
        for start, count in sorted(counts.items())
        if start + WINDOW > since and start <= until
    )


def _spans(name: str, events: list[Event], until: Micros) -> tuple[SpanItem, ...]:
    """A node's states from the beginning on, since the one in force at `since` began before it."""
    spans: list[SpanItem] = []
    for event in events:
        if event.t > until:
            break
        if event.kind == "write" and event.object == f"nodes/{name}":
            state = _state(event.after)
            if not spans or spans[-1].state != state:
                spans.append(SpanItem(since=event.t, state=state))
    return tuple(spans)


def _state(node: Node | None) -> str:
    if node is None:
        return "gone"
    ready = next((c.status for c in node.status.conditions if c.type == "Ready"), "Unknown")
    return {"True": "Ready", "False": "NotReady"}.get(ready, "Unknown")


def _owners(events: list[Event], until: Micros) -> dict[str, tuple[OwnerItem, ...]]:
    """What the ReplicationControllers wanted and had, by the page's name of them."""
    found: dict[str, list[OwnerItem]] = {}
    for event in events:
        owner = event.after
        if event.t <= until and event.kind == "write" and isinstance(owner, ReplicationController):
            key = f"rc/{owner.metadata.namespace}/{owner.metadata.name}"
            items = found.setdefault(key, [])
            item = OwnerItem(
                since=event.t,
                wants=owner.spec.replicas,
                active=owner.status.replicas,
                ready=owner.status.ready_replicas,
            )
            if not items or (items[-1].wants, items[-1].active, items[-1].ready) != (
                item.wants,
                item.active,
                item.ready,
            ):
                items.append(item)
    return {key: tuple(items) for key, items in found.items()}


def _beats(cluster: Cluster, name: str, since: Micros, until: Micros) -> tuple[BeatsItem, ...]:
    known = cluster.record.state.runs
    runs = (*known.get(f"nodes/{name}", ()), *known.get(f"{LEASES}{name}", ()))
    return tuple(
        BeatsItem(first=run.first, last=run.last, count=run.count)
        for run in runs
        if run.last >= since and run.first <= until
    )
