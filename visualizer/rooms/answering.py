"""Answers about a run: the past, why, why not yet, what would follow. Computed in threads; nothing here waits
or changes the run.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Cluster, Command, CommandError
from clustersim.cluster import is_visible
from clustersim.engine.record import Event
from clustersim.explain import why, why_not
from clustersim.explain.compare import compare, requests_of
from clustersim.explain.foresee import foresee, seeds_for
from clustersim.explain.subject import newest_about, subject_of
from clustersim.i18n import Message
from clustersim.narration.milestones import narrate_milestone
from clustersim.run import Run
from clustersim.view import build_view, describe_part, event_item, event_items
from clustersim.view.answers import ComparedRun, Comparison, RowItem
from clustersim.view.explained import armed_items, band_items, chain_items
from clustersim.view.structs import NodeItem, texts
from visualizer.rooms.feed import RECENT
from visualizer.rooms.frames import MAX_SNAPSHOT, Awaited, Explained, Foreseen, Past, encode

NOTHING_SUCH: Final = _("There is no such thing at that time.")
NOTHING_HAPPENED: Final = _("Nothing has happened to it yet.")
FORGOTTEN: Final = _("That event is not in the record.")


class NoAnswer(Exception):
    """A question without an answer, and why."""

    def __init__(self, reason: Promise | Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def past(run: Run, branch: int, t: int, step: str | None, href: str, *, whole: bool = False) -> str:
    """The frame of a moment; with `step` of the event before or after it."""
    event = neighbour(run, t, step) if step is not None else None
    if step is not None:
        t = event.t if event is not None else (0 if step == "previous" else run.now)
    cluster = run.at(max(t, 0))
    frame = Past(
        t=cluster.now,
        branch=branch,
        head=run.now,
        view=build_view(cluster),
        events=event_items(cluster.record.since(0))[-RECENT:],
        event=event.id if event is not None else None,
    )
    text = encode(frame)
    if whole or len(text) <= MAX_SNAPSHOT:
        return text
    return encode(
        Past(t=frame.t, branch=branch, head=frame.head, view=None, events=(), event=frame.event, href=href)
    )


def neighbour(run: Run, t: int, step: str) -> Event | None:
    """The event before or after that time which a person would stop at."""
    events = [e for e in run.head.record.since(0) if e.t >= 0 and is_visible(e) and event_item(e) is not None]
    if step == "previous":
        return next((event for event in reversed(events) if event.t < t), None)
    return next((event for event in events if event.t > t), None)


def inspect_past(run: Run, part: str, t: int) -> Any:
    """A part as it was."""
    return describe_part(run.at(max(t, 0)), part)


def explain(run: Run, request: str, branch: int, event: int | None, name: str | None, t: int) -> str:
    """The chain of an event, or of the newest change of something. Raises NoAnswer."""
    if event is not None:
        found = run.head.record.get(event)
        if found is not None:
            t = found.t if isinstance(found, Event) else found.last
    cluster = run.at(max(t, 0))
    if event is None:
        event = _newest(cluster, name or "")
    try:
        chain = why(cluster, event)
    except KeyError:
        raise NoAnswer(FORGOTTEN) from None
    return encode(Explained(id=request, t=t, branch=branch, links=chain_items(cluster, chain)))


def _newest(cluster: Cluster, name: str) -> int:
    subject = subject_of(cluster, name)
    if subject is None:
        raise NoAnswer(NOTHING_SUCH)
    event = newest_about(cluster, subject, name)
    if event is None:
        raise NoAnswer(NOTHING_HAPPENED)
    return event.id


def explain_not(run: Run, request: str, branch: int, name: str, t: int) -> str:
    """What is armed for something. Raises NoAnswer."""
    cluster = run.at(max(t, 0))
    try:
        armed = armed_items(cluster, why_not(cluster, name))
    except KeyError:
        raise NoAnswer(NOTHING_SUCH) from None
    return encode(Awaited(id=request, t=cluster.now, branch=branch, object=name, armed=armed))


def try_out(run: Run, request: str, commands: Sequence[Command], t: int, ahead: int) -> str:
    """What commands would lead to. Raises NoAnswer."""
    cluster = run.at(max(t, 0))
    try:
        bands = foresee(cluster, commands, ahead)
    except CommandError as error:
        raise NoAnswer(error.message) from None
    return encode(Foreseen(id=request, t=cluster.now, seeds=seeds_for(cluster), bands=band_items(bands)))


# --- two runs ----------------------------------------------------------------------------------------------


def side_by_side(a: tuple[str, int, str, Run], b: tuple[str, int, str, Run], t: int | None) -> Comparison:
    """Two runs at the same time, by default where the shorter one ends; each is (code, branch, name, run)."""
    runs = (a[3], b[3])
    t = min(run.now for run in runs) if t is None else max(0, min(t, max(run.now for run in runs)))
    then = [run.at(t) for run in runs]
    rows = tuple(
        RowItem(
            name=row.milestone.name,
            of=row.milestone.of,
            text=texts(narrate_milestone(row.milestone)),
            a=row.a,
            b=row.b,
            differs=row.differs,
        )
        for row in compare(*(run.at(run.now) for run in runs))
    )
    sides = [_side(side, cluster) for side, cluster in zip((a, b), then, strict=True)]
    return Comparison(t=t, a=sides[0], b=sides[1], rows=rows, nodes=_different_nodes(*sides))


def _side(side: tuple[str, int, str, Run], cluster: Cluster) -> ComparedRun:
    code, branch, name, run = side
    requests = requests_of(cluster)
    return ComparedRun(
        code=code,
        branch=branch,
        name=name,
        release=run.scenario.release,
        head=run.now,
        settings=cluster.flags.texts(cluster.world.release.flags),
        requests={
            "succeeded": requests.succeeded,
            "refused": requests.refused,
            "hung": requests.hung,
            "lost": requests.lost,
        },
        view=build_view(cluster),
    )


def _different_nodes(a: ComparedRun, b: ComparedRun) -> tuple[str, ...]:
    names = dict.fromkeys((*a.view.nodes, *b.view.nodes))
    return tuple(n for n in names if _picture(a.view.nodes.get(n)) != _picture(b.view.nodes.get(n)))


def _picture(node: NodeItem | None) -> Any:
    """What a person sees of a node: no times, which differ by milliseconds in any two runs."""
    if node is None:
        return None
    parts = {name: part.state for name, part in node.parts.items()}
    pods = sorted((pod.app, pod.status, pod.ready_text, pod.deleting) for pod in node.pods)
    containers = sorted((container.name, container.state) for container in node.containers)
    machine = (node.machine.power, node.machine.network)
    return (node.state, node.unschedulable, parts, machine, pods, containers, len(node.differs))
