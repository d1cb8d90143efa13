"""The page on which instructors find their rooms: searched, paged, stopped and opened again."""

from typing import Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from visualizer.htmx import go, page_or_fragment, wants_fragment
from visualizer.rooms.codes import tidy
from visualizer.rooms.doors import check, instructors_only
from visualizer.rooms.models import Room, RoomQuerySet
from visualizer.rooms.permissions import STOP
from visualizer.rooms.stopping import reopen, stop

PER_PAGE: Final = 25


@require_safe
@instructors_only
def listing(request: HttpRequest) -> HttpResponse:
    """The rooms of this account and those shared with it."""
    wanted = {"q": request.GET.get("q", "").strip()[:80], "open": request.GET.get("open", "")}
    page = Paginator(_fitting(request, **wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "wanted": wanted}
    return page_or_fragment(request, "rooms/list.html", "rooms/_found.html", context)


def _fitting(request: HttpRequest, q: str, **wanted: str) -> RoomQuerySet:
    found = _rows().listed_for(request.user)
    if wanted["open"]:
        found = found.filter(stopped=None)
    for word in q.split():
        found = found.filter(
            Q(code=tidy(word))
            | Q(name__icontains=word)
            | Q(scenario__title__en__icontains=word)
            | Q(scenario__title__zh__icontains=word)
        )
    return found


def _rows() -> RoomQuerySet:
    """Rooms with everything that a row of the list shows."""
    return Room.objects.select_related("owned_by", "course").prefetch_related("shared_with")


@require_POST
@instructors_only
def stopped(request: HttpRequest, code: str) -> HttpResponse:
    """Stop a room, or open it again; its row to htmx."""
    room = get_object_or_404(_rows(), code=tidy(code))
    check(request.user, STOP, room)
    (stop if request.POST.get("stop") else reopen)(room)
    if wants_fragment(request):
        return render(request, "rooms/_row.html", {"room": room})
    return go(request, "rooms")
