"""The lesson: what a `lesson/1` file says. Times in microseconds, texts in every language."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from clustersim.engine.time import MINUTE, Micros
from clustersim.lesson.expressions.expression import Expression, Moment
from clustersim.scenario_schema import ActionSpec, Scenario

FORMAT: Final = "lesson/1"
LANGUAGES: Final = ("en", "zh")
DEFAULT_LIMIT: Final[Micros] = 10 * MINUTE


class Text(msgspec.Struct, frozen=True):
    """A text in both languages. `values`: the expressions in {braces} in it, by what stands there."""

    en: str
    zh: str = ""
    values: Mapping[str, Expression] = {}

    def raw(self, language: str) -> str:
        """The text with its braces; in the other language where there is none in this."""
        return (self.zh if language.startswith("zh") else self.en) or self.en or self.zh


class AskKind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    SELECT = "select"
    NUMBER = "number"
    ORDER = "order"
    POINT = "point"

    @property
    def between(self) -> str:
        """What stands between the items of an answer in words."""
        return " → " if self is AskKind.ORDER else ", "


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A choice, or a thing to put in order.

    when: it is right if this holds when the question is judged; None: it is wrong. moment: when it happens
    (order). reply: said to who chose it and was wrong. explain: why it is right, said to everybody where it
    is. misconception: its number in the list that the reference of the control plane's behaviour refutes; 0:
    none.
    """

    id: str
    text: Text
    when: Expression | None = None
    moment: Moment | None = None
    reply: Text | None = None
    explain: Text | None = None
    misconception: int = 0


class Trap(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong answer to expect: a number near this one, or one of these parts."""

    reply: Text
    near: Expression | None = None
    within: float = 0
    parts: tuple[str, ...] = ()
    misconception: int = 0


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A question. It is judged by the run, at the end of the step `judge_after`.

    options: of choice, select (all that are right) and order; chain: of order, its options are what led to
    this moment, as the run has it.
    answer, tolerance: of number, in the unit of the answer's type. parts: of point, any of them is right.
    rounds: 2: answer, discuss, answer again. explain: why the answer is what it is, said to everybody once it
    is known. confidence: how sure one is, is asked with it; "I am not sure" is an answer, too.
    """

    id: str
    kind: AskKind
    text: Text
    chain: Moment | None = None
    rounds: int = 1
    confidence: bool = False
    judge_after: str = ""
    options: tuple[Option, ...] = ()
    answer: Expression | None = None
    unit: str = ""
    tolerance: float = 0
    parts: tuple[str, ...] = ()
    traps: tuple[Trap, ...] = ()
    reply: Text | None = None
    explain: Text | None = None


class Check(msgspec.Struct, frozen=True):
    """What must be true at the end of a step, or become so `within` a time. `say`: what that shows."""

    that: Expression
    within: Micros = 0
    say: Text | None = None
    source: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """How far a step runs: `duration`, or to the first moment at which `until` holds, within `limit`.

    speed: simulated seconds in a real one. slow_near_deadline: slower shortly before a deadline ends.
    """

    duration: Micros | None = None
    until: Expression | None = None
    limit: Micros = DEFAULT_LIMIT
    speed: float = 1
    slow_near_deadline: bool = False
    source: str = ""


class Hint(msgspec.Struct, frozen=True):
    """Help for a learner whose cluster is in this state."""

    when: Expression
    text: Text


class TypeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A line typed on the console, on a node or (`on` left out) on the workstation."""

    at: Micros
    type: str
    on: str = ""


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """One of several things that may happen in a step with a task. solution: does the task where this one
    happened, instead of the task's own.
    """

    id: str
    do: tuple[ActionSpec, ...]
    solution: tuple[ActionSpec | TypeSpec, ...] = ()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something the learner does. solution: actions, and lines of the console, that do it, from the beginning
    of the step on; `limit`: how long after the last of them `done` takes to become true."""

    text: Text
    done: Expression
    hints: tuple[Hint, ...] = ()
    solution: tuple[ActionSpec | TypeSpec, ...] = ()
    limit: Micros = 2 * MINUTE
    source: str = ""


class Evidence(msgspec.Struct, frozen=True):
    """How a cause is told apart from the others: a command, typed on the workstation or `on` a node, whose
    output shows this text, and lacks the other, with this cause alone. Any white space is as good as a blank.
    """

    command: str
    shows: str
    lacks: str = ""
    on: str = ""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may be wrong. do: brings it about. reply: said to who took another one for it; explain:
    said to everybody whose cause it was.
    """

    id: str
    text: Text
    do: tuple[ActionSpec, ...]
    evidence: Evidence
    reply: Text
    explain: Text
    misconception: int = 0


class Diagnosis(msgspec.Struct, frozen=True):
    """One of the causes is drawn for each learner, and hidden until they commit to one. `span`: how long it
    works before anybody is asked.
    """

    text: Text
    span: Micros
    causes: tuple[Cause, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: something said, asked, done, run, checked, tried, diagnosed or thought about.

    challenge: the learner makes a fault that is then hidden from somebody else.
    allow: the powers of students in it. notes: for the teacher alone. why: the moment whose causes it shows;
    why_not: the part for which something is about to happen at its end, and what.
    let: values of its beginning to be spoken of later, by name.
    core: it belongs to the short form of the lesson.
    when: the step comes only if this holds as it would begin; left out otherwise.
    draw: one of these happens, drawn for each learner. hidden: until the next step, or until its task is
    done, there is the console alone; the picture, the timeline and Why show nothing.
    """

    id: str
    when: Expression | None = None
    say: Text | None = None
    notes: Text | None = None
    focus: tuple[str, ...] = ()
    ask: Ask | None = None
    do: tuple[ActionSpec, ...] = ()
    draw: tuple[Draw, ...] = ()
    hidden: bool = False
    run: Run | None = None
    checks: tuple[Check, ...] = ()
    task: Task | None = None
    diagnosis: Diagnosis | None = None
    challenge: Text | None = None
    reflect: Text | None = None
    why: Moment | None = None
    why_not: str = ""
    let: Mapping[str, Expression] = {}
    allow: tuple[str, ...] = ()
    core: bool = False

    @property
    def own_copy(self) -> bool:
        """In a class each student does it in a copy of their own."""
        return self.task is not None or self.diagnosis is not None or self.challenge is not None

    @property
    def moves(self) -> bool:
        """Time passes in it by itself."""
        return bool(self.do) or self.run is not None


LESSON: Final = "lesson"
INVENTORY: Final = "inventory"
"""Questions alone, asked before and after a course to see what it changed."""
FORMS: Final = ("A", "B")
"""Parallel forms of an inventory: a question has the same id in each, in other words."""


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson. `scenario`: its cluster under the first of its releases.

    kind: lesson or inventory. form: of an inventory, one of FORMS. needs: lessons to be taken before. source:
    the file's name.
    pins: flags ("controller-manager.node-monitor-grace-period") that a profile may not change.
    """

    id: str
    title: Text
    goal: Text
    steps: tuple[Step, ...]
    scenario: Scenario
    kind: str = LESSON
    form: str = ""
    number: int = 0
    level: str = "beginner"
    minutes: int = 10
    needs: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    draft: bool = False
    source: str = ""

    def step_index(self, step: str) -> int:
        """Where a step stands. Raises KeyError."""
        for index, found in enumerate(self.steps):
            if found.id == step:
                return index
        raise KeyError(step)

    def asks(self) -> tuple[tuple[int, Ask], ...]:
        """Every question, with the index of its step."""
        return tuple((index, step.ask) for index, step in enumerate(self.steps) if step.ask is not None)
