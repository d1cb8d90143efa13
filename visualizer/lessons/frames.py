"""The frames about a lesson, beside those of the stage.

``lesson`` says where the lesson stands, the same to everybody; it comes after ``welcome`` and whenever it
differs. ``answers`` is what one viewer answered, with what is right where that may be said. ``class`` is for
the teacher alone. Texts are in both languages.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from clustersim.console import LONGEST_LINE
from visualizer.rooms import frames
from visualizer.rooms.console_frames import Console
from visualizer.rooms.frames import FromBrowser, FromServer
from visualizer.rooms.looking_frames import Closer, GiveUp
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


class Polling(FromBrowser, frozen=True, tag="poll"):
    """The teacher opens a question, locks it, opens its second round, or reveals what is right."""

    ask: AskId
    action: Literal["open", "lock", "again", "reveal"]


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
    where: Annotated[str, Meta(max_length=200)] = ""


class HandedOver(FromBrowser, frozen=True, tag="hand-over"):
    """The fault that was made here is for somebody else to find; what it is, in one's own words."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]


class Assigned(FromBrowser, frozen=True, tag="assign"):
    """The teacher gives a student a node; empty: takes it back."""

    student: Annotated[int, Meta(ge=0, le=2**53)]
    node: Annotated[str, Meta(max_length=63)]


class Dealt(FromBrowser, frozen=True, tag="deal"):
    """The teacher gives everybody a node who has none, or takes all back."""

    out: bool


class Shown(FromBrowser, frozen=True, tag="show"):
    """The teacher shows a student's copy on the projector; 0: the class again."""

    student: Annotated[int, Meta(ge=0, le=2**53)]


class Reflected(FromBrowser, frozen=True, tag="reflect"):
    """What a student of a class wrote where a step asks to reflect, for the teacher to read."""

    step: Annotated[str, Meta(min_length=1, max_length=80)]
    text: Annotated[str, Meta(max_length=1000)]


class ReflectionShown(FromBrowser, frozen=True, tag="show-reflection"):
    """The teacher shows a reflection to everybody, without a name, or takes it back."""

    reflection: Annotated[int, Meta(ge=0, le=2**53)]
    on: bool


class Timed(FromBrowser, frozen=True, tag="timer"):
    """The teacher gives the class so many seconds, from now on; 0: no time is counted any more."""

    seconds: Annotated[int, Meta(ge=0, le=7200)]


class OpenedUntil(FromBrowser, frozen=True, tag="open-until"):
    """How far students may go by themselves, in rooms of their own: to this step; None: as they like."""

    step: Annotated[int, Meta(ge=0, le=1000)] | None


class Planned(FromBrowser, frozen=True, tag="plan"):
    """The teacher takes the whole lesson, or its short form."""

    plan: Literal["whole", "short"]


class Anonymous(FromBrowser, frozen=True, tag="anonymous"):
    """The teacher lets no nicknames be given or shown."""

    on: bool


class Led(FromBrowser, frozen=True, tag="lead"):
    """The teacher lets all follow, or gives each student a node."""

    mode: Literal["follow", "roles"]


AtDesk = Timed | OpenedUntil | Planned | Led | Assigned | Dealt | Shown | ReflectionShown | Anonymous
ByTeacher = Polling | AtDesk
ByStudent = Answered | Named | Reflected
Blind = Committed | HandedOver
AboutLesson = Move | ByTeacher | ByStudent | Blind
Frame = frames.FrameFromBrowser | Closer | GiveUp | AboutLesson | Console

_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)


def decode(text: str | bytes) -> Frame:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(text)


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
    unit: str
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


class StudentItem(Item, frozen=True):
    """A student on the teacher's screen. here: in the class, or at work in a copy of it; answered: the
    question of the present step; task: how the present one is getting on: nothing, begun or done; hint: which
    of its hints fits; copy: the room it is done in.
    """

    id: int
    name: Texts
    node: str
    here: bool
    answered: bool
    task: str
    hint: int | None
    copy: str
    cause: Texts | None
    """What was drawn for this student in a blind step."""
    right: bool | None
    """Whether it was found; None: not committed yet."""
    since: float
    """Seconds since the task or its hint last changed, as of this frame."""


class PaceItem(Item, frozen=True):
    """How far the class is. minutes: about how long the plan gives to what is done, and to all of it; place:
    of the present step among those of the plan, from 1; 0 before the first.
    """

    plan: str
    place: int
    steps: int
    minutes: int
    all_minutes: int


class ReflectionItem(Item, frozen=True):
    """What a student wrote, on the teacher's screen."""

    id: int
    name: Texts
    text: str
    shown: bool


class AdviceItem(Item, frozen=True):
    """How many in a hundred are right, and what that suggests: look, discuss or go."""

    percent: int
    what: str


class ClassFrame(FromServer, frozen=True, tag="class"):
    """For the teacher's eyes."""

    notes: Texts | None
    following: Texts | None
    """What comes next, in short."""
    students: Sequence[StudentItem]
    nodes: Sequence[str]
    """That can be given to students."""
    hints: Sequence[Texts]
    """All hints of the present task."""
    showing: str
    advice: AdviceItem | None
    """On the present question, once it is locked."""
    reflections: Sequence[ReflectionItem]
    pace: PaceItem
