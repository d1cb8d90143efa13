"""A finished run as a recording: everything that viewers would have been sent, and the answers they would
have got. Questions about parts and causes are answered as of the events at which one would stop."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Cluster, CommandError
from clustersim.engine.record import Event
from clustersim.engine.time import HOUR, SECOND, Micros
from clustersim.explain import why, why_not
from clustersim.explain.subject import events_about, subject_of
from clustersim.lesson import Lesson, Step
from clustersim.run import Inputs, Run
from clustersim.view import View, describe_part, event_items
from clustersim.view.answers import LinkItem
from clustersim.view.explained import armed_items, chain_items
from clustersim.view.timeline import timeline
from visualizer.lessons.lesson_driver import DEVELOP_SPEED, TASK_SPEED
from visualizer.lessons.lesson_items import lesson_frame
from visualizer.lessons.models import Mode
from visualizer.lessons.room_lesson import RoomLesson, Stand, progress_of
from visualizer.recordings.blind_steps import in_a_file, verdicts_on
from visualizer.recordings.recording import Recording, Since, StandItem, TickItem, Verdicts
from visualizer.recordings.verdicts import verdicts
from visualizer.rooms.computing.answering import stops
from visualizer.rooms.feed import Feed
from visualizer.texts import texts

LONGEST: Final[Micros] = 12 * HOUR
FINEST: Final[Micros] = SECOND // 4
MOST_TICKS: Final = 4000
MOST_MOMENTS: Final = 400
"""At which parts are looked into; where there are more events they are spread over the run."""
SPACING: Final[Micros] = 5 * SECOND
BRANCH: Final = 1
POWERS: Final = ("inspect", "why", "play", "speed", "step", "rewind")

NOTHING_TO_ACT: Final = _(
    "This is a recording: think how you would do it, then press Play and see how the lesson does it."
)


class NotRecorded(Exception):
    """A run that no file can hold; `reason` tells people why."""

    def __init__(self, reason: Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason


TOO_LONG: Final = _("This run is too long for a file that plays by itself.")


def record(
    inputs: Inputs, until: Micros, lesson: Lesson | None = None, stands: Sequence[Stand] = ()
) -> Recording:
    """The run of these inputs up to a time, with the lesson that stood there. Raises NotRecorded."""
    if until > LONGEST:
        raise NotRecorded(TOO_LONG)
    return Recorder(inputs, until, lesson, stands).record()


class Table:
    """Values by their place, each kept once."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}

    def place(self, value: Any) -> int:
        """Where it is kept."""
        return self._places.setdefault(msgspec.json.encode(value), len(self._places))

    def values(self) -> list[msgspec.Raw]:
        """All of them."""
        return [msgspec.Raw(value) for value in self._places]


class Recorder:
    """Plays a run and writes down what it shows."""

    def __init__(self, inputs: Inputs, until: Micros, lesson: Lesson | None, stands: Sequence[Stand]) -> None:
        inputs = inputs.until(until)
        self._commands = list(inputs.commands)
        self._until = until
        self._future = _decided(Run(inputs, until).head)
        self._run = Run(Inputs(inputs.scenario))
        self._run.keeps = False
        self._lesson = lesson
        self._stands = list(stands)
        self._table = Table()
        self._parts: dict[str, list[tuple[Micros, int]]] = {}
        self._armed: dict[str, list[tuple[Micros, int]]] = {}
        self._ticks: list[TickItem] = []
        self._told: list[StandItem] = []

    @property
    def _cluster(self) -> Cluster:
        return self._run.head

    def record(self) -> Recording:
        """All of it."""
        feed = Feed(self._cluster, together=False)
        start, view, events = self._cluster.now, feed.view, feed.recent()
        self._look_into(view)
        self._tell_lesson()
        step = max(FINEST, (self._until - start) // MOST_TICKS)
        looked = self._cluster.now
        while self._cluster.now < self._until or self._commands:
            self._go_on(step)
            news = feed.next()
            if news.events or news.messages or any(msgspec.structs.astuple(news.changes)):
                self._ticks.append(
                    TickItem(
                        t=self._cluster.now,
                        changes=news.changes,
                        events=news.events,
                        messages=news.messages,
                    )
                )
            due = looked + max(SPACING, (self._until - start) // MOST_MOMENTS)
            if self._cluster.now >= due or (news.events and self._cluster.now >= looked + SECOND):
                looked = self._cluster.now
                self._look_into(feed.view)
            self._tell_lesson()
        return self._recording(start, view, events)

    def _go_on(self, step: Micros) -> None:
        """To the next stand of the lesson or command, or by a step; further where nothing is due."""
        now, due = self._cluster.now, self._cluster.next_due()
        until = min(self._until, self._until if due is None else max(now + step, due))
        stand = self._next_stand()
        if stand is not None:
            until = min(until, max(now, stand.t))
        if self._commands and self._commands[0].t <= until and (stand is None or stand.t > until):
            given = self._commands.pop(0)
            self._run.run_until(given.t)
            with suppress(CommandError):  # refused when it was given, and refused again
                self._run.apply(given.command, given.actor)
        else:
            self._run.run_until(until)

    def _next_stand(self) -> Stand | None:
        """The next stand of the lesson, unless a command was given before it."""
        if self._stands and self._stands[0].commands <= len(self._run.commands):
            return self._stands[0]
        return None

    # --- answers

    def _look_into(self, view: View) -> None:
        """What every part is now, and what is about to happen to it."""
        now, cluster = self._cluster.now, self._cluster
        future = self._future[bisect_right(self._future, now, key=lambda event: event.t) :]
        for part in _parts(view):
            found = describe_part(cluster, part)
            described = None if found is None else msgspec.structs.replace(found, actions=())
            _add(self._parts.setdefault(part, []), now, self._table.place(described))
            try:
                armed = armed_items(cluster, why_not(cluster, part, future))
            except KeyError:
                armed = ()
            _add(self._armed.setdefault(part, []), now, self._table.place(armed))

    def _whys(self, events: Iterable[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for event in events:
            try:
                chain = chain_items(self._cluster, why(self._cluster, event))
            except KeyError:
                continue
            found[str(event)] = [self._table.place(_unchangeable(link)) for link in chain]
        return found

    def _about(self) -> dict[str, Since]:
        """Which event is the newest about each part, from when on."""
        deadlines = [f"{kind}/{name}" for kind in ("grace", "eviction") for name in self._cluster.machines]
        found: dict[str, Since] = {}
        for name in (*self._parts, *deadlines):
            subject = subject_of(self._cluster, name)
            if subject is None:
                continue
            events = list(islice(events_about(self._cluster, subject, name), MOST_MOMENTS))
            if events:
                found[name] = [(event.t, event.id) for event in reversed(events)]
        return found

    # --- the lesson

    def _tell_lesson(self) -> None:
        """Where the lesson stands now, if it came to another stand."""
        while (stand := self._next_stand()) is not None and stand.t <= self._cluster.now:
            self._stands.pop(0)
            assert self._lesson is not None
            room_lesson = RoomLesson(self._lesson, self._run, progress_of(stand.progress))
            step = room_lesson.step
            frame = msgspec.structs.replace(
                lesson_frame(room_lesson, Mode.ALONE, 0, polls={}), allow=POWERS, hints=()
            )
            if step is not None and step.task is not None and frame.say is None:
                frame = msgspec.structs.replace(frame, say=texts(NOTHING_TO_ACT))
            frame = in_a_file(frame, room_lesson)
            self._told.append(
                StandItem(
                    t=self._cluster.now,
                    ticks=len(self._ticks),
                    speed=_speed(step),
                    ease=step is not None and step.run is not None and step.run.slow_near_deadline,
                    frame=frame,
                    verdicts=self._verdicts(room_lesson),
                )
            )

    def _verdicts(self, room_lesson: RoomLesson) -> dict[str, Verdicts]:
        step = room_lesson.step
        if step is None or not room_lesson.over:
            return {}
        asks = [ask for _index, ask in room_lesson.lesson.asks() if ask.judge_after == step.id]
        found = {ask.id: verdicts(room_lesson, ask) for ask in asks if room_lesson.judged(ask.id)}
        return found | verdicts_on(room_lesson)

    # --- all together

    def _recording(self, start: Micros, view: View, events: Sequence[Any]) -> Recording:
        cluster = self._cluster
        about = self._about()
        told = event_items(cluster.record.since(0))
        asked = {event.id: True for event in told} | {
            event: True for events_of in about.values() for _t, event in events_of
        }
        title = cluster.scenario.title
        return Recording(
            title=dict(title),
            start=start,
            until=cluster.now,
            view=view,
            events=events,
            ticks=self._ticks,
            stops=[(event.t, event.id) for event in stops(cluster)],
            timeline=timeline(cluster, BRANCH, 0, cluster.now),
            whys=self._whys(asked),
            about=about,
            parts=self._parts,
            armed=self._armed,
            table=self._table.values(),
            lesson=self._told,
        )


def _speed(step: Step | None) -> float:
    """Simulated seconds per second to begin with, as in a room."""
    if step is not None and step.run is not None:
        return step.run.speed
    return DEVELOP_SPEED if step is not None and step.diagnosis is not None else TASK_SPEED


def _parts(view: View) -> list[str]:
    """Everything that can be selected."""
    found = [*view.control, *view.workloads, *(f"svc/{name}" for name in view.services), "client"]
    for node in view.nodes.values():
        found += [node.name, f"{node.name}.machine", *(f"{node.name}.{part}" for part in node.parts)]
        found += [f"pod:{pod.uid}" for pod in node.pods]
    return found + [f"pod:{pod.uid}" for owner in view.workloads.values() for pod in owner.pending]


def _decided(cluster: Cluster) -> list[Event]:
    """Every rule that fired, in the order of time."""
    return [event for event in cluster.record.since(0) if event.rule is not None and event.rule.holds]


def _add(values: list[tuple[Micros, int]], now: Micros, place: int) -> None:
    if not values or values[-1][1] != place:
        values.append((now, place))


def _unchangeable(link: LinkItem) -> LinkItem:
    """A link whose inputs cannot be taken away: a recording is what it is."""
    return msgspec.structs.replace(link, inputs=(), derived=None)
