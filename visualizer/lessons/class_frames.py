"""The frames of whoever leads a class: what the teacher says, and what only the teacher is told."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from visualizer.lessons.frames import AskId, Item
from visualizer.rooms.frames.stage import FromBrowser, FromServer
from visualizer.texts import Texts


class Polling(FromBrowser, frozen=True, tag="poll"):
    """The teacher opens a question, locks it, opens its second round, or reveals what is right."""

    ask: AskId
    action: Literal["open", "lock", "again", "reveal"]


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
