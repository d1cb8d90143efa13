"""The form view: the same text, step by step, for people who never saw YAML."""

from typing import Any, Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clustersim.digits import is_whole
from clustersim.faults import ACTIONS
from clustersim.lesson import LessonError, load_lesson
from clustersim.lesson.edit import KINDS, PLACES, Document, NotEditable, changed
from clustersim.lesson.facts import facts_of
from clustersim.lesson.names import names_of
from clustersim.lesson.schema import LANGUAGES
from visualizer.rooms.doors import instructors_only
from visualizer.studio import drafts
from visualizer.studio.access import draft_of
from visualizer.studio.models import Draft
from visualizer.studio.results import results
from visualizer.studio.reviews import known_of
from visualizer.studio.views import conflict

MOST_FIELDS: Final = 400
MOST_SUGGESTED: Final = 20
"""Of the things of one kind, so many are offered in the fields."""


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
        "head": _head(document),
        "steps": [_step(document, index) for index in range(len(document.steps))],
        "kinds": [(kind, _kind(kind)) for kind in KINDS],
        **_suggestions(draft.text if known.reading.readable else ""),
        **results(known),
    }


@instructors_only
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what a form says to its places, then move, remove or add a step."""
    draft = draft_of(request, pk)
    places = {
        name: str(value)[:2000]
        for name, value in list(request.POST.items())[:MOST_FIELDS]
        if PLACES.fullmatch(name)
    }
    base = request.POST.get("revision") or request.POST.get("base", "")
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
    if request.htmx and not request.POST.get("op"):  # type: ignore[attr-defined]
        return render(request, "studio/_saved.html", _told(draft, request, saved=True))
    return _reload(request, draft, target)


def _told(draft: Draft, request: HttpRequest, **told: Any) -> dict[str, Any]:
    return {"draft": draft, **results(known_of(draft.text, request.user)), **told}


def _again(request: HttpRequest, draft: Draft, **told: Any) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "studio/_saved.html", _told(draft, request, **told))
    if "conflict" in told:
        return render(request, "studio/form.html", {**_page(draft, request), **told}, status=409)
    messages.error(request, told["refused"])
    return redirect("studio-form", draft.pk)


def _reload(request: HttpRequest, draft: Draft, step: int) -> HttpResponse:
    response = redirect("studio-form", draft.pk)
    response["Location"] += f"#step-{step}"
    if request.htmx:  # type: ignore[attr-defined]
        again = HttpResponse()
        again["HX-Redirect"] = f"{response['Location'].replace('#', f'?at={draft.revision}#')}"
        return again
    return response


def _operated(text: str, operation: str) -> tuple[str, int]:
    """The text after an operation such as "up:2" or "add:2:ask", and the step to look at. Raises
    NotEditable.
    """
    name, _colon, rest = operation.partition(":")
    index, _colon, kind = rest.partition(":")
    if not is_whole(index) or len(index) > 2:
        return text, 0
    place, document = int(index), Document(text)
    match name:
        case "up":
            document.move(place, -1)
            place -= 1
        case "down":
            document.move(place, 1)
            place += 1
        case "remove":
            document.remove(place)
        case "add":
            document.add(place, kind)
            place += 1
    return document.text(), max(place, 0)


# --- what a form shows -------------------------------------------------------------------------------------


def _field(document: Document, path: str) -> dict[str, Any]:
    value = document.at(path)
    return {"path": path, "value": "" if value is None or isinstance(value, dict | list) else str(value)}


def _both(document: Document, path: str) -> list[dict[str, Any]]:
    """A text in both languages."""
    return [{**_field(document, f"{path}/{language}"), "language": language} for language in LANGUAGES]


def _head(document: Document) -> dict[str, Any]:
    return {
        "title": _both(document, "title"),
        "goal": _both(document, "goal"),
        "minutes": _field(document, "minutes"),
        "level": _field(document, "level"),
    }


def _step(document: Document, index: int) -> dict[str, Any]:
    path, step = f"steps/{index}", document.steps[index]
    found: dict[str, Any] = {
        "index": index,
        "id": str(step.get("id", "")),
        "last": index == len(document.steps) - 1,
        "texts": [
            (_label(name), _both(document, f"{path}/{name}")) for name in ("say", "reflect") if name in step
        ],
    }
    if isinstance(step.get("ask"), dict):
        found["ask"] = _ask(document, f"{path}/ask")
    if "do" in step:
        found["do"] = _acts(document, f"{path}/do")
    if "run" in step:
        found["run"] = [
            (_label(name), _field(document, f"{path}/run/{name}"))
            for name in ("for", "until", "limit", "speed")
        ]
    if "check" in step:
        found["checks"] = [
            _field(document, f"{path}/check/{place}/that") for place in range(len(step["check"]) + 1)
        ]
    if isinstance(step.get("task"), dict):
        found["task"] = {
            "text": _both(document, f"{path}/task/text"),
            "done": _field(document, f"{path}/task/done"),
            "solution": _acts(document, f"{path}/task/solution"),
        }
    return found


def _acts(document: Document, path: str) -> list[dict[str, Any]]:
    """Its actions, and a row for one more."""
    known = document.at(path)
    count = len(known) if isinstance(known, list) else 0
    return [
        {name: _field(document, f"{path}/{place}/{name}") for name in ("at", "action", "target")}
        for place in range(count + 1)
    ]


def _ask(document: Document, path: str) -> dict[str, Any]:
    options = document.at(f"{path}/options")
    count = len(options) + 1 if isinstance(options, list) else 0
    return {
        "kind": _field(document, f"{path}/kind") if count else None,
        "text": _both(document, f"{path}/text"),
        "options": [
            {
                "text": _both(document, f"{path}/options/{place}"),
                "when": _field(document, f"{path}/options/{place}/when"),
                "reply": _both(document, f"{path}/options/{place}/reply"),
                "new": place == count - 1,
            }
            for place in range(count)
        ],
        "answer": _field(document, f"{path}/answer/from")
        if document.at(f"{path}/answer") is not None
        else None,
        "tolerance": _field(document, f"{path}/answer/tolerance"),
        "explain": _both(document, f"{path}/explain"),
    }


def _suggestions(text: str) -> dict[str, Any]:
    """What can be chosen in the fields: actions, their targets, conditions about this cluster."""
    language = get_language() or "en"
    found: dict[str, Any] = {"actions": tuple(ACTIONS), "targets": [], "conditions": [], "language": language}
    try:
        lesson = load_lesson(f"{text}\n")
    except LessonError:
        return found
    names = names_of(lesson.scenario)
    few = msgspec.structs.replace(
        names, nodes=names.nodes[:MOST_SUGGESTED], owners=names.owners[:MOST_SUGGESTED]
    )
    objects = [spec.target for spec in lesson.scenario.objects]
    found["targets"] = [*few.nodes, *objects[:MOST_SUGGESTED]]
    for fact in facts_of(few):
        words = [word for word in fact.expression.type.words if word]
        found["conditions"] += [f"{fact.text} == '{word}'" for word in words] or [f"{fact.text} == 1"]
    return found


def _label(name: str) -> str:
    return {
        "say": _("What it says"),
        "reflect": _("To think about"),
        "for": _("runs for"),
        "until": _("runs until"),
        "limit": _("at most"),
        "speed": _("speed"),
    }[name]


def _kind(kind: str) -> str:
    return {
        "say": _("something to say"),
        "ask": _("a question"),
        "do": _("something that happens"),
        "task": _("a task for students"),
        "reflect": _("something to think about"),
    }[kind]
