"""Manifests that are pasted into a page, or sent as a file: the console's line `kubectl apply -f -` by HTTP,
for texts that are long, and for people without JavaScript. Bounds and rights are those of the console.
"""

from functools import partial
from typing import Any, Final

from channels.db import database_sync_to_async
from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clustersim.console import LONGEST_LINE, run
from visualizer import workers
from visualizer.htmx import page_or_fragment
from visualizer.lessons.powers import forbidden, refusal
from visualizer.lessons.visitors import actor_of
from visualizer.rooms.codes import tidy
from visualizer.rooms.entrance import TRY_LATER, address_of, entrance
from visualizer.rooms.flow import Allowances
from visualizer.rooms.frames.console import Console
from visualizer.rooms.kept import log
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import Actor
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.console_line import NotDone, carry_out, pasted_below
from visualizer.rooms.running.hub import Hub
from visualizer.texts import in_page_language, texts

VERBS: Final = ("apply", "create", "replace", "delete")
TOO_LONG: Final = _("A manifest has at most 256 KiB.")
NOTHING: Final = _("Paste a manifest, or choose a file.")
NOT_NOW: Final = _("This room cannot be opened just now. Try again in a moment.")

pastes = Allowances(1.0, 20, most=10_000)
"""Manifests by address."""


class _NotTaken(Exception):
    """What was sent is not taken, why, and the status that says so."""

    def __init__(self, reason: Promise, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@require_http_methods(["GET", "POST"])
async def paste(request: HttpRequest, code: str) -> HttpResponse:
    """The form; and what kubectl says of what was sent."""
    user = await request.auser()
    if not entrance.take(address_of(request)):
        return HttpResponse(str(TRY_LATER), status=429, content_type="text/plain; charset=utf-8")
    try:
        room = await database_sync_to_async(find)(tidy(code))
    except (NoSuchRoom, Stopped):
        return HttpResponse(status=404)
    actor = await database_sync_to_async(actor_of)(request, room)
    status = 200
    told: dict[str, Any] = {}
    if (reason := forbidden(actor, Console(id="paste", line=""))) is not None:
        status, told = 403, {"note": str(reason), "failed": True}
    elif request.method == "POST":
        try:
            name = user.get_username() if user.is_authenticated else "visitor"
            told = await _told(request, room, actor, name)
        except _NotTaken as why:
            status, told = why.status, {"note": str(why.reason), "failed": True}
    if told.get("failed"):
        messages.error(request, told.pop("note"))
    context = {"room": room, "verbs": VERBS, "longest": LONGEST_LINE, **told}
    return await database_sync_to_async(page_or_fragment)(
        request, "rooms/paste.html", "rooms/_pasted.html", context, status
    )


async def _told(request: HttpRequest, room: Room, actor: Actor, name: str) -> dict[str, Any]:
    """What the console answers to it. Raises _NotTaken."""
    if not pastes.take(address_of(request)):
        raise _NotTaken(TRY_LATER, 429)
    verb, text = request.POST.get("verb", VERBS[0]), _text_of(request)
    if verb not in VERBS:
        raise _NotTaken(NOTHING, 400)
    line = f"kubectl {verb} -f -\n{text}"
    try:
        pasted = await pasted_below(line, room.pk)
    except workers.NotComputed:
        raise _NotTaken(NOT_NOW, 503) from None
    hub = await _opened(room)
    answer = run(hub.runner.player.cluster, line, pasted=pasted)

    try:
        answer = await carry_out(hub, answer, name, partial(refusal, actor), "paste")
    except NotDone as why:
        return {"note": in_page_language(why.reason), "failed": True}
    note = "" if answer.note is None else in_page_language(texts(answer.note))
    return {"output": answer.text, "note": note, "ok": answer.ok, "verb": verb}


def _text_of(request: HttpRequest) -> str:
    """What was pasted, or else is in the file. Raises _NotTaken."""
    text, file = request.POST.get("manifest", ""), request.FILES.get("file")
    if not text.strip() and file is not None:
        if (file.size or 0) > LONGEST_LINE:
            raise _NotTaken(TOO_LONG, 413)
        text = file.read().decode("utf-8-sig", "replace")
    if not text.strip():
        raise _NotTaken(NOTHING, 400)
    if len(text) > LONGEST_LINE - 100:
        raise _NotTaken(TOO_LONG, 413)
    return text


async def _opened(room: Room) -> Hub:
    """The room, running. Raises _NotTaken."""
    try:
        return await rooms.open(room.code)
    except (NoSuchRoom, Stopped, log.Taken, log.LeaseLost, DatabaseError, workers.NotComputed):
        raise _NotTaken(NOT_NOW, 503) from None
