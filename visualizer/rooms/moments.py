"""Moments, timelines, comparisons and files of runs over HTTP: what is too large or lasting for a frame."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

import msgspec
from channels.db import database_sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from clustersim.bounds import LARGEST_RUN_FILE
from clustersim.run import Inputs
from clustersim.runfile import RunFile, RunFileError, read_run, replay_run
from clustersim.scenario.version import engine_version
from visualizer import workers
from visualizer.lessons.visitors import refused
from visualizer.rooms import answering, branches
from visualizer.rooms.branches import NoSuchBranch
from visualizer.rooms.codes import tidy
from visualizer.rooms.entrance import address_of, entrance
from visualizer.rooms.inquiries import branch_source, past_address
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.making import owner_of, why_no_room
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.opening import source_of_branch
from visualizer.rooms.permissions import DOWNLOAD
from visualizer.rooms.registry import rooms
from visualizer.rooms.sources import Source, with_run, with_runs
from visualizer.rooms.views import MINE

P = ParamSpec("P")

FURTHEST: Final = 2**53
JSON: Final = "application/json"


class Forbidden(Exception):
    """This visitor may not do that there, and why."""


class Wrong(Exception):
    """The address says nothing sensible."""


View = Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponse]]


def looked_up(view: View[P]) -> View[P]:
    """What asks for nothing that is there is answered with 400 or 404, what asks too much with 503."""

    @wraps(view)
    async def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return await view(request, *args, **kwargs)
        except Wrong:
            return HttpResponse(status=400)
        except Forbidden as why:
            return HttpResponse(str(why), status=403, content_type="text/plain; charset=utf-8")
        except (NoSuchRoom, Stopped, NoSuchBranch):
            return HttpResponse(status=404)
        except workers.NotComputed:
            return HttpResponse(status=503, headers={"Retry-After": "1"})

    return answer


async def _side(request: HttpRequest, act: str, code: str, branch: int | None) -> tuple[Room, int, Source]:
    """The run of a branch, for somebody who wants to do that with it: the live one if the room plays it here,
    else from its log. Raises NoSuchRoom, Stopped, NoSuchBranch, Forbidden.
    """
    if not entrance.take(address_of(request)):
        raise workers.Busy
    hub = rooms.running(tidy(code))
    room = hub.room if hub is not None else await database_sync_to_async(find)(tidy(code))
    if (reason := await refused(request, room, act)) is not None:
        raise Forbidden(str(reason))
    if hub is not None:
        return room, *await branch_source(hub, branch)
    number = branch or room.branch_id
    assert number is not None
    return room, number, await source_of_branch(room, number)


def _number(request: HttpRequest, name: str, default: int | None) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        raise Wrong(name) from None
    if abs(number) > FURTHEST:
        raise Wrong(name)
    return number


def _json(data: str | bytes) -> HttpResponse:
    return HttpResponse(data, content_type=JSON)


@require_safe
@gzip_page
@looked_up
async def past(request: HttpRequest, code: str) -> HttpResponse:
    """A moment of a branch, whole."""
    room, branch, source = await _side(request, "rewind", code, _number(request, "branch", None))
    t = _number(request, "t", source.until)
    assert t is not None
    href = past_address(room, branch, t)
    return _json(
        await workers.run(with_run, answering.past, source, branch, t, None, href, True, owner=room.pk)
    )


@require_safe
@gzip_page
@looked_up
async def timeline_json(request: HttpRequest, code: str) -> HttpResponse:
    """What the timeline draws between two moments."""
    room, branch, source = await _side(request, "rewind", code, _number(request, "branch", None))
    since, until = _number(request, "since", 0), _number(request, "until", source.until)
    assert since is not None
    assert until is not None
    return _json(await workers.run(with_run, answering.drawn, source, branch, since, until, owner=room.pk))


# --- two runs ----------------------------------------------------------------------------------------------


def _named(request: HttpRequest, side: str) -> tuple[str, int | None]:
    """CODE or CODE:BRANCH."""
    code, _colon, branch = request.GET.get(side, "").partition(":")
    if not code or (branch and not branch.isdecimal()) or len(branch) > 15:
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
        room, number, source = await _side(request, "rewind", *_named(request, name))
        branch = await database_sync_to_async(branches.find)(room.pk, number)
        sides.append((room.code, number, branch.name))
        sources.append(source)
    t = _number(request, "t", None)
    compared = answering.side_by_side
    return _json(await workers.run(with_runs, compared, tuple(sources), *sides, t, owner=room.pk))


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The page that shows two runs on one time axis."""
    try:
        sides = [_named(request, side) for side in ("a", "b")]
        found = [find(tidy(code)) for code, _branch in sides]
    except Wrong:
        return HttpResponse(status=400)
    except (NoSuchRoom, Stopped):
        messages.error(request, _("There is no room with this code."))
        return redirect("landing")
    return render(request, "compare.html", {"rooms": found, "query": request.GET.urlencode()})


# --- files -------------------------------------------------------------------------------------------------


@require_safe
@looked_up
async def run_json(request: HttpRequest, code: str) -> HttpResponse:
    """A run as a file."""
    room, branch, source = await _side(request, DOWNLOAD, code, _number(request, "branch", None))
    file = await workers.run(with_run, answering.written, source, source.until, owner=room.pk)
    response = HttpResponse(file, content_type=JSON)
    response["Content-Disposition"] = f'attachment; filename="{room.code}-{branch}.run.json"'
    return response


@require_POST
def import_run(request: HttpRequest) -> HttpResponse:
    """A room from a file. What is no run, was changed, or cannot be computed is refused with the reason."""
    if (reason := why_no_room(request)) is not None:
        messages.error(request, str(reason))
        return redirect("landing")
    upload = request.FILES.get("run")
    if upload is None or upload.size is None or upload.size > LARGEST_RUN_FILE:
        messages.error(request, _("This file is larger than any run.") if upload else _("Choose a file."))
        return redirect("landing")
    try:
        file = read_run(upload.read())
        inputs, same = workers.wait(_computed, file, owner="import")
    except RunFileError as error:
        messages.error(request, error.message.text(get_language() or "en"))
        return redirect("landing")
    except workers.Busy:
        messages.error(request, _("The server is busy. Try again in a moment."))
        return redirect("landing")
    except workers.NotComputed:
        messages.error(request, _("This run takes more time or memory than there is for one."))
        return redirect("landing")
    room = _room_of(file, inputs, owner_of(request))
    request.session[MINE] = room.code
    if not same:
        messages.warning(
            request,
            _(
                "This run was computed by another version of the model (%(engine)s), which behaved "
                "otherwise: what you see is what the present one makes of the same inputs."
            )
            % {"engine": file.engine},
        )
    return redirect(room)


def _computed(file: RunFile) -> tuple[Inputs, bool]:
    """What the run is made of, and whether it is as it was where the file was written. In a worker."""
    run, same = replay_run(file)
    return run.inputs, same


def _room_of(file: RunFile, inputs: Inputs, owner: Any) -> Room:
    room = Room.objects.open_with(file.scenario, owned_by=owner)
    assert room.branch is not None
    room.branch.mark = file.until
    room.branch.engine_version = engine_version()
    room.branch.save(update_fields=["mark", "engine_version"])
    CommandEntry.objects.bulk_create(
        CommandEntry(
            branch=room.branch,
            seq=seq,
            t=given.t,
            actor=given.actor[:80],
            command=msgspec.to_builtins(given.command),
            epoch=0,
        )
        for seq, given in enumerate(inputs.commands, 1)
    )
    return room
