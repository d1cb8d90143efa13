"""The pace of a room as people set it: play, pause, speed, and on to the next event."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from visualizer import workers
from visualizer.rooms.computing import answering
from visualizer.rooms.computing.recalling import is_large, with_run
from visualizer.rooms.frames.stage import Transport
from visualizer.rooms.kept.background import holding_lease
from visualizer.rooms.kept.sources import source_of
from visualizer.rooms.running.held import HeldRoom
from visualizer.rooms.running.requests import Refused
from visualizer.texts import texts

LONGEST_SEARCH: Final = 5.0
"""Seconds for which the room waits for its next event to be found."""


async def set_pace(held: HeldRoom, transport: Transport) -> None:
    """Raises Refused, log.LeaseLost, DatabaseError."""
    player = held.player
    if transport.action in ("play", "next-event"):
        _check_goes_on(held)
    match transport.action:
        case "play":
            player.playing, player.goal, player.way = True, None, None
        case "pause":
            player.rest()
        case "speed":
            player.speed = transport.speed or player.speed
        case "ease":
            player.ease = transport.on
        case "next-event":
            await _seek_event(held)
    held.beat.restart()
    player.rate.clear()
    await held.rest()


def _check_goes_on(held: HeldRoom) -> None:
    """Raises Refused where time cannot go on from here."""
    room_lesson, failing = held.player.room_lesson, held.troubles.failing
    if room_lesson is not None and room_lesson.held:
        raise Refused(texts(_("This step is over. Go on with the lesson.")))
    if failing is not None and failing.again:
        raise Refused(failing.words(covered=held.player.blind))


async def _seek_event(held: HeldRoom) -> None:
    """Find out when something happens, and go there; a room that is too large for that goes on until it
    does.
    """
    player = held.player
    player.rest()
    if is_large(player.run) or (found := await _next_event(held)) is None:
        player.seek_event()
    else:
        player.goal = found


async def _next_event(held: HeldRoom) -> int | None:
    """When it happens; None: it takes too long to find out."""
    searched = workers.run(
        with_run,
        answering.next_event,
        source_of(held.player.run),
        held.player.now,
        owner=held.lease.room,
        seconds=LONGEST_SEARCH,
    )
    try:
        found: int | None = await holding_lease(held.lease, searched)
    except workers.NotComputed:
        return None
    if found is None:
        raise Refused(texts(_("Nothing is going to happen unless somebody acts.")))
    return found
