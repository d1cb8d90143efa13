"""Where a lesson stands: everything about a run of it that is not the cluster, as data."""

import msgspec

from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.i18n import Message
from clustersim.lesson.blind import Commitment
from clustersim.lesson.expressions.kinds import Single
from clustersim.lesson.expressions.terms import Term
from clustersim.lesson.expressions.typed_lines import TypedLine
from clustersim.lesson.file.schema import Step
from clustersim.lesson.judging import Truth
from clustersim.lesson.look import Given
from clustersim.lesson.watch import Beginning, Happening


class Entry(msgspec.Struct, frozen=True):
    """A line of the transcript. what: step | act | run | check | task | why | answer.

    Of one that is not ok: message: what is wrong; why: the values that decided it.
    """

    t: Micros
    step: str
    what: str
    text: str
    ok: bool = True
    message: Message | None = None
    why: tuple[Term, ...] = ()


class Progress(State):
    """Where a lesson stands; everything about a run of it that is not the cluster.

    lot: decides what is drawn in the present step; drawn: by step; committed: what somebody committed to.

    step: index of the present one; began: when; acted: how many of its actions are done; stage: which of its
    stages runs; over: all of it happened. asked: when each question was put; chains: the events that
    each is to put in order; truths: of those judged so far.
    remembered: what steps called by a name, as it was when they began. typed: lines of the present step;
    given: what was answered, by question.
    """

    start: Beginning
    step: int = -1
    began: Micros = 0
    acted: int = 0
    stage: int = 0
    stage_began: Micros = 0
    over: bool = True
    lot: int = 0
    drawn: dict[str, str] = msgspec.field(default_factory=dict)
    committed: dict[str, Commitment] = msgspec.field(default_factory=dict)
    labels: dict[str, Happening] = msgspec.field(default_factory=dict)
    asked: dict[str, Micros] = msgspec.field(default_factory=dict)
    chains: dict[str, tuple[int, ...]] = msgspec.field(default_factory=dict)
    truths: dict[str, Truth] = msgspec.field(default_factory=dict)
    transcript: list[Entry] = msgspec.field(default_factory=list)
    remembered: dict[str, Single] = msgspec.field(default_factory=dict)
    typed: list[TypedLine] = msgspec.field(default_factory=list)
    given: dict[str, Given] = msgspec.field(default_factory=dict)


def is_blind(step: Step, progress: Progress) -> bool:
    """Something is hidden in the present step: nothing may tell it."""
    drawn = bool(progress.drawn.get(step.id))
    if step.diagnosis is not None:
        return drawn and step.id not in progress.committed
    if not step.hidden or step.task is None:
        return step.hidden
    return not progress.over and (drawn or not step.draw)
