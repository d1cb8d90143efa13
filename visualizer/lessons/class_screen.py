"""The teacher's own screen of a class: where its lesson stands, and what the teacher alone is told of it.

With scripts the parts that change are fetched when the socket says that they did; without, by "What is new".
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clustersim.lesson import load_lesson
from clustersim.lesson.file.schema import Lesson
from clustersim.lesson.plan import SHORT, WHOLE, has_short_form, minutes, stops
from visualizer.htmx import page_or_fragment
from visualizer.lessons.class_frames import ClassFrame, StudentItem
from visualizer.lessons.entrance import address_of
from visualizer.lessons.frames import AskItem, LessonFrame, PollItem
from visualizer.lessons.models import Student
from visualizer.lessons.templatetags.lessons import said
from visualizer.lessons.views import taught
from visualizer.rooms.registry import rooms
from visualizer.texts import Texts

STUCK: float = 60
"""Seconds at one hint after which somebody seems to be stuck."""


class Row(msgspec.Struct, frozen=True):
    """A student in the list. waited: how long at their hint, in words."""

    item: StudentItem
    stuck: bool
    waited: str


class Live:
    """A class under way, as its teacher sees it."""

    def __init__(self, lesson: LessonFrame, desk: ClassFrame) -> None:
        self.lesson = lesson
        self.desk = desk
        self.here = sum(one.here for one in desk.students)
        self.begun = [one for one in desk.students if one.task]
        self.done = sum(one.task == "done" for one in self.begun)

    @property
    def rows(self) -> list[Row]:
        """The students."""
        return [Row(one, one.since > STUCK, _waited(one.since)) for one in self.desk.students]

    @property
    def at_hints(self) -> Iterator[tuple[Texts, int]]:
        """How many are at each hint."""
        for place, hint in enumerate(self.desk.hints):
            count = sum(one.task != "done" and one.hint == place for one in self.begun)
            if count:
                yield hint, count

    @property
    def places(self) -> list[tuple[str, list[StudentItem]]]:
        """Each node with who owns it; first those who own none."""
        return [
            (node, [one for one in self.desk.students if one.node == node]) for node in ("", *self.desk.nodes)
        ]

    @property
    def said(self) -> list[Texts]:
        """What the present step says, in its order."""
        frame = self.lesson
        texts = (frame.say if frame.step >= 0 else frame.goal, frame.task, frame.reflect)
        return [text for text in (*texts, *frame.shows) if text is not None]

    @property
    def polls(self) -> list[tuple[AskItem, PollItem | None]]:
        """The question of the step, and those that it answers, each with its poll."""
        asks = [*([self.lesson.ask] if self.lesson.ask is not None else []), *self.lesson.reveals]
        return [(ask, self.lesson.polls.get(ask.id)) for ask in asks]

    @property
    def following(self) -> int | None:
        """The step to go on with; None after the last."""
        planned = (place for place, step in enumerate(self.lesson.steps) if step.planned)
        return next((place for place in planned if place > self.lesson.step), None)


def live(code: str) -> Live | None:
    """The class, if its room is at work in this process."""
    hub = rooms.running(code)
    if hub is None or hub.classroom is None:
        return None
    return Live(*hub.classroom.for_teacher())


@require_safe
@login_required
def teach(request: HttpRequest, code: str) -> HttpResponse:
    """The teacher's own screen: notes, polls, students. Any device on which the teacher signed in."""
    course = taught(request, code)
    lesson = load_lesson(course.text)
    if "open" in request.GET:
        async_to_sync(rooms.open)(course.room.code)
    known = live(course.room.code)
    context = {
        "room": course.room,
        "ws_path": f"/ws/rooms/{course.room.code}/",
        "address": address_of(request, course.room),
        "course": course,
        "live": known,
        "steps": stops(lesson, course.plan),
        "plans": _plans(lesson),
        "students": [] if known is not None else _names(course),
    }
    return page_or_fragment(request, "lessons/class.html", "lessons/_class.html", context)


def _names(course: Any) -> Sequence[str]:
    students = Student.objects.filter(room=course.room)
    return [said(one.friendly_name if course.anonymous else one.name) for one in students]


def _plans(lesson: Lesson) -> list[dict[str, Any]]:
    """What there is to choose from: nothing where a lesson has no short form."""
    if not has_short_form(lesson):
        return []
    return [
        {"id": plan, "steps": len(stops(lesson, plan)), "minutes": minutes(lesson, plan)}
        for plan in (WHOLE, SHORT)
    ]


def _waited(seconds: float) -> str:
    if seconds < 90:
        return _("%(n)s s") % {"n": round(seconds)}
    return _("%(n)s min") % {"n": round(seconds / 60)}
