"""Pages made to be printed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clustersim import RELEASES
from visualizer import workers
from visualizer.accounts.standing import is_instructor
from visualizer.lessons.catalogue import NoSuchLesson, offer
from visualizer.paper.glossary import GLOSSARY
from visualizer.paper.handout import GO_ON, LOOK_AGAIN, Handout, handout
from visualizer.paper.poster import poster, rows
from visualizer.texts import page_language

View = Callable[..., HttpResponse]

PLACES: Final = range(1, 9)
"""Rows of the table of evidence."""


def _handout(lesson: str) -> Handout:
    try:
        chosen = offer(lesson)
    except NoSuchLesson:
        raise Http404 from None
    return workers.wait(handout, chosen.text, page_language(), owner=f"handout of {lesson}")


def _when_not_busy(view: View) -> View:
    """What asks too much at once is answered with 503."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except workers.NotComputed:
            return HttpResponse(status=503, headers={"Retry-After": "1"})

    return answer


@require_safe
@_when_not_busy
def guide(request: HttpRequest, lesson: str) -> HttpResponse:
    """For the teacher: notes, answers, replies."""
    if not is_instructor(request.user):
        raise PermissionDenied
    context = {"lesson": _handout(lesson), "look_again": LOOK_AGAIN, "go_on": GO_ON}
    return render(request, "paper/guide.html", context)


@require_safe
@_when_not_busy
def worksheet(request: HttpRequest, lesson: str) -> HttpResponse:
    """For students: what they predict, what they saw, what it shows."""
    return render(request, "paper/worksheet.html", {"lesson": _handout(lesson), "places": PLACES})


@require_safe
@_when_not_busy
def timeline_poster(request: HttpRequest, release: str) -> HttpResponse:
    """A silent node on one page."""
    if release not in RELEASES:
        raise Http404
    found = workers.wait(poster, release, owner=f"poster of {release}")
    return render(request, "paper/poster.html", {"poster": found, "rows": rows(found)})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """One word for one thing."""
    return render(request, "paper/glossary.html", {"terms": GLOSSARY, "releases": tuple(RELEASES)})
