"""A class for students whose browser runs no scripts: what the step says, and the answer to its question."""

from typing import Any, Final

import msgspec
from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clustersim.lesson import AskKind
from visualizer.lessons.class_screen import live
from visualizer.lessons.frames import Answered
from visualizer.lessons.models import Mode
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.views import class_of
from visualizer.rooms.flow import Window
from visualizer.rooms.making import visitor_of
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role, role_of
from visualizer.texts import in_page_language

UNSURE: Final = "unsure"


class Reader:
    """Somebody who reads pages: nothing can be sent to them."""

    def __init__(self, who: str, role: Role) -> None:
        self.who = who
        self.role = role
        self.window = Window()

    async def say(self, frame: str) -> None: ...
    async def welcome(self) -> None: ...
    async def end(self, code: int) -> None: ...


@require_http_methods(["GET", "HEAD", "POST"])
def plain(request: HttpRequest, code: str) -> HttpResponse:
    """Where the class is; a form posts an answer."""
    course = class_of(code)
    if course.mode == Mode.ALONE:
        return redirect(course.room)
    reader = Reader(visitor_of(request), role_of(request.user, course.room))
    if request.method == "POST":
        try:
            async_to_sync(_answer)(course.room.code, reader, _frame(request))
        except (KeyError, ValueError, msgspec.ValidationError):
            messages.error(request, _("This is no answer to that question."))
        except LessonRefused as refused:
            messages.error(request, in_page_language(refused.reason))
        return redirect("plain", course.room.code)
    known, hub = live(course.room.code), rooms.running(course.room.code)
    asked: list[tuple[Any, Any, Any]] = []
    if known is not None and hub is not None and hub.classroom is not None:
        own = hub.classroom.of_one(reader.who)
        asked = [(ask, poll, own.asks.get(ask.id)) for ask, poll in known.polls]
    return render(request, "lessons/plain.html", {"room": course.room, "live": known, "asked": asked})


def _frame(request: HttpRequest) -> Answered:
    """What the form says. Raises KeyError, ValueError, msgspec.ValidationError."""
    kind, given = request.POST["kind"], request.POST.getlist("answer")
    answer: Any = given[0] if given else None
    if answer == UNSURE:
        answer = None
    elif kind == AskKind.NUMBER:
        answer = float(given[0])
    elif kind in (AskKind.SELECT, AskKind.ORDER):
        answer = tuple(given)
    values = {"ask": request.POST["ask"], "round": int(request.POST["round"]), "answer": answer}
    sure = request.POST.get("confidence")
    return msgspec.convert({**values, "type": "answer", "confidence": int(sure) if sure else None}, Answered)


async def _answer(code: str, reader: Reader, frame: Answered) -> None:
    hub = await rooms.open(code)
    if hub.classroom is None:
        raise LessonRefused(_("This room has no class."))
    ask = hub.classroom.room_lesson.ask(frame.ask)
    if ask is not None and ask.kind is AskKind.SELECT and isinstance(frame.answer, tuple):
        chosen = frame.answer  # as the page showed them; answers have the order of the lesson
        ordered = tuple(option.id for option in ask.options if option.id in chosen)
        frame = msgspec.structs.replace(frame, answer=ordered)
    await hub.classroom.answer(reader, frame)
