"""Which draft a page is about, for those who may see it, and the way back to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from visualizer.rooms.doors import check
from visualizer.rooms.permissions import CHANGE
from visualizer.studio.models import Draft


def draft_of(request: HttpRequest, pk: int, act: str = CHANGE) -> Draft:
    """The draft, if this account may do that with it. Raises PermissionDenied, Http404."""
    drafts = Draft.objects.select_related("publication").prefetch_related("shared_with")
    draft = get_object_or_404(drafts, pk=pk)
    check(request.user, act, draft)
    return draft


def back_to(request: HttpRequest, draft: Draft) -> HttpResponse:
    """To the draft, as a form where somebody comes from its form, otherwise as a text."""
    return redirect("studio-form", draft.pk) if request.POST.get("to") == "form" else redirect(draft)
