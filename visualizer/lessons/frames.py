"""The frames about a lesson, beside those of the stage.

``lesson`` says where the lesson stands and is the same for everybody; it comes after ``welcome`` and
whenever it changes. ``answers`` has what one viewer answered, with what is right if that may be shown.
``class`` is only for the teacher. Texts are in both languages.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from clustersim.bounds import LONGEST_PLACE
from clustersim.console import LONGEST_LINE
from visualizer.rooms.frames.stage import FromBrowser, FromServer
from visualizer.texts import Texts

AskId = Annotated[str, Meta(min_length=1, max_length=80)]
Word = Annotated[str, Meta(max_length=80)]
Number = Annotated[float, Meta(ge=-1e9, le=1e9)]


class Move(FromBrowser, frozen=True, tag="lesson"):
    """Begin this step: the next one, or any other; the present one begins anew."""

    step: Annotated[int, Meta(ge=0, le=1000)]


class Answered(FromBrowser, frozen=True, tag="answer"):
    """An answer to a question, locked with this. None: skipped, or not sure. confidence: 1 guessed, 3
    certain.
    """

    ask: AskId
    round: Annotated[int, Meta(ge=1, le=2)]
    answer: Word | Number | Annotated[tuple[Word, ...], Meta(max_length=20)] | None
    confidence: Annotated[int, Meta(ge=1, le=3)] | None = None


class Named(FromBrowser, frozen=True, tag="name"):
    """What the teacher's screen and the exported answers call this student."""

    nickname: Annotated[str, Meta(max_length=40)]
    shown: bool = False
    """The projector may show it beside this student's work."""
    code: Annotated[str, Meta(max_length=40)] | None = None
    """The code kept from an earlier inventory; None: as it is."""


class Committed(FromBrowser, frozen=True, tag="commit"):
    """What is wrong, by its id or in one's own words, and the line typed before that shows it."""

    cause: Annotated[str, Meta(min_length=1, max_length=300)]
    line: Annotated[str, Meta(min_length=1, max_length=LONGEST_LINE)]
    where: Annotated[str, Meta(max_length=LONGEST_PLACE)] = ""


class HandedOver(FromBrowser, frozen=True, tag="hand-over"):
    """The fault that was made here is for somebody else to find; what it is, in one's own words."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]


class Reflected(FromBrowser, frozen=True, tag="reflect"):
    """What a student of a class wrote where a step asks to reflect, for the teacher to read."""

    step: Annotated[str, Meta(min_length=1, max_length=80)]
    text: Annotated[str, Meta(max_length=1000)]


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Part of a frame."""


class StepItem(Item, frozen=True):
    """A step in the list of steps. what: say, ask, run, task or reflect; planned: the class stops at it."""

    id: str
    what: str
    planned: bool = True


class OptionItem(Item, frozen=True):
    """Something to choose or to put in order."""

    id: str
    text: Texts


class AskItem(Item, frozen=True):
    """A question; nothing in it tells what is right."""

    id: str
    kind: str
    text: Texts
    unit: Texts
    rounds: int
    confidence: bool
    options: Sequence[OptionItem]


class BarItem(Item, frozen=True):
    """How many gave this answer. right: None while that is not revealed."""

    label: Texts
    count: int
    right: bool | None = None


class PollItem(Item, frozen=True):
    """A question of a class. bars: empty until it is locked."""

    phase: str
    round: int
    answered: int
    unsure: int = 0
    """How many of them said that they are not sure; 0 until it is locked."""
    bars: Sequence[BarItem] = ()
    before: Sequence[BarItem] = ()
    """The first round's, beside the second."""


class OutcomeItem(Item, frozen=True):
    """What a commitment came to. right: None where nobody can say; tells: the output shows what only this
    cause shows; command, on, shows: what would have.
    """

    right: bool | None
    tells: bool | None
    drawn: Texts
    chosen: Texts
    line: str
    where: str
    output: str
    reply: Texts | None = None
    explain: Texts | None = None
    command: str = ""
    on: str = ""
    shows: str = ""


class DiagnosisItem(Item, frozen=True):
    """Something to find out. causes: to choose from, none where one says it in one's own words; ripe: it can
    be said now; blind: what would show it is hidden.
    """

    text: Texts
    causes: Sequence[OptionItem]
    ripe: bool
    blind: bool
    outcome: OutcomeItem | None


class ChallengeItem(Item, frozen=True):
    """A fault to be made for somebody else; code: of the room in which it is hidden, once handed over."""

    text: Texts
    ripe: bool
    code: str


class TypedItem(Item, frozen=True):
    """A line that was typed on the console of a machine."""

    line: str
    where: str


class LessonFrame(FromServer, frozen=True, tag="lesson"):
    """Where the lesson stands. over: all of the step has happened; free: the lesson is over, time is not held
    any more. awaits: questions that the present step will answer; reveals: those that it has answered.
    """

    lesson: str
    title: Texts
    goal: Texts
    mode: str
    steps: Sequence[StepItem]
    step: int
    over: bool
    free: bool
    moves: bool
    say: Texts | None
    shows: Sequence[Texts]
    focus: Sequence[str]
    requests: bool
    """A step so far has spoken of the data plane: of clients, or of a Service."""
    ask: AskItem | None
    awaits: Sequence[AskItem]
    reveals: Sequence[AskItem]
    task: Texts | None
    hints: Sequence[Texts]
    reflect: Texts | None
    why: int
    why_not: str
    allow: Sequence[str]
    polls: dict[str, PollItem]
    judged: Sequence[str]
    """Questions to which the run has come; what is right is not told here."""
    students: int
    left: str
    """The class to go back to."""
    confined: bool = False
    """A private copy for one task of the class."""
    class_on: bool = False
    """The class has gone on from that task."""
    own_copy: bool = False
    """The task is done by each student in a private copy."""
    showing: str = ""
    """The private copy that the projector shows instead."""
    shown: bool = False
    """The projector shows this private copy."""
    whose: Texts | None = None
    """Whose copy it is, where the projector may say so."""
    anonymous: bool = False
    left_seconds: float | None = None
    """Of the time that the teacher gave, as of this frame."""
    open_until: int | None = None
    """The last step to which students may go by themselves."""
    covered: bool = False
    """Something is hidden: the picture shows nothing."""
    diagnosis: DiagnosisItem | None = None
    challenge: ChallengeItem | None = None
    reflections: Sequence[str] = ()
    """What students wrote about this step and the teacher shows."""


class Told(Item, frozen=True):
    """What an answer came to. answer: the right one in words; order: its options, where they are to be put in
    order; explain: why the right one is right, told to everybody."""

    right: bool
    answer: Texts
    reply: Texts | None
    explain: Sequence[Texts] = ()
    order: Sequence[str] = ()


class OwnItem(Item, frozen=True):
    """One viewer's answers to a question by round; None in it: skipped. shown: the last of them in words."""

    given: Sequence[str | float | Sequence[str] | None]
    shown: Texts
    told: Told | None = None


class OwnAnswers(FromServer, frozen=True, tag="answers"):
    """What this viewer answered."""

    leads: bool
    nickname: str
    node: str
    name: Texts | None
    """What a student of a class is called."""
    may_be_named: bool
    code: str
    """What a student keeps of an inventory, to be paired with a later one; empty in other lessons."""
    copy: str
    """The code of this student's private copy for the present task."""
    reflection: str
    """What this student wrote about the present step."""
    typed: Sequence[TypedItem]
    """What can be pointed to as evidence."""
    asks: dict[str, OwnItem]
