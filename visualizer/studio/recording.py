"""Recording a lesson: an instructor acts in a room of the studio; the room's log is what was recorded."""

from typing import Any, Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clustersim import RELEASES
from clustersim.digits import is_whole
from clustersim.lesson import LessonError, load_lesson
from clustersim.lesson.recorded import BASE, Closed, Done, Question, Recorded, open_questions
from clustersim.lesson.recorded_text import write
from clustersim.narration.acts import act_words
from visualizer import workers
from visualizer.htmx import wants_fragment
from visualizer.lessons.catalogue import scenario
from visualizer.rooms.doors import check, instructors_only
from visualizer.rooms.kept import log
from visualizer.rooms.making import owner_of
from visualizer.rooms.models import Branch, Room
from visualizer.rooms.permissions import CHANGE
from visualizer.rooms.registry import rooms
from visualizer.studio import drafts
from visualizer.studio.access import draft_of
from visualizer.studio.models import Recording
from visualizer.texts import page_language

SECONDS: Final = 30.0
MOST_STEPS: Final = 40
MOST_ACTS: Final = 200
LONGEST: Final = 600
"""Characters of a sentence."""


@instructors_only
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A room to record in: with the cluster of a draft, or with the usual one."""
    release = request.POST.get("release", "")
    base = BASE
    if pk := request.POST.get("draft", ""):
        base = draft_of(request, int(pk) if is_whole(pk) else 0).text
    try:
        lesson = load_lesson(
            base.replace("RELEASE", release if release in RELEASES else next(iter(RELEASES)))
        )
    except LessonError:
        messages.error(request, _("It cannot be read yet: see what is wrong."))
        return redirect("studio")
    release = release if release in lesson.releases else lesson.releases[0]
    room = Room.objects.open_with(
        scenario(lesson, release), may_act=False, playing=True, owned_by=request.user, name=_("Recording")
    )
    Recording.objects.create(room=room, base=base, owned_by=owner_of(request))
    return redirect(room)


def _recording(request: HttpRequest, pk: int) -> Recording:
    found = get_object_or_404(Recording.objects.select_related("room__branch"), pk=pk)
    check(request.user, CHANGE, found)
    return found


def recorded(recording: Recording) -> tuple[Recorded, int]:
    """What was recorded so far, and the time of the room now. Steps that lie after what somebody went back to
    are no part of it any more.
    """
    room = Room.objects.select_related("branch").get(pk=recording.room_id)
    assert room.branch is not None
    history = log.history(room.branch)
    hub = rooms.running(room.code)
    now = hub.runner.player.now if hub is not None else history.mark
    done = tuple(Done(one.t, one.command) for one in history.commands if one.t <= now)[:MOST_ACTS]
    reach = _reach(room.branch, now)
    closed = [
        step["closed"] for step in recording.steps if step["closed"]["t"] <= reach.get(step["branch"], -1)
    ]
    return Recorded(
        recording.base, room.release, done, tuple(msgspec.convert(one, Closed) for one in closed)
    ), now


def _reach(branch: Branch, now: int) -> dict[int, int]:
    """How far each branch is part of this one's history."""
    found = {branch.pk: now}
    limit, here = now, branch
    while here.parent is not None:
        limit = min(limit, here.forked_at if here.forked_at is not None else limit)
        here = here.parent
        found[here.pk] = limit
    return found


@instructors_only
@require_safe
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that closes the present step: its sentence, and what could be asked before it."""
    recording = _recording(request, pk)
    found, now = recorded(recording)
    if "open" in request.GET:
        return render(
            request, "studio/_recorder.html", {"recording": recording, "number": len(found.closed) + 1}
        )
    since = found.closed[-1].t if found.closed else 0
    try:
        asked = workers.wait(open_questions, found, now, seconds=SECONDS, owner=("studio", request.user.pk))
    except workers.NotComputed:
        asked = list[Question]()
    context = {
        "recording": recording,
        "number": len(found.closed) + 1,
        "now": now,
        "seconds": round((now - since) / 1_000_000, 1),
        "done": [_words(one) for one in found.done if one.t > since or (not since and not one.t)],
        "questions": [(one.text, one.said.text(get_language() or "en")) for one in asked],
    }
    return render(request, "studio/closing.html", context)


def _words(done: Done) -> str:
    command = done.command
    return act_words(command.do, command.target or "", command.args).text(get_language() or "en")


@instructors_only
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the step at the time that its form was shown; with `finish`, make the draft."""
    recording = _recording(request, pk)
    found, now = recorded(recording)
    steps = list(found.closed)
    if "finish" not in request.POST or "say" in request.POST:
        at = request.POST.get("t", "")
        t = min(int(at), now) if is_whole(at) and len(at) < 18 else now
        last = steps[-1].t if steps else 0
        if t > last and len(steps) < MOST_STEPS:
            question = request.POST.get("question", "")[:300]
            closed = Closed(
                t, _said(request, "say"), question, _said(request, "asked"), "task" in request.POST
            )
            steps.append(closed)
            branch = Room.objects.values_list("branch_id", flat=True).get(pk=recording.room_id)
            recording.steps.append({"branch": branch, "closed": msgspec.to_builtins(closed)})
            recording.save(update_fields=["steps"])
    if "finish" in request.POST:
        return _finish(request, recording, msgspec.structs.replace(found, closed=tuple(steps)))
    if wants_fragment(request):
        return render(request, "studio/_recorder.html", {"recording": recording, "number": len(steps) + 1})
    return redirect(recording.room)


def _said(request: HttpRequest, field: str) -> dict[str, str]:
    """What was written, in the language of the page."""
    text = request.POST.get(field, "").replace("{", "(").replace("}", ")").strip()[:LONGEST]
    return {page_language(): " ".join(text.split())} if text else {}


def _finish(request: HttpRequest, recording: Recording, found: Recorded) -> HttpResponse:
    title = _said(request, "title") or {"en": "A recorded lesson", "zh": "录制的课"}
    goal = {"en": "See what follows from what is done.", "zh": "看看操作之后会发生什么。"}
    reflect = _said(request, "reflect") or {"en": "What happened, and why?", "zh": "发生了什么，为什么？"}
    name = slugify(title.get("en", "")).replace("_", "-")[:40].strip("-") or f"recorded-{recording.pk}"
    try:
        text = workers.wait(
            write, found, title, goal, reflect, name, seconds=SECONDS, owner=("studio", request.user.pk)
        )
        draft = drafts.begin(request.user, text)
    except (workers.NotComputed, drafts.NotSaved) as error:
        said = (
            str(error)
            if isinstance(error, drafts.NotSaved)
            else _("The lesson could not be made. Try again.")
        )
        messages.error(request, said)
        return _to(request, recording.room.get_absolute_url())
    return _to(request, reverse("studio-form", args=[draft.pk]))


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if wants_fragment(request):
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def recording_in(room: Room, user: Any) -> Recording | None:
    """The recording that this account makes in a room; visitors make none."""
    if not user.is_authenticated:
        return None
    return Recording.objects.reached_by(user).filter(room=room).first()
