"""Two runs on one time axis: the page, what it draws, and the runs there are to choose from."""

from typing import Any, Final

from channels.db import database_sync_to_async
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from clustersim.digits import is_whole
from visualizer import workers
from visualizer.htmx import page_or_fragment, say
from visualizer.lessons.views import MINE as LESSONS
from visualizer.rooms.codes import tidy
from visualizer.rooms.computing import answering
from visualizer.rooms.computing.recalling import lane_for, seconds_for, with_runs
from visualizer.rooms.entrance import TRY_LATER, address_of, entrance
from visualizer.rooms.kept import branches
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.models import Branch, Room
from visualizer.rooms.pages.moments import Wrong, as_json, looked_up, number_in, side_of
from visualizer.rooms.pages.views import MINE
from visualizer.texts import in_page_language

MOST_CHOICES: Final = 30


def _named(request: HttpRequest, side: str) -> tuple[str, int | None]:
    """CODE or CODE:BRANCH."""
    code, _colon, branch = request.GET.get(side, "").partition(":")
    if not code or (branch and not is_whole(branch)) or len(branch) > 15:
        raise Wrong(side)
    return code, int(branch) if branch else None


@require_safe
@gzip_page
@looked_up
async def compare_json(request: HttpRequest) -> HttpResponse:
    """Two runs at the same time."""
    sides: list[answering.Side] = []
    sources: list[Source] = []
    for name in ("a", "b"):
        room, number, source = await side_of(request, "rewind", *_named(request, name))
        branch = await database_sync_to_async(branches.find)(room.pk, number)
        sides.append((room.code, number, await database_sync_to_async(branches.called)(branch)))
        sources.append(source)
    t = number_in(request, "t", None)
    compared = answering.side_by_side
    seconds = max(map(seconds_for, sources))
    lane = max(map(lane_for, sources), key=lambda one: one is workers.Lane.LARGE)
    both = (tuple(sources), *sides, t)
    return as_json(await workers.run(with_runs, compared, *both, owner=room.pk, seconds=seconds, lane=lane))


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The page that shows two runs; without both of them, the one on which they are chosen."""
    wanted = {side: request.GET.get(side, "").strip()[:24] for side in ("a", "b")}
    context: dict[str, Any] = {"wanted": wanted, "choices": _choices(request, "")}
    if not all(wanted.values()):
        return render(request, "compare/choose.html", context)
    try:
        for side in wanted:
            find(tidy(_named(request, side)[0]))
    except (Wrong, NoSuchRoom, Stopped):
        messages.error(request, _("There is no room with this code."))
        return render(request, "compare/choose.html", context)
    return render(request, "compare/page.html", {**context, "query": request.GET.urlencode()})


@require_safe
def choices(request: HttpRequest) -> HttpResponse:
    """The runs that fit what is typed, to choose from."""
    if not entrance.take(address_of(request)):
        messages.error(request, TRY_LATER)
        return say(request, "landing")
    typed = next((request.GET[side] for side in ("a", "b", "q") if request.GET.get(side)), "")
    context = {"choices": _choices(request, typed.strip()[:80])}
    return page_or_fragment(request, "compare/choose.html", "compare/_choices.html", context)


def _choices(request: HttpRequest, typed: str) -> list[dict[str, str]]:
    """Branches of the rooms that somebody knows, and of the room whose whole code is typed."""
    code = tidy(typed.partition(":")[0])
    mine = [request.session.get(MINE, ""), *request.session.get(LESSONS, {}).values()]
    known = Q(room__code__in=mine) | Q(room__in=Room.objects.listed_for(request.user).values("pk"))
    found = Branch.objects.filter(known | Q(room__code=code), room__stopped=None)
    for word in typed.split():
        found = found.filter(
            Q(room__code__startswith=code)
            | Q(name__icontains=word)
            | Q(room__name__icontains=word)
            | Q(room__scenario__title__en__icontains=word)
            | Q(room__scenario__title__zh__icontains=word)
        )
    newest = found.select_related("room").order_by("-room__created", "pk")[:MOST_CHOICES]
    return [
        {
            "value": f"{one.room.code}:{one.pk}",
            "text": f"{one.room.title} · {in_page_language(branches.called(one))}",
        }
        for one in newest
    ]
