"""The form view: the same text, step by step, for people who never saw YAML."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clustersim import RELEASES
from clustersim.digits import is_whole
from clustersim.faults import ACTIONS
from clustersim.lesson import LessonError, load_lesson
from clustersim.lesson.expressions.names import names_of
from clustersim.lesson.facts import facts_of
from clustersim.lesson.file.beginnings import KINDS
from clustersim.lesson.file.edit import Document, NotEditable, changed, written
from clustersim.lesson.file.places import is_editable
from clustersim.lesson.file.steps import POWERS
from visualizer.htmx import wants_fragment
from visualizer.rooms.doors import instructors_only
from visualizer.studio import drafts, form_fields
from visualizer.studio.access import draft_of
from visualizer.studio.form_labels import kind_of_step
from visualizer.studio.models import Draft
from visualizer.studio.results import results
from visualizer.studio.reviews import known_of
from visualizer.studio.views import conflict

MOST_FIELDS: Final = 1000
MOST_SUGGESTED: Final = 20
"""Of the things of one kind, so many are offered in the fields."""
NEW: Final = re.compile(r"(?P<table>.+)/\+/name")
"""The name of a new entry of a table; its value stands beside it."""


@instructors_only
@require_safe
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Every step as a form of its own."""
    draft = draft_of(request, pk)
    try:
        context = _page(draft, request)
    except NotEditable:
        messages.error(request, _("The form needs a text that can be read as YAML: mend it here first."))
        return redirect(draft)
    return render(request, "studio/form.html", context)


def _page(draft: Draft, request: HttpRequest) -> dict[str, Any]:
    """All that the form shows. Raises NotEditable."""
    document = Document(draft.text)
    known = known_of(draft.text, request.user)
    return {
        "draft": draft,
        "head": form_fields.head(document),
        "steps": [form_fields.step(document, index) for index in range(len(document.steps))],
        "ids": [str(step.get("id", "")) for step in document.steps],
        "kinds": [(kind, kind_of_step(kind)) for kind in KINDS],
        **_suggestions(draft.text if known.reading.readable else ""),
        **results(known),
    }


@instructors_only
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what a form says to its places, then move, remove or add a step."""
    draft = draft_of(request, pk)
    places = _places(request.POST)
    base = request.POST.get("revision") or request.POST.get("base", "")
    before = draft.text
    try:
        text, target = _operated(changed(draft.text, places), request.POST.get("op", ""))
        saved = drafts.save(draft.pk, request.user, int(base) if is_whole(base) else 0, text)
    except NotEditable:
        return _again(
            request, draft, refused=_("The text was changed elsewhere and cannot be read any more.")
        )
    except drafts.NotSaved as error:
        return _again(request, draft, refused=str(error))
    if saved.theirs is not None:
        return _again(request, draft, in_form=True, conflict=conflict(saved, text))
    draft.refresh_from_db()
    if not wants_fragment(request):
        return _reload(draft, target)
    if request.POST.get("op") or any(
        path.endswith(("/ask/kind", "/action")) for path in _differing(before, places)
    ):
        return _drawn_again(request, draft, target)
    return render(request, "studio/_saved.html", _told(draft, request, saved=True))


def _places(posted: Mapping[str, Any]) -> dict[str, str]:
    """What a form says, by path; new entries of tables by the names that they are given."""
    found: dict[str, str] = {}
    for name, value in list(posted.items())[:MOST_FIELDS]:
        new = NEW.fullmatch(name)
        if new is not None and value:
            name, value = f"{new['table']}/{value}", posted.get(f"{new['table']}/+/value", "")
        if is_editable(name):
            found[name] = str(value)[: form_fields.LONGEST]
    return found


def _differing(before: str, places: Mapping[str, str]) -> list[str]:
    document = Document(before)
    return [path for path, value in places.items() if written(document.at(path)) != value]


def _drawn_again(request: HttpRequest, draft: Draft, step: int) -> HttpResponse:
    """All steps, where one has other parts now; whoever looks at them stays there."""
    context = {**_page(draft, request), "saved": True, "again": True}
    answer = render(request, "studio/_steps.html", context)
    answer["HX-Retarget"] = "#steps"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def _told(draft: Draft, request: HttpRequest, **told: Any) -> dict[str, Any]:
    return {"draft": draft, **results(known_of(draft.text, request.user)), **told}


def _again(request: HttpRequest, draft: Draft, **told: Any) -> HttpResponse:
    if wants_fragment(request):
        return render(request, "studio/_saved.html", _told(draft, request, **told))
    if "conflict" in told:
        return render(request, "studio/form.html", {**_page(draft, request), **told}, status=409)
    messages.error(request, told["refused"])
    return redirect("studio-form", draft.pk)


def _reload(draft: Draft, step: int) -> HttpResponse:
    response = redirect("studio-form", draft.pk)
    response["Location"] += f"#step-{step}"
    return response


def _operated(text: str, operation: str) -> tuple[str, int]:
    """The text after an operation such as "up:2", "add:2:ask" or "more:steps/2/check", and the step to look
    at. Raises NotEditable.
    """
    name, _colon, rest = operation.partition(":")
    index, _colon, kind = rest.partition(":")
    document = Document(text)
    if name in ("more", "drop"):
        place = rest.split("/")[1:2]
        (document.begin if name == "more" else document.drop)(rest)
        return document.text(), int(place[0]) if place and is_whole(place[0]) else 0
    if not is_whole(index) or len(index) > 2:
        return text, 0
    step = int(index)
    match name:
        case "up":
            document.move(step, -1)
            step -= 1
        case "down":
            document.move(step, 1)
            step += 1
        case "remove":
            document.remove(step)
        case "add":
            document.add(step, kind)
            step += 1
    return document.text(), max(step, 0)


def _suggestions(text: str) -> dict[str, Any]:
    """What can be chosen in the fields: actions, their targets, conditions about this cluster."""
    found: dict[str, tuple[str, ...]] = {
        "actions": tuple(ACTIONS),
        "powers": (*POWERS, *ACTIONS),
        "releases": tuple(RELEASES),
    }
    try:
        lesson = load_lesson(f"{text}\n")
    except LessonError:
        return {"lists": found, "language": get_language() or "en"}
    names = names_of(lesson.scenario)
    few = msgspec.structs.replace(
        names, nodes=names.nodes[:MOST_SUGGESTED], owners=names.owners[:MOST_SUGGESTED]
    )
    objects = tuple(spec.target for spec in lesson.scenario.objects)
    conditions: list[str] = []
    for fact in facts_of(few):
        words = [word for word in fact.expression.type.words if word]
        conditions += [f"{fact.text} == '{word}'" for word in words] or [f"{fact.text} == 1"]
    found |= {
        "nodes": few.nodes,
        "targets": (*few.nodes, *objects[:MOST_SUGGESTED]),
        "conditions": tuple(conditions),
        "parts": tuple(part.replace("/default/", "/").removeprefix("pod:") for part in few.parts()),
        "moments": tuple(f"{name}[{node}]" for name in _TELLING for node in few.nodes),
        "steps": tuple(step.id for step in lesson.steps),
    }
    return {"lists": found, "language": get_language() or "en"}


_TELLING: Final = (
    "node-not-ready",
    "node-ready-again",
    "pods-deletion-timestamp-first",
    "old-pods-gone-last",
)
"""The moments of a node that are offered."""
