"""Drafts given to others: published in the catalogue, shared by link, with colleagues, opened for a class."""

from typing import Final

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clustersim.digits import is_whole
from clustersim.lesson import load_lesson
from visualizer.accounts.standing import is_instructor
from visualizer.lessons.catalogue import Offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.library.models import Publication
from visualizer.rooms.doors import instructors_only
from visualizer.rooms.permissions import SHARE
from visualizer.studio import bundles, drafts
from visualizer.studio.access import back_to, draft_of
from visualizer.studio.models import Draft
from visualizer.studio.reviews import go_on, is_taken, read_draft

LINK: Final = "link"


@instructors_only
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the draft as it is now into the library, if its check passes: listed, or for who has the link."""
    draft = draft_of(request, pk)
    progress = go_on(draft.text, request.user, until_checked=True)
    if not progress.passes:
        messages.error(
            request, _("Only a lesson whose check passes can be published. See what is wrong below.")
        )
        return back_to(request, draft)
    if is_taken(progress.reading.id, draft.publication):
        taken = _("Another lesson has the id “%(id)s”. Choose another one in its line `id:`.")
        messages.error(request, taken % {"id": progress.reading.id})
        return back_to(request, draft)
    listed = request.POST.get("where") != LINK
    _publish(draft, progress.reading.id, listed=listed)
    drafts.mark_published(draft, request.user)
    messages.success(
        request, _("Published: it is in the catalogue.") if listed else _("Whoever has the link finds it.")
    )
    return back_to(request, draft)


@transaction.atomic
def _publish(draft: Draft, lesson: str, *, listed: bool) -> None:
    publication = draft.publication or Publication(owned_by=draft.owned_by)
    publication.lesson, publication.text, publication.listed = lesson, draft.text, listed
    publication.digest, publication.published = bundles.digest(draft.text), timezone.now()
    publication.save()
    Draft.objects.filter(pk=draft.pk).update(publication=publication)


@instructors_only
@require_POST
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back. Rooms that teach it already keep it."""
    draft = draft_of(request, pk)
    if draft.publication is not None:
        draft.publication.delete()
        messages.success(request, _("It is not published any more. Rooms that teach it keep it."))
    return back_to(request, draft)


@instructors_only
@require_POST
def open_for_class(request: HttpRequest, pk: int) -> HttpResponse:
    """A room for a class, or to try it oneself, of the draft as it is now, published or not."""
    draft = draft_of(request, pk)
    reading = read_draft(draft.text, request.user)
    if not reading.readable:
        messages.error(request, _("It cannot be read yet: see what is wrong."))
        return back_to(request, draft)
    lesson = load_lesson(draft.text)
    release = request.POST.get("release", "")
    release = release if release in lesson.releases else lesson.releases[0]
    alone = request.POST.get("for") != "class"
    room = open_room(Offer(lesson, draft.text), release, Mode.ALONE if alone else Mode.FOLLOW, request.user)
    if not alone:
        return redirect("class", room.code)
    step = request.POST.get("step", "")
    wanted = step if is_whole(step) and int(step) < len(lesson.steps) else ""
    return redirect(f"{room.get_absolute_url()}?step={wanted}") if wanted else redirect(room)


@instructors_only
@require_POST
def authors(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it together with a colleague, or no longer."""
    draft = draft_of(request, pk, SHARE)
    name = request.POST.get("name", "").strip()[:150]
    found = get_user_model().objects.filter(username=name, is_active=True).first()
    if found is None or not is_instructor(found):
        messages.error(request, _("No instructor is called that."))
    elif "remove" in request.POST:
        draft.shared_with.remove(found)
    else:
        draft.shared_with.add(found)
        messages.success(request, _("%(name)s can write it, too.") % {"name": found.get_username()})
    return back_to(request, draft)
