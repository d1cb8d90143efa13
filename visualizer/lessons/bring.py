"""A lesson that an instructor brings: pasted or as a file, checked in a worker, opened for a class."""

from typing import Any, Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustersim.lesson import LessonError, check, load_lesson
from clustersim.lesson.review import LARGEST
from visualizer import workers
from visualizer.lessons.catalogue import Offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.doors import instructors_only

SECONDS: Final = 60.0
"""How long a check may take."""


@instructors_only
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Check a lesson; a readable one can be opened, even if its check fails, with the failures said."""
    text = _text(request)
    context: dict[str, Any] = {"text": text, "largest": LARGEST}
    if request.method == "POST" and text:
        verdict = _verdict(text)
        if verdict is not None and verdict.readable and "open" in request.POST:
            lesson = load_lesson(text)
            room = open_room(Offer(lesson, text), lesson.releases[0], Mode.FOLLOW, request.user)
            return redirect("class", room.code)
        context["verdict"] = verdict
        if verdict is None:
            messages.error(request, _("This lesson takes too long to check."))
    elif request.method == "POST":
        messages.error(request, _("Paste a lesson, or choose its file."))
    return render(request, "lessons/bring.html", context)


class Verdict(msgspec.Struct, frozen=True):
    """What the check found. id: the lesson's, empty where it cannot be read; complaints: what is wrong with
    its text; failures: what went otherwise than the lesson says.
    """

    id: str = ""
    complaints: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """It can be opened, even if its check fails."""
        return bool(self.id)


def examine(text: str, language: str) -> Verdict:
    """Read and check a lesson."""
    try:
        lesson = load_lesson(text)
    except LessonError as error:
        return Verdict(complaints=tuple(one.text(language) for one in error.errors))
    return Verdict(lesson.id, failures=tuple(found.text(language) for found in check(lesson).failures))


def _text(request: HttpRequest) -> str:
    """The lesson's text, empty for none and for one that is too large."""
    upload = request.FILES.get("file")
    if upload is not None and (upload.size or 0) <= LARGEST:
        return str(upload.read(), "utf-8-sig", "replace")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return text if len(text) <= LARGEST else ""


def _verdict(text: str) -> Verdict | None:
    try:
        return workers.wait(examine, text + "\n", get_language() or "en", seconds=SECONDS, owner="lessons")
    except workers.NotComputed:
        return None
