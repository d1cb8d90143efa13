"""A run between two moments, row by row, for the causal timeline."""

from collections import Counter
from typing import Final

from clustersim.cluster import Cluster
from clustersim.engine.time import Micros
from clustersim.explain.milestones import milestones
from clustersim.narration.milestones import narrate_milestone
from clustersim.traffic import WINDOW, Client
from clustersim.view.answers import BeatsItem, MilestoneItem, RequestsItem, Timeline
from clustersim.view.events import event_items
from clustersim.view.history import History
from clustersim.view.messages import LEASES
from clustersim.view.structs import texts

OUTCOMES: Final = ("succeeded", "refused", "hung")


def timeline(cluster: Cluster, branch: int, since: Micros, until: Micros) -> Timeline:
    """Everything that the timeline draws of that time, read from the record; of more events than it takes the
    newest.
    """
    events = [event for event in cluster.record.since(0) if event.t <= until]
    history = History()
    history.add(events, event_items(event for event in events if event.t >= since))
    if until >= cluster.now:
        history.complete(cluster)
    return drawn(
        cluster,
        branch,
        since,
        until,
        history,
        tuple(
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
    )


def drawn(
    cluster: Cluster,
    branch: int,
    since: Micros,
    until: Micros,
    history: History,
    shown: tuple[MilestoneItem, ...] = (),
) -> Timeline:
    """The same from what is known of the run already. shown: the milestones, for those who want them: they
    are sought in the whole record.
    """
    stored = cluster.objects("nodes")
    return Timeline(
        branch=branch,
        since=since,
        until=until,
        head=cluster.now,
        events=tuple(history.events),
        nodes={name: history.spans(name, stored) for name in cluster.machines},
        heartbeats={name: _beats(cluster, name, since, until) for name in cluster.machines},
        owners={key: tuple(items) for key, items in history.owners.items()},
        requests=_requests(cluster, since, until),
        milestones=shown,
        cut=history.cut,
    )


def _requests(cluster: Cluster, since: Micros, until: Micros) -> tuple[RequestsItem, ...]:
    """By the windows in which the clients count."""
    counts: dict[Micros, Counter[str]] = {}
    for client in cluster.world.clients:
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


def _beats(cluster: Cluster, name: str, since: Micros, until: Micros) -> tuple[BeatsItem, ...]:
    known = cluster.record.state.runs
    runs = (*known.get(f"nodes/{name}", ()), *known.get(f"{LEASES}{name}", ()))
    return tuple(
        BeatsItem(first=run.first, last=run.last, count=run.count)
        for run in runs
        if run.last >= since and run.first <= until
    )
