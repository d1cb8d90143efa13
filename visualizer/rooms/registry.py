"""The rooms that run in this process. A room is opened by its first viewer and closed some time after its
last.
"""

import asyncio
import contextvars
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

import structlog
from channels.db import database_sync_to_async
from django.conf import settings

from clustersim.engine import collecting
from clustersim.lesson import load_lesson
from visualizer.lessons.models import Course, Standing
from visualizer.lessons.room_lesson import RoomLesson, progress_of
from visualizer.lessons.standings import newest
from visualizer.rooms.computing.opening import open_branch
from visualizer.rooms.feed import Feed
from visualizer.rooms.kept import log
from visualizer.rooms.lookup import find
from visualizer.rooms.models import Branch, Room
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.player import Player
from visualizer.rooms.running.time_slices import TimeSlicer

logger = structlog.get_logger()

COLLECT_AFTER: Final = 1.0
"""Seconds after a room has closed; by then nothing holds on to it."""
WORTH_A_SEARCH: Final = 50
"""Closed rooms that are worth a search for garbage beside others that are open ..."""
MOST_SEARCHED: Final = 300_000
"""... if no more things than these have to be gone through: it holds up everybody for 170 ms. Worlds go
without a search; what is found are connections and answers that were put aside with them.
"""
TRY_AGAIN: Final = 0.3
"""Seconds between two attempts to claim a room whose owner may have died."""


@dataclass(slots=True)
class Opening:
    """A room that is being opened, and how many wait for it."""

    task: asyncio.Task[Hub]
    waiting: int = 0


class Rooms:
    """The hubs of this process by room code."""

    def __init__(self) -> None:
        self._hubs: dict[str, Hub] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._idle: dict[str, asyncio.Task[None]] = {}
        self._openings: dict[str, Opening] = {}
        self._closed = 0
        """Rooms that were closed since garbage was searched for."""
        self._searched = 0
        """How often worlds had been put aside when it was, with no room open."""

    def running(self, code: str) -> Hub | None:
        """The hub of a room that runs here."""
        hub = self._hubs.get(code)
        return hub if hub is not None and hub.runner.alive else None

    def states(self) -> dict[str, int]:
        """How many rooms play, rest, stand still because nothing can be written, or failed."""
        found = dict.fromkeys(("playing", "resting", "standing", "failed"), 0)
        for hub in list(self._hubs.values()):
            found[hub.runner.state] += 1
        return found

    async def open(self, code: str) -> Hub:
        """The hub of this room, computed again from its log if it does not run; that ends when nobody waits
        for it any more. Raises NoSuchRoom, Stopped, log.Taken.
        """
        opening = self._openings.get(code)
        if opening is None:
            task = asyncio.create_task(self._open(code), context=contextvars.Context())
            opening = self._openings[code] = Opening(task)
        opening.waiting += 1
        try:
            return await asyncio.shield(opening.task)
        finally:
            opening.waiting -= 1
            if not opening.waiting:
                opening.task.cancel()
                if self._openings.get(code) is opening:
                    del self._openings[code]

    async def _open(self, code: str) -> Hub:
        async with self._lock(code):
            hub = self.running(code)
            if hub is None:
                hub = await self._load(await database_sync_to_async(find)(code))
                await hub.open()
                self._hubs[code] = hub
            hub.wanted = True
            if code not in self._idle:
                self._idle[code] = asyncio.create_task(
                    self._close_when_idle(code), context=contextvars.Context()
                )
            return hub

    async def close(self, code: str) -> None:
        """Pause the room and forget it."""
        async with self._lock(code):
            await self._close(code)

    async def close_all(self) -> None:
        """Pause every room and forget it."""
        for code in list(self._hubs):
            await self.close(code)

    def _lock(self, code: str) -> asyncio.Lock:
        return self._locks.setdefault(code, asyncio.Lock())

    async def _close(self, code: str) -> None:
        hub = self._hubs.pop(code, None)
        if hub is not None:
            await hub.close()
            asyncio.get_running_loop().call_later(COLLECT_AFTER, self._give_back, hub.runner.player)

    def _give_back(self, player: Player) -> None:
        """What a closed room was made of: its world in a thread, where it may take a while, and then what was
        put aside with it.
        """
        dissolving = asyncio.get_running_loop().run_in_executor(None, player.dissolve)
        dissolving.add_done_callback(lambda _done: self._search_if_worth_it())

    def _search_if_worth_it(self) -> None:
        """Look for garbage where something was put aside since that was done last: when no room is open, and
        beside others now and then, while that is soon done.
        """
        self._closed += 1
        if self._searched == collecting.times_put_aside():
            return
        if self._hubs:
            if self._closed < WORTH_A_SEARCH or collecting.how_many_aside() > MOST_SEARCHED:
                return
        else:
            self._searched = collecting.times_put_aside()
        self._closed = 0
        collecting.search_all()

    async def _close_when_idle(self, code: str) -> None:
        unwatched = False
        while True:
            await asyncio.sleep(settings.ROOM_IDLE_SECONDS)
            async with self._lock(code):
                hub = self.running(code)
                idle = hub is None or not (hub.watched or hub.wanted)
                if hub is None or (unwatched and idle):
                    await self._close(code)
                    del self._idle[code]
                    return
                unwatched, hub.wanted = idle, False

    async def _load(self, room: Room) -> Hub:
        lease = await self._claim(room)
        row, standing = await database_sync_to_async(_lesson)(room, lease.branch)
        ended = None if standing is None else (standing.t, standing.commands)
        found = await open_branch(lease, lease.branch, upto=ended)
        run = found.run
        player = await asyncio.to_thread(
            Player,
            run,
            TimeSlicer(settings.ROOM_STEP_BUDGET_MS / 1000),
            branch=lease.branch,
            epoch=lease.epoch,
            mark=run.now,
            speed=room.speed,
            playing=room.playing,
            ease=room.ease,
        )
        hub = Hub(room, player, lease)
        hub.opened_with = found.told
        if found.failing is not None:
            player.rest()
            await hub.runner.troubles.fail(found.failing)
        if row is not None:
            progress = None if standing is None else progress_of(standing.progress)
            lesson = await asyncio.to_thread(load_lesson, row.text)  # takes a tenth of a second
            riddle = bool(row.riddle) and row.solution is None
            player.room_lesson = RoomLesson(lesson, run, progress, riddle=riddle)
            await hub.teach(row)
            if standing is not None:
                await self._catch_up(hub, lease)
        return hub

    async def _catch_up(self, hub: Hub, lease: log.Lease) -> None:
        """From where the lesson was last written down to the mark, as the lesson has it: time stops where
        the step ends, even if the room had leave to go further.
        """
        player, driver = hub.runner.player, hub.runner.lesson_driver
        assert player.room_lesson is not None
        assert driver is not None
        history = await database_sync_to_async(_history)(lease.branch)
        for given in history.given()[len(player.run.commands) :]:
            player.room_lesson.run_until(given.t)
            player.run.apply(given.command, given.actor)
        player.room_lesson.run_until(history.mark)
        player.show(player.run, lease.branch, await asyncio.to_thread(Feed, player.cluster))
        await driver.keep(lease)

    async def _claim(self, room: Room) -> log.Lease:
        """An owner that was killed holds the room until its lease runs out: that is waited for. One that
        renews it is alive. Raises log.Taken.
        """
        until = room.lease_until
        while True:
            try:
                return await database_sync_to_async(log.claim)(room)
            except log.Taken:
                if room.lease_until != until:
                    raise
            await asyncio.sleep(TRY_AGAIN)
            room = await database_sync_to_async(find)(room.code)


def _lesson(room: Room, branch: int) -> tuple[Course | None, Standing | None]:
    """The lesson of a room, and where it stood on this branch."""
    course = Course.objects.select_related("left").filter(room=room).first()
    if course is None:
        return None, None
    return course, newest(Branch.objects.select_related("parent").get(pk=branch))


def _history(branch: int) -> log.History:
    return log.history(Branch.objects.select_related("parent").get(pk=branch))


rooms = Rooms()
"""The rooms of this process."""
