"""The pages around the stage: finding a room, the room itself, and its snapshot."""

import asyncio
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_POST, require_safe

from clustersim import RELEASES, default_scenario
from clustersim.cluster import Cluster, Snapshot
from visualizer.accounts.standing import is_instructor
from visualizer.htmx import go, say
from visualizer.lessons.models import Course
from visualizer.packed import packed_json
from visualizer.rooms.codes import tidy
from visualizer.rooms.entrance import TRY_LATER, address_of, entrance
from visualizer.rooms.making import owner_of, visitor_of, why_no_room
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role, role_of
from visualizer.rooms.states import STOPPED

MINE: Final = "room"
"""Session key of the room a visitor made."""
FEW: Final = 8
"""So many rooms are on the first page."""


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Make a room of one's own, or join one by its code. Instructors see theirs."""
    open_rooms = Room.objects.filter(stopped=None)
    mine = open_rooms.filter(code=request.session.get(MINE, ""))
    open_rooms = open_rooms.listed_for(request.user) if request.user.is_staff else mine
    return render(
        request,
        "landing.html",
        {
            "rooms": open_rooms[:FEW],
            "may_try": settings.VISITORS_MAKE_ROOMS or is_instructor(request.user),
            "releases": tuple(RELEASES),
        },
    )


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """To the room with this code."""
    if not entrance.take(address_of(request)):
        messages.error(request, TRY_LATER)
        return say(request, "landing")
    found = Room.objects.filter(code=tidy(request.POST.get("code", ""))).first()
    if found is None:
        messages.error(request, _("There is no room with this code."))
        return say(request, "landing")
    return go(request, found)


@require_POST
def try_it(request: HttpRequest) -> HttpResponse:
    """The visitor's own room with the default cluster of a release: the one made before, if it is still
    open and of that release."""
    release = request.POST.get("release", "")
    if release not in RELEASES:
        release = next(iter(RELEASES))
    mine = Room.objects.filter(code=request.session.get(MINE, ""), stopped=None, release=release).first()
    if mine is None:
        if (reason := why_no_room(request)) is not None:
            messages.error(request, str(reason))
            return say(request, "landing")
        mine = Room.objects.open_with(default_scenario(release), playing=True, owned_by=owner_of(request))
        request.session[MINE] = mine.code
    return go(request, mine)


@require_safe
@gzip_page
def room(request: HttpRequest, code: str) -> HttpResponse:
    """The stage."""
    if not entrance.take(address_of(request)):
        messages.error(request, TRY_LATER)
        return redirect("landing")
    found = get_object_or_404(Room, code=tidy(code))
    if found.state == STOPPED:
        messages.error(request, _("This room was stopped."))
        return redirect("landing")
    context = {
        "room": found,
        "ws_path": f"/ws/rooms/{found.code}/",
        "can_act": role_of(request.user, found).can_act,
        "course": Course.objects.filter(room=found).first(),
        "presenting": "present" in request.GET,
    }
    # A visitor of a class is known by a cookie, so that answers survive a reload.
    visitor_of(request)
    return render(request, "room.html", context)


def _version(request: HttpRequest, code: str) -> str | None:
    hub = rooms.running(tidy(code))
    return None if hub is None else f'"{hub.runner.player.epoch}-{hub.runner.player.seq}"'


@require_safe
@condition(etag_func=_version)
async def snapshot(request: HttpRequest, code: str) -> HttpResponse:
    """Everything on the stage of a running room, for snapshots too large for a WebSocket frame."""
    hub = rooms.running(tidy(code))
    if hub is None:
        return HttpResponse(status=404)
    return await packed_json(request, hub.runner.player.whole())


@require_safe
async def state_hash(request: HttpRequest, code: str) -> HttpResponse:
    """The digest of a running room's state, for staff who compare a run with its replay."""
    user = await request.auser()
    hub = rooms.running(tidy(code))
    if hub is None or role_of(user, hub.room) is not Role.STAFF:
        return HttpResponse(status=404)
    player = hub.runner.player
    told = {"t": player.now, "branch": player.branch}
    stands = player.cluster.snapshot()
    # of a large cluster it takes a second, and no room waits for it
    return JsonResponse({**told, "hash": await asyncio.to_thread(_hash_of, stands)})


def _hash_of(stands: Snapshot) -> str:
    return Cluster.restore(stands).state_hash()
