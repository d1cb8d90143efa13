"""A lesson from what somebody did: every act becomes a `do`, every pause a `run`, each change a check.

What was done is played again on the lesson's own cluster; all that the lesson then says of it is read there.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.command import Command, CommandError
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.faults import ACTIONS
from clustersim.flags import format_duration
from clustersim.i18n import Message, _
from clustersim.lesson.expressions.kinds import Single
from clustersim.lesson.expressions.names import names_of
from clustersim.lesson.facts import Fact, facts_of, values
from clustersim.lesson.file.loader import load_lesson, scenario_of
from clustersim.lesson.runner import LessonRun

GRID: Final[Micros] = SECOND // 10
"""Times are written to a tenth of a second."""
PATIENCE: Final[Micros] = 2 * MINUTE
"""How long after what puts something right its effect is waited for."""
MOST_QUESTIONS: Final = 12
TOLERANCE: Final = {"node-not-ready": "12s"}
"""How far answers move with the phases of the clocks: a node is noticed somewhere between two heartbeats."""

BASE: Final = """format: lesson/1
id: recorded
title: {en: "Recorded", zh: "录制的课"}
goal: {en: "See what follows.", zh: "看会发生什么。"}
releases: [RELEASE]
cluster: {nodes: 3}
steps:
  - {id: begin, reflect: {en: "Look around.", zh: "先看一看。"}}
"""
"""The lesson in whose cluster one records, unless there is another."""

UNDONE: Final = {
    **{f"stop-{part}": f"start-{part}" for part in ("kubelet", "docker", "kube-proxy", "controller-manager")},
    **{f"stop-{part}": f"start-{part}" for part in ("scheduler", "apiserver", "etcd")},
    **{
        f"hang-{part}": f"resume-{part}"
        for part in ("kubelet", "docker", "controller-manager", "docker-list", "etcd")
    },
    "stop-answering": "resume-answering",
    "power-off": "power-on",
    "shut-down": "power-on",
    "cut-network": "heal-network",
    "slow-network": "heal-network",
    "lose-network-plugin": "restore-network-plugin",
    "expire-certificate": "renew-certificate",
    "cordon": "uncordon",
    "refuse-image": "allow-image",
}
"""What puts an action right."""


class Done(msgspec.Struct, frozen=True):
    """An act, and when."""

    t: Micros
    command: Command


class Closed(msgspec.Struct, frozen=True):
    """A step that was closed at t. say: what it says, by language; question: what is asked before it, the
    text of a fact or of a time span, "" for nothing; asked: in the author's words; task: students do it
    themselves.
    """

    t: Micros
    say: dict[str, str]
    question: str = ""
    asked: dict[str, str] = {}
    task: bool = False


class Recorded(msgspec.Struct, frozen=True):
    """What somebody did. base: the lesson in whose cluster; release: under which."""

    base: str
    release: str
    done: tuple[Done, ...] = ()
    closed: tuple[Closed, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """Something to ask before a step. text: what stands in the lesson; said: what it asks."""

    text: str
    said: Message


class Span(msgspec.Struct, frozen=True):
    """What happened in a step. before, after, idle: the facts at its beginning, at its end, and at its end if
    nothing had been done. moments: of milestones, with when they first were.
    """

    began: Micros
    ended: Micros
    done: tuple[Done, ...]
    before: dict[str, Single]
    after: dict[str, Single]
    idle: dict[str, Single]
    moments: dict[str, Micros] = {}


class Replay:
    """What was done, played again in the cluster of the lesson."""

    def __init__(self, recorded: Recorded) -> None:
        self.lesson = load_lesson(recorded.base.replace("RELEASE", recorded.release))
        self.recorded = recorded
        self.facts = facts_of(names_of(self.lesson.scenario))
        self.names = names_of(self.lesson.scenario)

    def _run(self) -> LessonRun:
        return LessonRun(self.lesson, Cluster(scenario_of(self.lesson, self.recorded.release)))

    def spans(self, ends: Sequence[Micros]) -> list[Span]:
        """What happened between these times."""
        acting, idle = self._run(), self._run()
        found: list[Span] = []
        began, before = 0, values(self.facts, acting.look)
        for end in map(on_grid, ends):
            mine = [
                done
                for done in self.recorded.done
                if began < on_grid(done.t) <= end or (not began and not done.t)
            ]
            done = tuple(self._play(acting, mine))
            acting.run_to(end)
            idle.run_to(end)
            after = values(self.facts, acting.look)
            moments = self._moments(acting, done[0].t if done else end)
            found.append(Span(began, end, done, before, after, values(self.facts, idle.look), moments))
            began, before = end, after
        return found

    def _play(self, run: LessonRun, mine: Sequence[Done]) -> Iterator[Done]:
        """Do these; what the cluster refuses now is left out."""
        for done in mine:
            run.run_to(on_grid(done.t))
            try:
                run.cluster.apply(done.command)
            except CommandError:
                continue
            yield Done(on_grid(done.t), done.command)

    def _moments(self, run: LessonRun, since: Micros) -> dict[str, Micros]:
        known = self.names.subjects()
        found: dict[str, Micros] = {}
        for milestone in run.watch.milestones():
            if milestone.t > since and milestone.of in known:
                found.setdefault(f"{milestone.name}[{milestone.of}]", milestone.t)
        return found

    def undone(self, ends: Sequence[Micros]) -> tuple[Command, list[Fact], dict[str, Single]] | None:
        """What puts the last thing right that still is wrong, which facts that changes, and to what."""
        open_: dict[tuple[str, str | None], Command] = {}
        for done in self.recorded.done:
            command = done.command
            for verb, remedy in UNDONE.items():
                if remedy == command.do:
                    open_.pop((verb, command.target), None)
            if command.do in UNDONE:
                open_[(command.do, command.target)] = command
        if not open_:
            return None
        last = list(open_.values())[-1]
        takes = [parameter.name for parameter in ACTIONS[UNDONE[last.do]].parameters]
        right = Command(UNDONE[last.do], last.target, {k: v for k, v in last.args.items() if k in takes})
        run = self._run()
        for _done in self._play(run, [done for done in self.recorded.done if done.t <= ends[-1]]):
            pass
        run.run_to(on_grid(ends[-1]))
        before = values(self.facts, run.look)
        try:
            run.cluster.apply(right)
        except CommandError:
            return None
        run.run_to(run.cluster.now + PATIENCE)
        after = values(self.facts, run.look)
        return right, self.changed(before, after), after

    def changed(self, before: dict[str, Single], after: dict[str, Single]) -> list[Fact]:
        """The facts that differ."""
        return [fact for fact in self.facts if before.get(fact.text) != after.get(fact.text)]


def on_grid(t: Micros) -> Micros:
    """A time as it is written."""
    return round(t / GRID) * GRID


def label(step: int) -> str:
    """What the first action of a step is called, so that questions can be about the time since."""
    return f"act-{step}"


def questions(replay: Replay, step: int, span: Span) -> list[Question]:
    """What could be asked before a step: what facts become, and how long things take."""
    found = [
        Question(fact.text, fact.question)
        for fact in replay.changed(span.before, span.after)
        if fact.question is not None
    ]
    if span.done:
        for moment in span.moments:
            text = f"elapsed(action:{label(step)}, {moment})"
            said = Message(_("How many seconds will it take until {moment}?"), {"moment": moment})
            found.append(Question(text, said))
    return found[:MOST_QUESTIONS]


def open_questions(recorded: Recorded, now: Micros) -> list[Question]:
    """What could be asked before the step that is being recorded."""
    replay = Replay(recorded)
    spans = replay.spans([*(closed.t for closed in recorded.closed), now])
    return questions(replay, len(spans), spans[-1])


# --- as a lesson -------------------------------------------------------------------------------------------


def span_text(length: Micros) -> str:
    """1m3.5s"""
    return format_duration(on_grid(length))


def act(done: Done, began: Micros, name: str = "") -> dict[str, Any]:
    """An entry of `do`."""
    named = {"as": name} if name else {}
    target = {"target": done.command.target} if done.command.target is not None else {}
    command = done.command
    if ACTIONS[command.do].open_arguments:
        return {
            "at": span_text(done.t - began),
            **named,
            "action": command.do,
            **target,
            "flags": command.args,
        }
    return {"at": span_text(done.t - began), **named, "action": command.do, **target, **command.args}
