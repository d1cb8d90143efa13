"""What is kept of a class to be looked at afterwards, and what its inventories tell: for its teacher."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clustersim.lesson import Ask, AskKind, Lesson, load_lesson
from clustersim.lesson.file.schema import INVENTORY
from visualizer.accounts.standing import towards
from visualizer.lessons import item_statistics
from visualizer.lessons.codes import code_of
from visualizer.lessons.csv_cells import table
from visualizer.lessons.item_statistics import Given, Item, Sheet
from visualizer.lessons.models import Answer, Course, Mode, PrivateCopy, Reflection, Student
from visualizer.rooms.codes import tidy

UNSURE: Final = ""
_OF_THE_RUN: Final = re.compile(r"\{[^{}]*\}")
"""What a question quotes of its run, such as `{flags.kubelet.port}`."""


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _asked(ask: Ask) -> str:
    """A question in the language of the page, without what only the run knows."""
    return _OF_THE_RUN.sub("…", ask.text.raw(_language()))


def _kept(request: HttpRequest, code: str) -> Course:
    """A class of this teacher, stopped or not. Raises PermissionDenied."""
    found = Course.objects.select_related("room__branch").exclude(mode=Mode.ALONE)
    course = get_object_or_404(found, room__code=tidy(code))
    if towards(request.user, course.room) is None:
        raise PermissionDenied
    return course


# --- a class


@require_safe
@login_required
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Students by questions, what they wrote, and their copies; also after the room was stopped."""
    course = _kept(request, code)
    lesson = load_lesson(course.text)
    students = list(Student.objects.filter(room=course.room))
    asks = [ask for _index, ask in lesson.asks()]
    newest: dict[tuple[str, str], Answer] = {}
    for answer in Answer.objects.filter(room=course.room, past=False).order_by("round", "pk"):
        newest[answer.who, answer.ask] = answer
    language = _language()
    context = {
        "course": course,
        "room": course.room,
        "asks": [{"id": ask.id, "text": _asked(ask)} for ask in asks],
        "rows": [
            {
                "name": _name(course, student, language),
                "cells": [_cell(newest.get((student.who, ask.id))) for ask in asks],
            }
            for student in students
        ],
        "shares": [_share([newest.get((one.who, ask.id)) for one in students]) for ask in asks],
        "reflections": [
            {"name": _name(course, one.student, language), "step": one.step, "text": one.text}
            for one in Reflection.objects.select_related("student").filter(student__room=course.room)
        ],
        "copies": [
            {"name": _name(course, one.student, language), "copy": one, "open": one.room.stopped is None}
            for one in PrivateCopy.objects.select_related("student", "room").filter(student__room=course.room)
        ],
        "inventory": lesson.kind == INVENTORY,
    }
    return render(request, "lessons/record.html", context)


def _name(course: Course, student: Student, language: str) -> str:
    names = student.friendly_name if course.anonymous else student.name
    return names.get(language, names["en"])


def _cell(answer: Answer | None) -> dict[str, Any]:
    """What stands in the grid: a sign, and the same in words."""
    if answer is None:
        return {"sign": "", "words": _("no answer"), "state": "none"}
    if answer.answer is None:
        return {"sign": "?", "words": _("not sure"), "state": "unsure"}
    sure = f" ({answer.confidence}/3)" if answer.confidence is not None else ""
    if answer.right is None:
        return {"sign": "·", "words": _("not judged yet") + sure, "state": "open"}
    return (
        {"sign": "✓", "words": _("right") + sure, "state": "right"}
        if answer.right
        else {"sign": "✗", "words": _("wrong") + sure, "state": "wrong"}
    )


def _share(answers: list[Answer | None]) -> int | None:
    given = [one for one in answers if one is not None and (one.right is not None or one.answer is None)]
    return round(100 * sum(bool(one.right) for one in given) / len(given)) if given else None


# --- inventories


def _inventories(request: HttpRequest) -> list[Course]:
    """The inventories that this teacher's classes took, the newest first."""
    found: QuerySet[Course] = Course.objects.select_related("room__owned_by").exclude(mode=Mode.ALONE)
    own = [one for one in found.order_by("-room__created") if towards(request.user, one.room) is not None]
    return [one for one in own if f"kind: {INVENTORY}" in one.text]


def sheets(course: Course, lesson: Lesson) -> dict[str, Sheet]:
    """The first answers of each student, by the code they keep."""
    kinds = {ask.id: ask.kind for _index, ask in lesson.asks()}
    codes = {one.who: one.code or code_of(one.who) for one in Student.objects.filter(room=course.room)}
    found: dict[str, dict[str, Given]] = {}
    for answer in Answer.objects.filter(room=course.room, past=False, round=1):
        if answer.who in codes:
            chosen = _chosen_in(answer.answer, kinds.get(answer.ask))
            given = Given(chosen, bool(answer.right), answer.confidence)
            found.setdefault(codes[answer.who], {})[answer.ask] = given
    return dict(found)


def _chosen_in(answer: Any, kind: AskKind | None) -> tuple[str, ...]:
    """What an answer chooses: an order, and a number, is one thing."""
    if answer is None:
        return (UNSURE,)
    if isinstance(answer, list):
        return tuple(answer) if kind is AskKind.SELECT else (AskKind.ORDER.between.join(answer),)
    return (f"{answer:g}" if isinstance(answer, float) else str(answer),)


class Taken:
    """An inventory that a class took."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.lesson: Lesson = load_lesson(course.text)
        self.asks = [ask.id for _index, ask in self.lesson.asks()]
        self.sheets: Mapping[str, Sheet] = sheets(course, self.lesson)
        self.items = item_statistics.items(self.asks, list(self.sheets.values()))

    def options(self, item: Item) -> list[dict[str, Any]]:
        """How often each option was chosen, with its text, the right one marked."""
        ask = next(ask for _index, ask in self.lesson.asks() if ask.id == item.ask)
        rows = [
            {
                "id": option.id,
                "text": option.text.raw(_language()),
                "share": item.shares.get(option.id, 0.0),
                "right": option.when is not None,
            }
            for option in ask.options
        ]
        if not rows:
            by_share = sorted(item.shares.items(), key=lambda one: -one[1])
            rows = [
                {"id": name, "text": name, "share": share, "right": name in ask.parts}
                for name, share in by_share
                if name != UNSURE
            ]
        if UNSURE in item.shares:
            rows.append({"id": "", "text": _("not sure"), "share": item.shares[UNSURE], "right": False})
        return rows


def _chosen(request: HttpRequest, known: list[Course], name: str) -> Taken | None:
    code = tidy(request.GET.get(name, ""))
    return next((Taken(course) for course in known if course.room.code == code), None)


@require_safe
@login_required
def inventory(request: HttpRequest) -> HttpResponse:
    """One inventory, or a class before and after: gain, difficulty, discrimination, what was chosen."""
    known = _inventories(request)
    before, after = (_chosen(request, known, name) for name in ("before", "after"))
    both = [one for one in (before, after) if one is not None]
    shared = [] if before is None or after is None else [ask for ask in before.asks if ask in after.asks]
    context = {
        "known": known,
        "before": before,
        "after": after,
        "gain": item_statistics.gain(shared, before.sheets, after.sheets)
        if before is not None and after is not None
        else None,
        "tables": [
            {
                "taken": taken,
                "rows": [
                    {
                        "item": item,
                        "text": _asked(taken.lesson.asks()[place][1]),
                        "options": taken.options(item),
                    }
                    for place, item in enumerate(taken.items)
                ],
            }
            for taken in both
        ],
        "query": request.GET.urlencode(),
        "fewest": item_statistics.FEWEST,
    }
    return render(request, "lessons/inventory.html", context)


@require_safe
@login_required
def inventory_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file: a line for each option of each question."""
    known = _inventories(request)
    rows: list[list[object]] = []
    for name in ("before", "after"):
        taken = _chosen(request, known, name)
        for item in taken.items if taken is not None else ():
            assert taken is not None
            for option in taken.options(item):
                rows.append(
                    [
                        name,
                        taken.course.room.code,
                        taken.lesson.form,
                        item.ask,
                        item.answered,
                        _number(item.difficulty),
                        _number(item.discrimination),
                        _number(item.sure_right),
                        _number(item.sure_wrong),
                        option["id"] or "not-sure",
                        "yes" if option["right"] else "no",
                        _number(option["share"]),
                    ]
                )
    head = [
        "when", "room", "form", "question", "answered", "difficulty", "discrimination",
        "confidence_right", "confidence_wrong", "option", "right", "share",
    ]  # fmt: skip
    return table("inventory.csv", head, rows)


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
