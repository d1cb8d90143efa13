"""What the teacher of a class sets at the desk: who leads, who owns which node, what the projector shows."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clustersim.lesson import load_lesson
from clustersim.lesson.plan import has_short_form
from visualizer.lessons.class_frames import (
    Anonymous,
    Assigned,
    AtDesk,
    Dealt,
    Led,
    OpenedUntil,
    Planned,
    ReflectionShown,
    Shown,
    Timed,
)
from visualizer.lessons.models import Course, Mode, Plan, PrivateCopy, Reflection
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.roster import Roster
from visualizer.rooms.models import Room


def set_at_desk(row: Course, roster: Roster, nodes: Sequence[str], frame: AtDesk) -> Sequence[str]:
    """Write down what the teacher sets; returns the codes of private copies that must hear of it. Blocks.
    Raises LessonRefused.
    """
    match frame:
        case Led():
            row.mode = Mode(frame.mode)
            row.save(update_fields=["mode"])
            Room.objects.filter(pk=row.room_id).update(may_act=row.mode == Mode.ROLES)
        case Assigned():
            if frame.node and frame.node not in nodes:
                raise LessonRefused(_("There is no such node to give."))
            roster.assign(frame.student, frame.node)
        case Dealt():
            roster.deal(nodes if frame.out else ())
        case Shown():
            return _show(row, roster, frame.student)
        case ReflectionShown():
            own = Reflection.objects.filter(pk=frame.reflection, student__room_id=row.room_id)
            own.update(shown=frame.on)
        case Timed():
            row.time_ends = timezone.now() + timedelta(seconds=frame.seconds) if frame.seconds else None
            row.save(update_fields=["time_ends"])
        case OpenedUntil():
            row.open_until = frame.step
            row.save(update_fields=["open_until"])
            return roster.open_copies()
        case Planned():
            if not has_short_form(load_lesson(row.text)):
                raise LessonRefused(_("This lesson has no short form."))
            row.plan = Plan(frame.plan)
            row.save(update_fields=["plan"])
        case Anonymous():
            row.anonymous = frame.on
            row.save(update_fields=["anonymous"])
    return []


def _show(row: Course, roster: Roster, student: int) -> list[str]:
    copy: PrivateCopy | None = roster.copies.get(student)
    if student and copy is None:
        raise LessonRefused(_("This student has no copy to show."))
    codes = [room.code for room in (row.showing, copy.room if copy is not None else None) if room is not None]
    row.showing = copy.room if copy is not None else None
    row.save(update_fields=["showing"])
    return codes
