"""Runs one room: the only task that touches its cluster.

It writes before it shows. A command is in the log before the model hears of it, its time is the step boundary
at which the room stands meanwhile; and nothing later than the write-ahead mark is ever published. So a
process may die at any instant: whoever takes over computes the same run from the log and goes on at the mark.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from clustersim.api.errors import ApiError
from clustersim.apiserver.calls import ApiCall
from clustersim.apiserver.rehearsal import Outcome
from visualizer import metrics, storage, trouble
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.rooms.computing.keeping import SnapshotKeeper
from visualizer.rooms.kept import log
from visualizer.rooms.kept.troubles import Troubles
from visualizer.rooms.running.audience import Audience
from visualizer.rooms.running.carrying_out import carry_out
from visualizer.rooms.running.healing import Healer
from visualizer.rooms.running.held import HeldRoom
from visualizer.rooms.running.player import Player
from visualizer.rooms.running.requests import REASONS, Done, Refused, RoomRequest
from visualizer.texts import Texts, texts

logger = structlog.get_logger()

BROKE: Final = _("The simulation of this room failed. The server's log says why, under %(reference)s.")


class Runner:
    """The task of one room."""

    def __init__(self, player: Player, lease: log.Lease, audience: Audience) -> None:
        self._held = HeldRoom(player, lease, audience)
        self._audience = audience
        self._healer = Healer(self._held)
        self._requests: deque[tuple[RoomRequest, asyncio.Future[Any]]] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._broken: asyncio.Future[Any] | None = None
        """Who asked for what broke the run is told when that is known."""
        self.lesson_changed: Callable[[], Awaitable[None]] | None = None
        """Called when the lesson may have gone on."""

    def start(self) -> None:
        # A context of its own: the one of the request that opened the room ends before the room does.
        self._task = asyncio.create_task(self._run(), context=contextvars.Context())

    # --- what others may know

    @property
    def player(self) -> Player:
        return self._held.player

    @property
    def lease(self) -> log.Lease:
        return self._held.lease

    @property
    def troubles(self) -> Troubles:
        return self._held.troubles

    @property
    def snapshots(self) -> SnapshotKeeper:
        return self._held.snapshots

    @property
    def lesson_driver(self) -> LessonDriver | None:
        return self._held.lesson_driver

    @lesson_driver.setter
    def lesson_driver(self, driver: LessonDriver) -> None:
        self._held.lesson_driver = driver

    @property
    def alive(self) -> bool:
        return not self._held.closing

    @property
    def state(self) -> str:
        """What the room does: playing, resting, standing (still, because nothing can be written), or failed
        (at rest, because its run fails).
        """
        if self._held.writer.stands:
            return "standing"
        if self.player.moving:
            return "playing"
        return "resting" if self.troubles.failing is None else "failed"

    # --- what others ask for

    async def ask(self, asked: RoomRequest) -> Done:
        """When and as what it is done. Raises Refused, also where the room ends here meanwhile."""
        done: Done = await self._asked(asked)
        return done

    async def write(self, actor: str, call: ApiCall) -> Outcome:
        """What a write of an API client led to. Raises Refused, and ApiError where the API server refuses."""
        outcome: Outcome = await self._asked(RoomRequest(actor, call))
        return outcome

    async def _asked(self, asked: RoomRequest) -> Any:
        if not self.alive:
            raise Refused(texts(REASONS[log.LeaseLost]))
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._requests.append((asked, answer))
        self._wake.set()
        try:
            return await answer
        except log.LeaseLost:
            raise Refused(texts(REASONS[log.LeaseLost])) from None

    async def close(self) -> None:
        """Pause, say so in the database, and end."""
        self._held.closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    # --- the task

    async def _run(self) -> None:
        held, reason = self._held, None
        try:
            while not held.closing:
                try:
                    await self._turn()
                except (log.LeaseLost, DatabaseError):
                    raise
                except Exception as error:
                    await self._heal(error)
            await held.rest()
            await held.snapshots.leave()
        except log.LeaseLost:
            reason = texts(_("This room goes on in another process. Reconnecting."))
        except DatabaseError as error:
            logger.warning("room not written", why=str(error), **held.about())
            reason = storage.why_not_written(error)
        except Exception:
            reason = trouble.with_reference(BROKE, trouble.report("room broke", **held.about()))
        await self._end(reason)

    async def _end(self, reason: Texts | None) -> None:
        """Nothing more is done here; `reason`: why, if nobody wanted it."""
        self._held.closing = True
        self._held.let_go()
        for answer in (self._broken, *(answer for _asked, answer in self._requests)):
            if answer is not None:
                _fail(answer, log.LeaseLost())
        if reason is not None:
            await self._audience.gone(reason)

    async def _turn(self) -> None:
        if not self._requests:
            await self._wait()
        if self._requests:
            await self._held.marked()
            await self._serve(*self._requests.popleft())
            await self._held.keep_lesson()
            if not self.player.moving:
                await self._show()
        elif self.player.moving:
            await self._step()

    async def _wait(self) -> None:
        """Until somebody asks for something or, while the room plays, until the next step is due."""
        self._wake.clear()
        timeout = max(0.001, self._held.beat.left) if self.player.moving else None
        try:
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _step(self) -> None:
        held, player = self._held, self.player
        await held.renew_mark()
        passed = held.beat.begin()
        with metrics.step_seconds.time():
            player.advance(passed)
        took, tells = held.beat.end(behind=player.behind)
        self._spend(took)
        if not tells:
            return
        await held.keep_lesson()
        await self._show()
        await held.troubles.go_on(held.lease.branch, player.now)
        if player.found_nothing:
            await self._audience.notify(
                [texts(_("Nothing has happened for ten minutes. Press again to go on."))]
            )
        if not player.moving:
            await held.rest()

    async def _show(self) -> None:
        tick = self.player.tick()
        metrics.ticks.inc()
        await self._audience.publish(self.player.seq, tick)
        if self.lesson_changed is not None:
            await self.lesson_changed()

    async def _serve(self, asked: RoomRequest, answer: asyncio.Future[Any]) -> None:
        self._held.serving = asked
        try:
            done = await carry_out(self._held, asked)
        except (Refused, ApiError) as refused:
            self._held.serving = None
            _fail(answer, refused)
        except log.LeaseLost as lost:
            _fail(answer, lost)
            raise
        except Exception:
            self._broken = answer
            raise
        else:
            self._held.serving = None
            if not answer.done():
                answer.set_result(done)

    async def _heal(self, error: Exception) -> None:
        """The run broke. Raises whatever keeps it from going on."""
        told = await self._healer.heal(error)
        await self._show()
        if self._broken is not None:
            _fail(self._broken, Refused(told))
            self._broken = None
        self._held.serving = None

    def _spend(self, seconds: float) -> None:
        """A step took so long to compute."""
        if seconds > 2 * self.player.slicer.budget:
            metrics.over_budget.inc()
        self.snapshots.spend(seconds)


def _fail(answer: asyncio.Future[Any], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
