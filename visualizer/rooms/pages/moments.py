"""Moments, timelines, comparisons and files of runs over HTTP: what is too large or lasting for a frame."""

from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any, Concatenate, Final, ParamSpec

import msgspec
from channels.db import database_sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from clustersim.bounds import LARGEST_RUN_FILE
from clustersim.run import Inputs
from clustersim.runfile import RunFile, RunFileError, read_run, replay_run
from clustersim.scenario.version import engine_version
from visualizer import workers
from visualizer.htmx import go, say
from visualizer.lessons.visitors import refused
from visualizer.packed import packed_json
from visualizer.rooms.codes import tidy
from visualizer.rooms.computing import answering
from visualizer.rooms.computing.kept_answers import address_of_past, kept_answers
from visualizer.rooms.computing.opening import source_of_branch
from visualizer.rooms.computing.recalling import as_of, in_worker
from visualizer.rooms.entrance import address_of, entrance
from visualizer.rooms.kept.branches import NoSuchBranch
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.making import owner_of, why_no_room
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.pages.views import MINE
from visualizer.rooms.permissions import DOWNLOAD
from visualizer.rooms.registry import rooms

P = ParamSpec("P")

FURTHEST: Final = 2**53
BETWEEN: Final = frozenset(("since", "until"))
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


async def side_of(request: HttpRequest, act: str, code: str, branch: int | None) -> tuple[Room, int, Source]:
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
        return room, *await hub.source(branch)
    number = branch or room.branch_id
    assert number is not None
    return room, number, await source_of_branch(room, number)


def number_in(request: HttpRequest, name: str, default: int | None) -> int | None:
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


def as_json(data: str | bytes) -> HttpResponse:
    return HttpResponse(data, content_type=JSON)


@require_safe
@looked_up
async def past(request: HttpRequest, code: str) -> HttpResponse:
    """A moment of a branch, whole."""
    room, branch, source = await side_of(request, "rewind", code, number_in(request, "branch", None))
    t = number_in(request, "t", source.until)
    assert t is not None
    text = kept_answers.get(address_of_past(room.code, branch, t))
    if text is None:
        head, cut = source.until, as_of(source, t)
        text, _bare = await in_worker(answering.past, cut, branch, t, None, head, owner=room.pk)
    return await packed_json(request, partial(str, text))


@require_safe
@gzip_page
@looked_up
async def timeline_json(request: HttpRequest, code: str) -> HttpResponse:
    """What the timeline draws between two moments. Where a room plays all of it is known, except for
    the milestones.
    """
    asked = number_in(request, "branch", None)
    room, branch, source = await side_of(request, "rewind", code, asked)
    hub = rooms.running(room.code)
    if hub is not None and hub.runner.player.branch == asked and not BETWEEN & set(request.GET):
        return as_json(hub.runner.player.timeline())
    since, until = number_in(request, "since", 0), number_in(request, "until", source.until)
    assert since is not None
    assert until is not None
    return as_json(await in_worker(answering.drawn, source, branch, since, until, owner=room.pk))


# --- files -------------------------------------------------------------------------------------------------


@require_safe
@looked_up
async def run_json(request: HttpRequest, code: str) -> HttpResponse:
    """A run as a file."""
    room, branch, source = await side_of(request, DOWNLOAD, code, number_in(request, "branch", None))
    file = await in_worker(answering.written, source, source.until, owner=room.pk)
    response = HttpResponse(file, content_type=JSON)
    response["Content-Disposition"] = f'attachment; filename="{room.code}-{branch}.run.json"'
    return response


@require_POST
def import_run(request: HttpRequest) -> HttpResponse:
    """A room from a file. What is no run, was changed, or cannot be computed is refused with the reason."""
    if (reason := why_no_room(request)) is not None:
        messages.error(request, str(reason))
        return say(request, "landing")
    upload = request.FILES.get("run")
    if upload is None or upload.size is None or upload.size > LARGEST_RUN_FILE:
        messages.error(request, _("This file is larger than any run.") if upload else _("Choose a file."))
        return say(request, "landing")
    try:
        file = read_run(upload.read())
        inputs, same = workers.wait(_computed, file, owner="import")
    except RunFileError as error:
        messages.error(request, error.message.text(get_language() or "en"))
        return say(request, "landing")
    except workers.Busy:
        messages.error(request, _("The server is busy. Try again in a moment."))
        return say(request, "landing")
    except workers.NotComputed:
        messages.error(request, _("This run takes more time or memory than there is for one."))
        return say(request, "landing")
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
    return go(request, room)


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
