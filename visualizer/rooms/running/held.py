"""A room as the process that runs it holds it: what must not be lost is written before it is shown.

Nothing later than the write-ahead mark is ever published. The mark is renewed while time goes on to the old
one. If the new one is not written in time, the room waits for it.
"""

import asyncio

from django.utils.translation import gettext_lazy as _

from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.rooms.computing.keeping import SnapshotKeeper
from visualizer.rooms.kept import log
from visualizer.rooms.kept.troubles import Troubles
from visualizer.rooms.kept.writing import PatientWriter
from visualizer.rooms.running.audience import Audience
from visualizer.rooms.running.beat import Beat
from visualizer.rooms.running.player import Player
from visualizer.rooms.running.requests import RoomRequest
from visualizer.texts import Texts, texts


class HeldRoom:
    """What running a room needs, whatever it is asked to do."""

    def __init__(self, player: Player, lease: log.Lease, audience: Audience) -> None:
        self.player = player
        self.lease = lease
        self.audience = audience
        self.beat = Beat()
        self.closing = False
        self.serving: RoomRequest | None = None
        """What is being done, or was when the run broke."""
        self.lesson_driver: LessonDriver | None = None
        """Moves the lesson, in a room that has one."""
        self.troubles = Troubles(audience.worry, lambda: player.blind)
        self.writer = PatientWriter(self._stand, self._go_on, lambda: self.closing, self.about)
        self.snapshots = SnapshotKeeper(lambda: (self.lease, self.player.run), self.about)
        self._marking: asyncio.Task[None] | None = None
        """A new mark is being written."""

    def about(self) -> dict[str, object]:
        """What the log says of the room."""
        about: dict[str, object] = {
            "room": self.lease.room,
            "branch": self.lease.branch,
            "t": self.player.now,
        }
        if self.serving is None:
            return about
        return {**about, "request": self.serving.request, "actor": self.serving.actor}

    async def renew_mark(self) -> None:
        """Have the mark written that the room is about to need, and wait for it where it is needed now.
        Raises log.LeaseLost, DatabaseError.
        """
        player = self.player
        if self._marking is None and player.needs_mark():
            self._marking = asyncio.create_task(self._write_mark())
        if self._marking is not None and (self._marking.done() or player.now >= player.mark):
            await self.marked()

    async def marked(self) -> None:
        """The new mark is written. Raises log.LeaseLost, DatabaseError."""
        if (marking := self._marking) is not None:
            self._marking = None
            await marking

    async def rest(self) -> None:
        """Write down the pace, and a mark that fits it. Raises log.LeaseLost, DatabaseError."""
        await self.marked()
        if self.closing:
            self.player.rest()
        player = self.player
        await self._write_mark(playing=player.playing, speed=player.speed, ease=player.ease)

    async def keep_lesson(self) -> None:
        """Write down where the lesson stands. Raises log.LeaseLost, DatabaseError."""
        if (driver := self.lesson_driver) is not None:
            await self.writer.until_written(lambda: driver.keep(self.lease))

    def let_go(self) -> None:
        """The room ends here: nothing is written any more."""
        if self._marking is not None:
            self._marking.cancel()

    async def _write_mark(self, **fields: float) -> None:
        ahead = self.player.ahead()
        await self.writer.write(log.write_mark, self.lease, ahead, moving=self.player.moving, **fields)
        self.player.mark = ahead

    async def _stand(self, why: Texts) -> None:
        self.beat.restart()
        await self.troubles.stand(why)

    async def _go_on(self) -> None:
        """It can be written again: no time has passed in between."""
        self.beat.restart()
        await self.troubles.write_again()
        await self.audience.notify([texts(_("The server can write again: the room goes on."))])
