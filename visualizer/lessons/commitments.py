"""While something is hidden: what somebody commits to, and whether a fault can be handed over."""

from django.utils.translation import gettext_lazy as _

from clustersim.lesson.blind import Commitment, cause_named
from visualizer.lessons.class_state import ClassState
from visualizer.lessons.frames import Committed
from visualizer.lessons.refusals import LessonRefused


def commitment(state: ClassState, who: str, frame: Committed) -> Commitment:
    """What this viewer commits to. Raises LessonRefused."""
    step = state.room_lesson.step
    if not state.room_lesson.blind or step is None:
        raise LessonRefused(_("Nothing is hidden here."))
    diagnosis = step.diagnosis
    if not state.row.riddle and (diagnosis is None or cause_named(diagnosis, frame.cause) is None):
        raise LessonRefused(_("This is none of the causes."))
    found = state.typed.commitment(who, frame.cause, frame.line, frame.where)
    if found is None:
        raise LessonRefused(_("Type the command on the console first: what it prints is the evidence."))
    return found


def check_challenge(state: ClassState) -> None:
    """That something can be handed over now. Raises LessonRefused."""
    step = state.room_lesson.step
    challenged = step is not None and step.challenge is not None and not state.row.riddle
    if not challenged or not state.room_lesson.ripe:
        raise LessonRefused(_("There is nothing to hand over here."))
