"""Who asks by HTTP: the same standpoint as the socket gives a viewer, from the session and the database."""

from channels.db import database_sync_to_async
from django.http import HttpRequest
from django.utils.functional import Promise

from clustersim.lesson import load_lesson
from clustersim.lesson.progress import is_blind
from visualizer.lessons.models import Course, Student
from visualizer.lessons.room_lesson import progress_of
from visualizer.lessons.standings import newest
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import Actor, may
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import WHO, Role, role_of


def actor_of(request: HttpRequest, room: Room) -> Actor:
    """Where this visitor stands in the room, now. Reads the database."""
    return actor_in(room, role_of(request.user, room), request.session.get(WHO, ""))


def actor_in(room: Room, role: Role, who: str) -> Actor:
    """Where somebody with that role and cookie stands in the room, now. Reads the database."""
    course = Course.objects.filter(room=room).first()
    if course is None:
        return Actor(role)
    student = Student.objects.filter(room=room, who=who).first() if who else None
    allow, free, blind = _step(room, course)
    return Actor(
        role,
        course.mode,
        allow,
        free,
        node=student.node if student is not None else "",
        joined=student is not None,
        blind=blind,
    )


def _step(room: Room, course: Course) -> tuple[tuple[str, ...], bool, bool]:
    """The powers of the present step, whether the lesson is over, and whether something is hidden."""
    hub = rooms.running(room.code)
    if hub is not None and hub.classroom is not None:
        return (*hub.classroom.allowed(), hub.classroom.room_lesson.blind)
    riddle = bool(course.riddle) and course.solution is None
    standing = newest(room.branch) if room.branch is not None else None
    progress = None if standing is None else progress_of(standing.progress)
    if progress is None or progress.step < 0:
        return ("inspect",), False, riddle
    steps = load_lesson(course.text).steps
    over = progress.over and progress.step == len(steps) - 1
    step = steps[progress.step]
    return tuple(step.allow), over, riddle or is_blind(step, progress)


async def refused(request: HttpRequest, room: Room, act: str) -> Promise | None:
    """Why this visitor may not do that in the room; None if it may."""
    await request.auser()
    return may(await database_sync_to_async(actor_of)(request, room), act)
