"""The pages of lessons and classes: the catalogue, opening a lesson, a class's screens, its answers."""

import io
from typing import Any, Final

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clustersim import RELEASES
from clustersim.lesson import Lesson, Text, load_lesson
from clustersim.lesson.file.loader import LEVELS
from visualizer.accounts.standing import is_instructor
from visualizer.htmx import go, page_or_fragment, say
from visualizer.lessons.catalogue import NoSuchLesson, Offer, offer, offers, scenario, shared_offer
from visualizer.lessons.codes import code_of
from visualizer.lessons.csv_cells import table
from visualizer.lessons.entrance import address_of
from visualizer.lessons.exploring import copy_of, make_private_copy, private_copy
from visualizer.lessons.models import Answer, Course, Mode, Reflection, Student
from visualizer.lessons.standings import newest
from visualizer.lessons.visitors import actor_of
from visualizer.rooms.codes import tidy
from visualizer.rooms.making import owner_of, why_no_room, why_not_one_more
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import EXPLORE, NOT_YOURS, may
from visualizer.rooms.roles import WHO, Role, role_of
from visualizer.texts import page_language

MINE: Final = "lessons"
"""Session key of the rooms a visitor opened for lessons: {lesson: code}."""


def _in_language(text: Text) -> str:
    return text.raw(get_language() or "en")


def _card(one: Offer, titles: dict[str, str], mine: dict[str, str]) -> dict[str, Any]:
    lesson = one.lesson
    return {
        "lesson": lesson,
        "title": _in_language(lesson.title),
        "goal": _in_language(lesson.goal),
        "level": _level_in_words(lesson.level),
        "needs": [titles[need] for need in lesson.needs if need in titles],
        "steps": len(lesson.steps),
        "mine": mine.get(lesson.id),
    }


def _level_in_words(level: str) -> str:
    names = {"beginner": _("beginner"), "intermediate": _("intermediate"), "advanced": _("advanced")}
    return names.get(level, level)


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All lessons, or those that fit: what each is for, and a room to take it in."""
    wanted = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "level", "release")}
    titles = {one.lesson.id: _in_language(one.lesson.title) for one in offers()}
    kept: dict[str, str] = request.session.get(MINE, {})
    is_open = set(Room.objects.filter(code__in=kept.values(), stopped=None).values_list("code", flat=True))
    mine = {lesson: code for lesson, code in kept.items() if code in is_open}
    context = {
        "cards": [_card(one, titles, mine) for one in offers() if _fits(one.lesson, **wanted)],
        "wanted": wanted,
        "levels": [(name, _level_in_words(name)) for name in LEVELS],
        "releases": tuple(RELEASES),
        "may_start": settings.VISITORS_MAKE_ROOMS or is_instructor(request.user),
        "instructor": is_instructor(request.user),
    }
    return page_or_fragment(request, "lessons/catalogue.html", "lessons/_found.html", context)


def _fits(lesson: Lesson, q: str, level: str, release: str) -> bool:
    """Whether a lesson is of that level and release, and has all those words in title, goal or id."""
    text = " ".join((_in_language(lesson.title), _in_language(lesson.goal), lesson.id)).lower()
    return (
        all(word in text for word in q.lower().split())
        and level in ("", lesson.level)
        and (not release or release in lesson.releases)
    )


def _chosen(lesson: str) -> Offer:
    try:
        return offer(lesson)
    except NoSuchLesson:
        raise Http404 from None


def open_room(chosen: Offer, release: str, mode: str, owner: Any = None) -> Room:
    """A new room that teaches a lesson; it belongs to this account, or to nobody."""
    room = Room.objects.open_with(
        scenario(chosen.lesson, release), may_act=mode == Mode.ALONE, owned_by=owner
    )
    Course.objects.create(room=room, lesson=chosen.lesson.id, text=chosen.text, mode=mode)
    return room


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A lesson for whoever has its link."""
    chosen = _shared(token)
    kept: dict[str, str] = request.session.get(MINE, {})
    context = {
        "card": _card(chosen, {}, kept),
        "token": token,
        "may_start": settings.VISITORS_MAKE_ROOMS or is_instructor(request.user),
        "instructor": is_instructor(request.user),
    }
    return render(request, "lessons/shared.html", context)


def _shared(token: str) -> Offer:
    try:
        return shared_offer(token)
    except NoSuchLesson:
        raise Http404 from None


@require_POST
def start_shared(request: HttpRequest, token: str) -> HttpResponse:
    """The same as `start` for whoever has the link of a lesson."""
    return _start(request, _shared(token))


@require_POST
def start(request: HttpRequest, lesson: str) -> HttpResponse:
    """A room of one's own to take this lesson in; instructors may open it for a class."""
    return _start(request, _chosen(lesson))


def _start(request: HttpRequest, chosen: Offer) -> HttpResponse:
    release = request.POST.get("release", "")
    if release not in chosen.lesson.releases:
        release = chosen.lesson.releases[0]
    owner = owner_of(request)
    if request.POST.get("for") == "class" and owner is not None:
        return go(request, "class", open_room(chosen, release, Mode.FOLLOW, owner).code)
    if (reason := why_no_room(request)) is not None:
        messages.error(request, str(reason))
        return say(request, "lessons")
    room = open_room(chosen, release, Mode.ALONE, owner)
    request.session[MINE] = {**request.session.get(MINE, {}), chosen.lesson.id: room.code}
    return go(request, room)


def class_of(code: str) -> Course:
    found = Course.objects.select_related("room__branch").filter(room__code=tidy(code), room__stopped=None)
    return get_object_or_404(found)


def taught(request: HttpRequest, code: str) -> Course:
    """The class with this code, for whoever teaches it. Raises PermissionDenied."""
    course = class_of(code)
    if role_of(request.user, course.room) is not Role.STAFF:
        raise PermissionDenied(NOT_YOURS)
    return course


@require_safe
@login_required
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The way to the room as a QR code, drawn here."""
    course = taught(request, code)
    drawn = io.BytesIO()
    segno.make(address_of(request, course.room), error="m").save(
        drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_safe
@login_required
def answers_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every answer of the class, one a line."""
    course = taught(request, code)
    names = {s.who: s for s in Student.objects.filter(room=course.room)}
    numbers = {who: place for place, who in enumerate(names, 1)}
    language = page_language()

    def row(answer: Answer) -> list[object]:
        student = names.get(answer.who)
        return [
            course.lesson,
            answer.ask,
            answer.round,
            numbers.get(answer.who, 0),
            student.nickname if student is not None else "",
            _said(answer.answer),
            None if answer.right is None else "yes" if answer.right else "no",
            answer.written.isoformat(timespec="seconds"),
            student.code or code_of(answer.who) if student is not None else "",
            answer.confidence,
            (answer.words or {}).get(language, ""),
        ]

    head = ["lesson", "question", "round", "student", "nickname", "answer", "right", "written"]
    rows = [row(answer) for answer in Answer.objects.filter(room=course.room)]
    return table(f"{course.room.code}-answers.csv", [*head, "code", "confidence", "in words"], rows)


def _said(answer: object) -> object:
    """An answer as a cell: an order in one, a number as it was typed."""
    match answer:
        case list():
            return " > ".join(answer)
        case float() if answer.is_integer():
            return int(answer)
    return answer


@require_POST
@login_required
def delete_answers(request: HttpRequest, code: str) -> HttpResponse:
    """Forget who was in the class and what they answered."""
    course = taught(request, code)
    Answer.objects.filter(room=course.room).delete()
    Reflection.objects.filter(student__room=course.room).delete()
    Student.objects.filter(room=course.room).update(nickname="", code="")
    messages.success(request, _("The answers were deleted."))
    return say(request, "class", course.room.code)


@require_POST
def explore(request: HttpRequest, code: str) -> HttpResponse:
    """A copy of the class's room as it is now, for this visitor alone, with a way back."""
    course = class_of(code)
    if (reason := may(actor_of(request, course.room), EXPLORE)) is not None:
        messages.error(request, str(reason))
        return redirect(course.room)
    if (reason := why_no_room(request)) is not None:
        messages.error(request, str(reason))
        return redirect(course.room)
    return redirect(copy_of(course, owner_of(request)))


@require_POST
def own_copy(request: HttpRequest, code: str) -> HttpResponse:
    """This student's private copy of the class, in which the present task is done."""
    course = class_of(code)
    student = Student.objects.filter(room=course.room, who=request.session.get(WHO, "")).first()
    standing = newest(course.room.branch) if course.room.branch is not None else None
    steps = load_lesson(course.text).steps
    step = steps[standing.step] if standing is not None and standing.step >= 0 else None
    if course.mode == Mode.ALONE or student is None or step is None or not step.own_copy:
        messages.error(request, _("The class has no task at the moment."))
        return redirect(course.room)
    if (mine := private_copy(course, student, step.id)) is not None:
        return redirect(mine)
    if (reason := why_not_one_more(request)) is not None:
        messages.error(request, str(reason))
        return redirect(course.room)
    return redirect(make_private_copy(course, student, step.id))
