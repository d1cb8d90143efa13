"""A step as learners will see it: in either language, on a phone and on the projector."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clustersim.lesson.checking.preview import show
from visualizer import workers
from visualizer.htmx import page_or_fragment
from visualizer.rooms.doors import instructors_only
from visualizer.studio.access import draft_of
from visualizer.studio.reviews import PART_SECONDS, read_draft

FRAMES: Final = ("phone", "projector")
LANGUAGES: Final = ("en", "zh-hans")


@instructors_only
@require_safe
def preview(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """The step with this index."""
    draft = draft_of(request, pk)
    reading = read_draft(draft.text, request.user)
    if not reading.readable:
        messages.error(request, _("It cannot be read yet: see what is wrong."))
        return redirect(draft)
    if index >= len(reading.steps):
        raise Http404
    language = request.GET.get("language", get_language() or "en")
    language = language if language in LANGUAGES else "en"
    release = request.GET.get("release", "")
    release = release if release in reading.releases else reading.releases[0]
    frame = request.GET.get("frame", FRAMES[0])
    context = {
        "draft": draft,
        "index": index,
        "steps": list(enumerate(reading.steps)),
        "releases": reading.releases,
        "release": release,
        "shown_language": language,
        "frame": frame if frame in FRAMES else FRAMES[0],
        "previous": index - 1 if index else None,
        "next": index + 1 if index + 1 < len(reading.steps) else None,
    }
    try:
        arguments = (draft.text, release, index, language)
        owner = ("studio", request.user.pk)
        context["shown"] = workers.wait(show, *arguments, seconds=PART_SECONDS, owner=owner)
    except workers.NotComputed:
        messages.error(request, _("This lesson takes too long, or too much memory, to check."))
        return render(request, "studio/preview.html", context)
    return page_or_fragment(request, "studio/preview.html", "studio/_preview.html", context)
