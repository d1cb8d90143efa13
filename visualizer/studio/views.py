"""The pages of the studio: all drafts, the editor with what is wrong beside it, the check, the versions."""

import difflib
from collections.abc import Iterator
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clustersim import RELEASES
from clustersim.bounds import LARGEST_LESSON
from visualizer.htmx import page_or_fragment, wants_fragment
from visualizer.lessons.catalogue import shipped_offers
from visualizer.rooms.doors import instructors_only
from visualizer.rooms.permissions import DELETE
from visualizer.studio import bundles, drafts, starts
from visualizer.studio.access import back_to, draft_of
from visualizer.studio.forms import TextForm
from visualizer.studio.models import Draft, Version
from visualizer.studio.results import results
from visualizer.studio.reviews import go_on, known_of, read_draft
from visualizer.studio.words import words

A_PAGE: Final = 30
MOST_DIFFERENCES: Final = 400
"""Lines of a difference that are shown."""


@instructors_only
@require_safe
def lessons(request: HttpRequest) -> HttpResponse:
    """The drafts of this account, and ways to begin another."""
    found = Draft.objects.reached_by(request.user).select_related("publication", "owned_by")
    binned = "binned" in request.GET
    found = found.filter(binned__isnull=not binned)
    if wanted := request.GET.get("search", "").strip()[:80]:
        found = found.filter(name__icontains=wanted)
    context = {
        "page": Paginator(found.order_by("-changed"), A_PAGE).get_page(request.GET.get("page")),
        "binned": binned,
        "search": wanted,
        "shipped": [(one.lesson.id, one.lesson.number, starts.title(one)) for one in shipped_offers()],
        "largest": LARGEST_LESSON,
        "releases": tuple(RELEASES),
    }
    return page_or_fragment(request, "studio/list.html", "studio/_drafts.html", context)


@instructors_only
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin one: from the template, from a shipped lesson, from a text, or from a file or bundle."""
    try:
        texts = starts.texts(request)
        made = [drafts.begin(request.user, text) for text in texts]
    except drafts.NotSaved as error:
        messages.error(request, str(error))
        return redirect("studio")
    if len(made) == 1:
        brought = "text" in request.POST or "file" in request.FILES
        return redirect(made[0]) if brought else redirect("studio-form", made[0].pk)
    messages.success(request, _("%(count)s lessons were brought.") % {"count": len(made)})
    return redirect("studio")


@instructors_only
@require_safe
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor."""
    draft = draft_of(request, pk)
    context = {
        "draft": draft,
        "form": TextForm(initial={"text": draft.text, "revision": draft.revision}),
        "words": words(),
        **_findings(draft, request.user),
    }
    return render(request, "studio/edit.html", context)


def _findings(draft: Draft, user: Any) -> dict[str, Any]:
    return {"draft": draft, **results(known_of(draft.text, user))}


@instructors_only
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was written; where somebody else wrote in the meantime, both texts are shown and kept."""
    draft = draft_of(request, pk)
    form = TextForm(request.POST)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _said(request, draft, {"refused": message})
    base = form.cleaned_data["revision"] if "mine" not in request.POST else draft.revision
    try:
        saved = drafts.save(draft.pk, request.user, base, form.cleaned_data["text"])
    except drafts.NotSaved as error:
        return _said(request, draft, {"refused": str(error)})
    draft.refresh_from_db()
    if saved.theirs is not None:
        return _said(request, draft, {"conflict": conflict(saved, drafts.tidy(form.cleaned_data["text"]))})
    return _said(request, draft, {"saved": True, "checking": "check" in request.POST})


def conflict(saved: drafts.Saved, mine: str) -> dict[str, Any]:
    """What two authors wrote at once, for the page."""
    theirs = saved.theirs or ""
    lines = list(differences(theirs, mine))
    return {"who": saved.who, "mine": mine, "theirs": theirs, "lines": lines, "kept": saved.kept}


def _said(request: HttpRequest, draft: Draft, told: dict[str, Any]) -> HttpResponse:
    context = {**_findings(draft, request.user), **told}
    if wants_fragment(request):
        return render(request, "studio/_saved.html", context)
    if "saved" in told:
        messages.success(request, _("Saved."))
        return redirect("studio-check", draft.pk) if "check" in request.POST else redirect(draft)
    text = request.POST.get("text", "")
    form = TextForm(initial={"text": text, "revision": request.POST.get("revision")})
    return render(request, "studio/edit.html", {**context, "form": form, "words": words()}, status=409)


@instructors_only
@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check and sweep: one piece at a time for htmx, which asks again; everything for everybody else."""
    draft = draft_of(request, pk)
    by_htmx = bool(getattr(request, "htmx", False))
    progress = go_on(draft.text, request.user, all_of_it=not by_htmx)
    context = {"draft": draft, "checking": True, **results(progress)}
    return page_or_fragment(request, "studio/check.html", "studio/_results.html", context)


# --- versions ----------------------------------------------------------------------------------------------


@instructors_only
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version, the newest first, each with what differs from the one before it."""
    draft = draft_of(request, pk)
    page = Paginator(draft.versions.select_related("author").order_by("-pk"), 10).get_page(
        request.GET.get("page")
    )
    shown = []
    for version in page:
        before = draft.versions.filter(pk__lt=version.pk).exclude(kind=Version.Kind.CONFLICT).last()
        lines = list(differences(before.text, version.text)) if before is not None else []
        shown.append({"version": version, "lines": lines})
    return render(request, "studio/versions.html", {"draft": draft, "page": page, "shown": shown})


@instructors_only
@require_POST
def restore(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Back to an earlier version, as a new one."""
    draft = draft_of(request, pk)
    drafts.restore(draft.pk, request.user, get_object_or_404(draft.versions, pk=version))
    messages.success(request, _("It is as it was then."))
    return back_to(request, draft)


def differences(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The lines that differ, with a few around them: (sign, line)."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    for number, line in enumerate(found):
        if number >= MOST_DIFFERENCES:
            yield ("…", "")
            return
        if number >= 2:
            yield (line[:1], line[1:])


@instructors_only
@require_POST
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft out of the list, or back into it."""
    draft = draft_of(request, pk, DELETE)
    draft.binned = None if draft.binned else timezone.now()
    draft.save(update_fields=["binned"])
    messages.success(request, _("Put aside. It can be taken back.") if draft.binned else _("It is back."))
    return redirect("studio")


@instructors_only
@require_http_methods(["GET", "HEAD"])
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The lesson as a file, or as a bundle with its content hash."""
    draft = draft_of(request, pk)
    name = read_draft(draft.text, request.user).id or f"lesson-{draft.pk}"
    if "bundle" in request.GET:
        response = HttpResponse(bundles.write([(name, draft.text)]), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
        return response
    response = HttpResponse(draft.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response
