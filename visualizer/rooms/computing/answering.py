"""Answers about a run: the past, why, why not yet, what would follow. Computed in workers; nothing here waits
or changes the run.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Cluster, Command, CommandError
from clustersim.command import Argument
from clustersim.console import Answer, Reading, complete, go_on
from clustersim.console import run as type_line
from clustersim.engine.record import Event
from clustersim.explain import what_if, why, why_not
from clustersim.explain.compare import compare, requests_of
from clustersim.explain.foresee import foresee, seeds_for
from clustersim.explain.next_event import is_visible, next_event_at
from clustersim.explain.subject import newest_about, subject_of
from clustersim.i18n import Message
from clustersim.narration.milestones import narrate_milestone
from clustersim.run import Inputs, Run
from clustersim.runfile import write_run
from clustersim.view import build_view, describe_part, event_item, newest_items
from clustersim.view.answers import ComparedRun, Comparison, RowItem
from clustersim.view.explained import armed_items, band_items, chain_items
from clustersim.view.far import from_afar, is_far
from clustersim.view.structs import NodeItem, texts
from clustersim.view.timeline import timeline
from visualizer.rooms.feed import RECENT
from visualizer.rooms.frames.console import Console
from visualizer.rooms.frames.looking import Closer, closely
from visualizer.rooms.frames.questions import Awaited, Explained, Foreseen, InputRef
from visualizer.rooms.frames.stage import Past, encode
from visualizer.texts import Texts

NOTHING_SUCH: Final = _("There is no such thing at that time.")
NOTHING_HAPPENED: Final = _("Nothing has happened to it yet.")
FORGOTTEN: Final = _("That event is not in the record.")


class NoAnswer(Exception):
    """A question without an answer, and why."""

    def __init__(self, reason: Promise | Message) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


def past(run: Run, branch: int, t: int, step: str | None, head: int) -> tuple[str, Past]:
    """The frame of a moment, and the same without what is large; with `step` of the event before or after it.
    head: how far the branch goes.
    """
    event = neighbour(run, t, step) if step is not None else None
    if step is not None:
        t = event.t if event is not None else (0 if step == "previous" else run.now)
    cluster = _standing(run, t)
    view = build_view(cluster)
    bare = Past(
        t=cluster.now,
        branch=branch,
        head=head,
        view=None,
        events=(),
        event=event.id if event is not None else None,
    )
    whole = msgspec.structs.replace(
        bare,
        view=from_afar(view) if is_far(view) else view,
        events=newest_items(cluster.record.since(0), RECENT),
    )
    return encode(whole), bare


def _standing(run: Run, t: int) -> Cluster:
    """The run as it was then, to be looked at: the head itself, where it stands there."""
    return run.head if t >= run.now else run.at(max(t, 0))


def closer(run: Run, asked: Closer, t: int) -> str:
    """The frame of what is on some nodes."""
    return encode(closely(asked, build_view(_standing(run, t))))


def neighbour(run: Run, t: int, step: str) -> Event | None:
    """The event before or after that time which a person would stop at."""
    events = stops(run.head)
    if step == "previous":
        return next((event for event in reversed(events) if event.t < t), None)
    return next((event for event in events if event.t > t), None)


def stops(cluster: Cluster) -> list[Event]:
    """The events that a person would stop at, oldest first."""
    found = cluster.record.since(0)
    return [event for event in found if event.t >= 0 and is_visible(event) and event_item(event) is not None]


def inspect_past(run: Run, part: str, t: int) -> Any:
    """A part as it was."""
    return describe_part(_standing(run, t), part)


def explain(run: Run, request: str, branch: int, event: int | None, name: str | None, t: int) -> str:
    """The chain of an event, or of the newest change of something. Raises NoAnswer."""
    if event is not None:
        found = run.head.record.get(event)
        if found is not None:
            t = found.t if isinstance(found, Event) else found.last
    cluster = _standing(run, t)
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
    cluster = _standing(run, t)
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


def otherwise(run: Run, asked: InputRef, instead: Mapping[str, Argument] | None) -> Inputs:
    """The run's inputs without, or with another value of, the one asked about, played as far. Raises
    CommandError, NoAnswer.
    """
    found = what_if.Input(
        asked.kind,
        asked.index,
        component=asked.component or "",
        flag=asked.flag or "",
        **_message(run, asked),
    )
    inputs = run.inputs
    inputs = what_if.without(inputs, found) if instead is None else what_if.changed(inputs, found, instead)
    return Run(inputs, run.now).inputs


def _message(run: Run, asked: InputRef) -> dict[str, Any]:
    """When a message was sent that is to be lost, and by which node."""
    if asked.kind != what_if.MESSAGE:
        return {}
    event = run.head.record.get(asked.index or 0)
    if event is None:
        raise NoAnswer(FORGOTTEN)
    node = getattr(event, "actor", "").partition("@")[2]
    if node not in run.head.machines:
        raise NoAnswer(NOTHING_SUCH)
    return {"t": getattr(event, "t", 0), "node": node}


def next_event(run: Run, t: int) -> int | None:
    """When the next thing worth looking at happens after `t`."""
    return next_event_at(run.at(t))


def typed_in_past(run: Run, t: int, console: Console) -> Answer | tuple[str, ...]:
    """What a command line prints at that time, or how its last word may go on."""
    cluster = run.at(max(t, 0))
    if console.complete:
        return tuple(complete(cluster, console.line, console.where))
    return typed(cluster, console)


def typed(cluster: Cluster, console: Console, pasted: Mapping[str, Reading] | None = None) -> Answer:
    """What a command line prints, or what comes next of one that goes on."""
    if console.follow is not None:
        return go_on(cluster, console.line, console.follow, console.where, console.variables)
    return type_line(cluster, console.line, console.where, pasted, console.variables)


# --- two runs ----------------------------------------------------------------------------------------------


Side = tuple[str, int, Texts]
"""Code, branch and what it is called."""


def side_by_side(runs: tuple[Run, Run], a: Side, b: Side, t: int | None) -> bytes:
    """A Comparison of two runs at the same time, by default where the shorter one ends."""
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
    sides = [_side(*found) for found in zip((a, b), runs, then, strict=True)]
    found = Comparison(t=t, a=sides[0], b=sides[1], rows=rows, nodes=_different_nodes(*sides))
    return msgspec.json.encode(found)


def drawn(run: Run, branch: int, since: int, until: int) -> bytes:
    """What the timeline draws between two moments."""
    return msgspec.json.encode(timeline(run.head, branch, since, until))


def written(run: Run, until: int) -> bytes:
    """The run as a file."""
    return write_run(run.fork(until))


def _side(side: Side, run: Run, cluster: Cluster) -> ComparedRun:
    code, branch, name = side
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
