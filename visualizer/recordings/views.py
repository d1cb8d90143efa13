"""Downloads: the run of a room, or a lesson as it plays by itself, as one HTML file."""

from typing import Final

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clustersim.lesson import load_lesson
from clustersim.run import Run
from visualizer import workers
from visualizer.accounts.standing import is_instructor
from visualizer.lessons import standings
from visualizer.lessons.catalogue import NoSuchLesson, offer
from visualizer.lessons.models import Course
from visualizer.lessons.room_lesson import Stand
from visualizer.recordings.page import packed, page
from visualizer.recordings.played import played
from visualizer.recordings.recorder import NotRecorded, record
from visualizer.rooms.computing.recalling import with_run
from visualizer.rooms.models import Branch
from visualizer.rooms.pages.moments import looked_up, side_of
from visualizer.rooms.permissions import DOWNLOAD

SECONDS: Final = 90.0


@require_safe
@looked_up
async def of_room(request: HttpRequest, code: str) -> HttpResponse:
    """What happened in a room so far, with the lesson it teaches."""
    room, branch, source = await side_of(request, DOWNLOAD, code, None)
    text, stands = await database_sync_to_async(_lesson)(room.pk, branch, source.until)
    try:
        data = await workers.run(
            with_run, of_run, source, source.until, text, stands, owner=room.pk, seconds=SECONDS
        )
    except NotRecorded as error:
        messages.error(request, str(error.reason))
        return redirect(room)
    title = await database_sync_to_async(lambda: str(room.title))()
    made = await sync_to_async(page, thread_sensitive=False)(
        {"en": title, "zh": title}, data, lesson=bool(text)
    )
    return _file(made, f"{room.code}.html")


def _lesson(room: int, branch: int, until: int) -> tuple[str, list[Stand]]:
    course = Course.objects.filter(room_id=room).first()
    if course is None:
        return "", []
    found = standings.history(Branch.objects.select_related("parent").get(pk=branch))
    return course.text, [stand for stand in found if stand.t <= until]


def of_run(run: Run, until: int, text: str, stands: list[Stand]) -> str:
    """A run as the data of a file. In a worker."""
    lesson = load_lesson(text) if text else None
    return packed(record(run.inputs, until, lesson, stands))


@require_safe
def of_lesson(request: HttpRequest, lesson: str) -> HttpResponseBase:
    """A lesson from beginning to end, its answers and the solutions of its tasks in it: for instructors."""
    if not is_instructor(request.user):
        raise PermissionDenied
    try:
        chosen = offer(lesson)
    except NoSuchLesson:
        raise Http404 from None
    release = request.GET.get("release", "")
    if release not in chosen.lesson.releases:
        release = chosen.lesson.releases[0]
    try:
        data = workers.wait(of_offer, chosen.text, release, owner=f"recording of {lesson}", seconds=SECONDS)
    except NotRecorded as error:
        messages.error(request, str(error.reason))
        return redirect("lessons")
    except workers.NotComputed:
        messages.error(request, _("The server is busy. Try again in a moment."))
        return redirect("lessons")
    title = {"en": chosen.lesson.title.en, "zh": chosen.lesson.title.zh}
    return _file(page(title, data, lesson=True), f"{lesson}.html")


def of_offer(text: str, release: str) -> str:
    """A lesson played by itself as the data of a file. In a worker."""
    lesson = load_lesson(text)
    found = played(lesson, release)
    return packed(record(found.inputs, found.until, lesson, found.stands))


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
