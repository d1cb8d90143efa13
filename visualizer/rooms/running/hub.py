"""One room in this process: the runner, and the viewers it is shown to.

The hub subscribes once to the room's group on the channel layer, and gives the same text to all its viewers.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

import structlog
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.layers import BaseChannelLayer, get_channel_layer
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from visualizer import metrics, trouble
from visualizer.lessons.classroom import Classroom
from visualizer.lessons.copy_progress import LESSON_CHANGED
from visualizer.lessons.frames import Move
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.models import Course, Mode
from visualizer.lessons.room_lesson import LESSON
from visualizer.owned import OwnedTasks
from visualizer.rooms.computing.opening import source_of_branch
from visualizer.rooms.frames.stage import Error, FromServer, Notice, Presence, encode
from visualizer.rooms.frames.trouble import OVER, Trouble
from visualizer.rooms.kept import branches
from visualizer.rooms.kept.log import Lease
from visualizer.rooms.kept.sources import Source, source_of
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.models import Room
from visualizer.rooms.running.player import Player
from visualizer.rooms.running.requests import Refused, RoomRequest
from visualizer.rooms.running.runner import Runner
from visualizer.rooms.running.viewer import Gone, Viewer
from visualizer.rooms.running.watches import Watches
from visualizer.texts import Texts, texts

logger = structlog.get_logger()

PRESENCE_SECONDS: Final = 0.5
"""Head counts are sent at most this often."""
# WebSocket close codes: HTTP's plus 4000, since Daphne lets applications send no codes but their own.
TRY_AGAIN: Final = 4503
STOPPED: Final = 4410


def group_of(code: str) -> str:
    """The group of the channel layer that hears about a room."""
    return f"room.{code}"


def channel_layer() -> BaseChannelLayer:
    """The channel layer of the settings; there is always one."""
    layer = get_channel_layer()
    assert layer is not None
    return layer


def announce_change(room: Room) -> None:
    """Tell whoever shows this room that staff changed it; called from a view, in a thread."""
    async_to_sync(channel_layer().group_send)(group_of(room.code), {"type": "room.changed"})


class Hub:
    """Fans out what one room publishes."""

    def __init__(self, room: Room, player: Player, lease: Lease) -> None:
        self.room = room
        self.runner = Runner(player, lease, self)
        self.viewers: dict[Viewer, None] = {}
        self.classroom: Classroom | None = None
        self.watches = Watches(lambda: self.runner.player.cluster)
        """Of the clients that speak the Kubernetes API."""
        self._snapshot_href = reverse("snapshot", args=[room.code])
        self._layer = channel_layer()
        self._channel = ""
        self._tasks = OwnedTasks(room=room.code)
        self._counting: asyncio.Task[None] | None = None
        self._ended = False
        self.wanted = False
        """Somebody has asked for the room since that was looked at last, and may be about to come in."""
        self.opened_with: list[Texts] = []
        """What those who come first should know."""

    async def teach(self, row: Course) -> None:
        """The room teaches a lesson."""
        driver = LessonDriver(self.runner.player, row.text, draws=row.mode == Mode.ALONE)
        self.classroom = Classroom(self, row, driver)
        await self.classroom.open()
        self.runner.lesson_driver, self.runner.lesson_changed = driver, self.classroom.tell

    @property
    def watched(self) -> bool:
        """Whether anybody looks, on a page or through the Kubernetes API."""
        return bool(self.viewers or len(self.watches))

    async def source(self, branch: int | None) -> tuple[int, Source]:
        """What a branch is computed from, by default the one that the room plays. Raises NoSuchBranch."""
        player = self.runner.player
        if branch is None or branch == player.branch:
            return player.branch, source_of(player.run)
        return branch, await source_of_branch(self.room, branch)

    def everybody(self) -> list[Viewer]:
        """All viewers, as of now."""
        return list(self.viewers)

    async def open(self) -> None:
        self._channel = await self._layer.new_channel()
        await self._layer.group_add(group_of(self.room.code), self._channel)
        self._tasks.start(self._listen())
        self.runner.start()

    async def close(self) -> None:
        """The room rests; whoever is still here is sent away."""
        await self.runner.close()
        await self._end(TRY_AGAIN)

    async def publish(self, seq: int, tick: str) -> None:
        """One message to each process that has viewers of this room."""
        self.watches.advance()
        await self._layer.group_send(
            group_of(self.room.code), {"type": "room.tick", "seq": seq, "tick": tick}
        )

    async def gone(self, reason: Texts) -> None:
        """The runner ended against its will."""
        await self.tell(Error(message=reason))
        await self._end(TRY_AGAIN)

    async def notify(self, told: list[Texts]) -> None:
        """What everybody in the room should know, and how its branches are now."""
        player = self.runner.player
        if player.blind:
            return
        for text in told:
            await self.tell(Notice(text=text, branch=player.branch, t=player.now))
        if told:
            self._tasks.start(self.tell_branches())

    async def worry(self, trouble: Trouble) -> None:
        """What keeps the room from going on, or that it is over."""
        await self.tell(trouble)

    async def tell_branches(self) -> None:
        """Everybody gets the tree."""
        await self.tell(await database_sync_to_async(branches.tree)(self.room.pk))

    async def join(self, viewer: Viewer) -> None:
        """Raises Gone where the room has closed since it was found: the viewer is sent to open it again."""
        if self._ended:
            await viewer.end(TRY_AGAIN)
            raise Gone
        self.viewers[viewer] = None
        metrics.viewers.inc()
        await viewer.welcome()
        await self._begin_task()
        await self.catch_up(viewer)
        if (trouble := self.runner.troubles.frame) is not OVER:
            await self.try_to_say(viewer, encode(trouble))
        if self.classroom is not None:
            await self.classroom.welcome(viewer)
        if self.opened_with:
            told, self.opened_with = self.opened_with, []
            await self.notify(told)
        self._count()

    async def move(self, actor: str, move: Move) -> None:
        """The lesson goes to a step. Raises Refused."""
        room_lesson = self.runner.player.room_lesson
        if self.classroom is None or room_lesson is None:
            raise Refused(texts(_("This room has no lesson.")))
        back = move.step <= room_lesson.index
        await self.runner.ask(RoomRequest(actor, move))
        await self.classroom.moved(move.step, back=back)
        if back:
            await self.tell_branches()

    async def _begin_task(self) -> None:
        """A private copy for a blind step begins it when somebody comes: only then something is drawn."""
        step = None if self.classroom is None else self.classroom.to_begin()
        if step is not None:
            await self.runner.ask(RoomRequest(LESSON, Move(step=step)))

    def leave(self, viewer: Viewer) -> None:
        if viewer in self.viewers:
            del self.viewers[viewer]
            self.runner.player.closer.forget(viewer)
            metrics.viewers.dec()
            self._count()

    async def acknowledged(self, viewer: Viewer, seq: int) -> None:
        tick = viewer.window.acknowledge(seq)
        if tick is not None:
            metrics.deliveries.inc()
            await self.try_to_say(viewer, tick)
        await self.catch_up(viewer)

    async def catch_up(self, viewer: Viewer) -> None:
        """A snapshot for a viewer that needs one and has room for it."""
        if viewer.window.wants_snapshot:
            player = self.runner.player
            viewer.window.snapshot_sent(player.seq)
            metrics.snapshots.inc()
            await self.try_to_say(viewer, player.snapshot(self._snapshot_href))

    async def _listen(self) -> None:
        while True:
            message = await self._layer.receive(self._channel)
            try:
                await self._hear(message)
            except Exception:
                trouble.report("message of the layer", room=self.room.code)

    async def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "room.changed":
            await self.changed()
        elif message["type"] == LESSON_CHANGED:
            if self.classroom is not None:
                await self.classroom.refresh()
        else:
            await self._fan_out(message["seq"], message["tick"])

    async def _fan_out(self, seq: int, tick: str) -> None:
        sent = 0
        for viewer in list(self.viewers):
            now = viewer.window.offer(seq, tick)
            if now is not None:
                sent += 1
                await self.try_to_say(viewer, now)
            elif viewer.window.wants_snapshot:
                await self.catch_up(viewer)
        metrics.deliveries.inc(sent)

    async def changed(self) -> None:
        """Staff changed the room: stopped it, or changed what viewers may do."""
        try:
            self.room = await database_sync_to_async(find)(self.room.code)
        except (NoSuchRoom, Stopped):
            await self.runner.close()
            await self.tell(Error(message=texts(_("This room was stopped."))))
            await self._end(STOPPED)
        else:
            for viewer in list(self.viewers):
                with suppress(Gone):
                    await viewer.welcome()

    async def send_to(self, code: str, message: str) -> None:
        """To whatever process runs another room."""
        await self._layer.group_send(group_of(code), {"type": message})

    async def tell(self, frame: FromServer) -> None:
        text = encode(frame)
        for viewer in list(self.viewers):
            await self.try_to_say(viewer, text)

    async def try_to_say(self, viewer: Viewer, frame: str) -> None:
        """One broken connection is no reason for the others to miss anything."""
        try:
            await viewer.say(frame)
        except Gone:
            self.leave(viewer)
            # A connection that takes no more is not left open: the page comes again.
            with suppress(Exception):
                await viewer.end(TRY_AGAIN)

    def _count(self) -> None:
        if self._counting is None or self._counting.done():
            self._counting = self._tasks.start(self._tell_count())

    async def _tell_count(self) -> None:
        await asyncio.sleep(PRESENCE_SECONDS)
        frame = encode(Presence(viewers=len(self.viewers)))
        for viewer in list(self.viewers):
            if viewer.window.is_open:
                await self.try_to_say(viewer, frame)

    async def _end(self, code: int) -> None:
        if self._ended:
            return
        self._ended = True
        self.watches.hang_up()
        await self._layer.group_discard(group_of(self.room.code), self._channel)
        for viewer in list(self.viewers):
            self.leave(viewer)
            await viewer.end(code)
        self._tasks.cancel()
        if self.classroom is not None:
            self.classroom.close()
