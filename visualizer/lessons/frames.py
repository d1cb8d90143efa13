"""The frames about a lesson, beside those of the stage.

``lesson`` says where the lesson stands, the same to everybody; it comes after ``welcome`` and whenever it
differs. ``answers`` is what one viewer answered, with what is right where that may be said. ``class`` is for
the teacher alone. Texts are in both languages.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from visualizer.rooms import frames
from visualizer.rooms.console_frames import Console
from visualizer.rooms.frames import FromBrowser, FromServer
from visualizer.texts import Texts

AskId = Annotated[str, Meta(min_length=1, max_length=80)]
Word = Annotated[str, Meta(max_length=80)]
Number = Annotated[float, Meta(ge=-1e9, le=1e9)]


class Move(FromBrowser, frozen=True, tag="lesson"):
    """Begin this step: the next one, or any other; the present one begins anew."""

    step: Annotated[int, Meta(ge=0, le=1000)]


class Answered(FromBrowser, frozen=True, tag="answer"):
    """An answer to a question, locked with this. None: skipped."""

    ask: AskId
    round: Annotated[int, Meta(ge=1, le=2)]
    answer: Word | Number | Annotated[tuple[Word, ...], Meta(max_length=20)] | None


class Polling(FromBrowser, frozen=True, tag="poll"):
    """The teacher opens a question, locks it, opens its second round, or reveals what is right."""

    ask: AskId
    action: Literal["open", "lock", "again", "reveal"]


class Named(FromBrowser, frozen=True, tag="name"):
    """What the teacher's screen and the exported answers call this student."""

    nickname: Annotated[str, Meta(max_length=40)]


class Led(FromBrowser, frozen=True, tag="lead"):
    """The teacher lets all follow, or gives each student a node."""

    mode: Literal["follow", "roles"]


AboutLesson = Move | Answered | Polling | Named | Led
Frame = frames.FrameFromBrowser | AboutLesson | Console

_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)


def decode(text: str | bytes) -> Frame:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(text)


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Part of a frame."""


class StepItem(Item, frozen=True):
    """A step in the list of steps. what: say, ask, run, task or reflect."""

    id: str
    what: str


class OptionItem(Item, frozen=True):
    """Something to choose or to put in order."""

    id: str
    text: Texts


class AskItem(Item, frozen=True):
    """A question; nothing in it tells what is right."""

    id: str
    kind: str
    text: Texts
    unit: str
    rounds: int
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
    bars: Sequence[BarItem] = ()
    before: Sequence[BarItem] = ()
    """The first round's, beside the second."""


class LessonFrame(FromServer, frozen=True, tag="lesson"):
    """Where the lesson stands. over: all of the step has happened; free: the lesson is over, time is not held
    any more. reveals: questions that the present step answers.
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
    ask: AskItem | None
    reveals: Sequence[AskItem]
    task: Texts | None
    hints: Sequence[Texts]
    reflect: Texts | None
    why: int
    allow: Sequence[str]
    polls: dict[str, PollItem]
    judged: Sequence[str]
    """Questions to which the run has come; what is right is not told here."""
    students: int
    left: str
    """The class to go back to."""


class Told(Item, frozen=True):
    """What an answer came to. explain: why the right one is right, told to everybody."""

    right: bool
    answer: Texts
    reply: Texts | None
    explain: Sequence[Texts] = ()


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
    asks: dict[str, OwnItem]


class StudentItem(Item, frozen=True):
    """A student on the teacher's screen. answered: the question of the present step."""

    name: str
    node: str
    here: bool
    answered: bool


class ClassFrame(FromServer, frozen=True, tag="class"):
    """For the teacher's eyes."""

    notes: Texts | None
    following: Texts | None
    """What comes next, in short."""
    students: Sequence[StudentItem]
