"""Runs one room: the only task that touches its cluster.

It writes before it shows. A command is in the log before the model hears of it, its time is the step boundary
at which the room stands meanwhile; and nothing later than the write-ahead mark is ever published. So a
process may die at any instant: whoever takes over computes the same run from the log and goes on at the mark.
"""

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from clustersim import Command, CommandError
from clustersim.api.errors import ApiError
from clustersim.apiserver.calls import ApiCall, request_of
from clustersim.apiserver.rehearsal import Outcome, check_reachable, rehearse
from clustersim.faults import action_named
from clustersim.faults.api_request import CLIENT, command_of
from clustersim.lesson.blind import Commitment
from clustersim.lesson.typed_lines import TypedLine
from clustersim.run import Given
from visualizer import metrics, storage, trouble, workers
from visualizer.lessons.frames import Move
from visualizer.lessons.lesson_driver import LessonDriver, NotThere
from visualizer.rooms import answering, branches, log
from visualizer.rooms.background import holding_lease
from visualizer.rooms.branches import NoSuchBranch, TooMany
from visualizer.rooms.feed import Feed
from visualizer.rooms.frames import Transport
from visualizer.rooms.keeping import SnapshotKeeper
from visualizer.rooms.opening import open_branch
from visualizer.rooms.player import TICK, Player
from visualizer.rooms.recalling import is_large, with_run
from visualizer.rooms.requests import REASONS, BranchSwitch, Done, Refused, RoomRequest
from visualizer.rooms.sources import source_of
from visualizer.rooms.writing import Notify, PatientWriter
from visualizer.texts import Texts, texts

logger = structlog.get_logger()

Publish = Callable[[int, str], Awaitable[None]]
Gone = Callable[[Texts], Awaitable[None]]

PAUSE: Final = 0.5
"""Of the time a step took that was too short: so long the room waits before the next one."""
LONGEST_SEARCH: Final = 5.0
"""Seconds for which the room waits for its next event to be found."""
MOST_BREAKS: Final = 5
BREAKS_WITHIN: Final = 60.0
"""A room that breaks so often within so many seconds is closed."""
BROKE: Final = _("The simulation of this room failed. The server's log says why, under %(reference)s.")
STOPPED: Final = _("Something failed; the room was paused. The server's log says why, under %(reference)s.")

MOVING: Final = _("The room is moving. Try again.")


class Runner:
    """The task of one room. ``publish`` gets every tick, ``notify`` what everybody should know; ``gone`` is
    called when the room ends here against its will.
    """

    def __init__(
        self, player: Player, lease: log.Lease, publish: Publish, notify: Notify, gone: Gone
    ) -> None:
        self.player = player
        self.lease = lease
        self._publish = publish
        self._notify = notify
        self._gone = gone
        self._requests: deque[tuple[RoomRequest, asyncio.Future[Any]]] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._stepped = self._due = self._tells = time.monotonic()
        """When the last step was, when the next one is due, and the next tick."""
        self._task: asyncio.Task[None] | None = None
        self._serving: RoomRequest | None = None
        """What is being done, or was when the run broke."""
        self._broken: asyncio.Future[Any] | None = None
        """Who asked for what broke the run is told when that is known."""
        self._breaks: deque[float] = deque(maxlen=MOST_BREAKS)
        self._writer = PatientWriter(self._tell_standing, lambda: self._closing, self._about)
        self.snapshots = SnapshotKeeper(lambda: (self.lease, self.player.run), self._about)
        self._marking: asyncio.Task[None] | None = None
        """A new mark is being written, while time goes on to the old one."""
        self.lesson_driver: LessonDriver | None = None
        """Moves the lesson, in a room that has one."""
        self.lesson_changed: Callable[[], Awaitable[None]] | None = None
        """Called when the lesson may have gone on."""

    def start(self) -> None:
        # A context of its own: the one of the request that opened the room ends before the room does.
        self._task = asyncio.create_task(self._run(), context=contextvars.Context())

    @property
    def alive(self) -> bool:
        return not self._closing

    @property
    def state(self) -> str:
        """What the room does: playing, resting, or standing (still, because nothing can be written)."""
        if self._writer.stands:
            return "standing"
        return "playing" if self.player.moving else "resting"

    async def ask(self, asked: RoomRequest) -> Done:
        """When and as what it is done. Raises Refused, also where the room ends here meanwhile."""
        done: Done = await self._asked(asked)
        return done

    async def write(self, actor: str, call: ApiCall) -> Outcome:
        """What a write of an API client led to. Raises Refused, and ApiError where the API server refuses."""
        outcome: Outcome = await self._asked(RoomRequest(actor, call))
        return outcome

    async def _asked(self, asked: RoomRequest) -> Any:
        if self._closing:
            raise Refused(texts(MOVING))
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._requests.append((asked, answer))
        self._wake.set()
        try:
            return await answer
        except log.LeaseLost:
            raise Refused(texts(MOVING)) from None

    async def close(self) -> None:
        """Pause, say so in the database, and end."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        reason: Texts | None = None
        try:
            while not self._closing:
                try:
                    await self._turn()
                except (log.LeaseLost, DatabaseError):
                    raise
                except Exception:
                    await self._recover()
            await self._rest()
            await self.snapshots.leave()
        except log.LeaseLost:
            reason = texts(_("This room goes on in another process. Reconnecting."))
        except DatabaseError as error:
            logger.warning("room not written", why=str(error), **self._about())
            reason = storage.why_not_written(error)
        except Exception:
            reference = trouble.report("room broke", **self._about())
            reason = trouble.with_reference(BROKE, reference)
        self._closing = True
        if self._marking is not None:
            self._marking.cancel()
        for answer in (self._broken, *(answer for _asked, answer in self._requests)):
            if answer is not None:
                _fail(answer, log.LeaseLost())
        if reason is not None:
            await self._gone(reason)

    async def _turn(self) -> None:
        if not self._requests:
            await self._wait()
        if self._requests:
            await self._marked()
            await self._serve(*self._requests.popleft())
            await self._keep_lesson()
            if not self.player.moving:
                await self._show()
        elif self.player.moving:
            await self._step()

    async def _wait(self) -> None:
        """Until somebody asks for something or, while the room plays, until the next step is due."""
        self._wake.clear()
        timeout = max(0.001, self._due - time.monotonic()) if self.player.moving else None
        try:
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _step(self) -> None:
        player = self.player
        if self._marking is None and player.needs_mark():
            self._marking = asyncio.create_task(self._write_mark())
        if self._marking is not None and (self._marking.done() or player.now >= player.mark):
            await self._marked()
        now = time.monotonic()
        with metrics.step_seconds.time():
            player.advance(now - self._stepped)
        self._stepped = now
        ended = time.monotonic()
        self._spend(ended - now)
        # Who cannot keep up goes on soon, and leaves others time meanwhile; ticks come as ever.
        self._due = ended + PAUSE * (ended - now) if player.behind else max(self._due + TICK, now + TICK / 2)
        if player.behind and ended < self._tells:
            return
        self._tells = max(self._tells + TICK, ended + TICK / 2)
        await self._keep_lesson()
        await self._show()
        if player.found_nothing:
            await self._notify([texts(_("Nothing has happened for ten minutes. Press again to go on."))])
        if not player.moving:
            await self._rest()

    async def _show(self) -> None:
        tick = self.player.tick()
        metrics.ticks.inc()
        await self._publish(self.player.seq, tick)
        if self.lesson_changed is not None:
            await self.lesson_changed()

    async def _keep_lesson(self) -> None:
        if (driver := self.lesson_driver) is not None:
            await self._writer.until_written(lambda: driver.keep(self.lease))

    async def _serve(self, asked: RoomRequest, answer: asyncio.Future[Any]) -> None:
        self._serving = asked
        try:
            done = await self._done(asked)
        except (Refused, ApiError) as refused:
            self._serving = None
            _fail(answer, refused)
        except log.LeaseLost as lost:
            _fail(answer, lost)
            raise
        except Exception:
            self._broken = answer
            raise
        else:
            self._serving = None
            if not answer.done():
                answer.set_result(done)

    async def _done(self, asked: RoomRequest) -> Done | Outcome:
        """Do what is asked for."""
        match asked.what:
            case Command():
                return Done(self.player.now, await self._command(asked, asked.what))
            case ApiCall():
                return await self._api(asked.actor, asked.what)
            case Transport():
                await self._transport(asked.what)
            case BranchSwitch():
                await self._switch(asked.actor, asked.what)
            case _:
                await self._about_lesson(asked.what)
        return Done(self.player.now)

    async def _about_lesson(self, what: Move | Commitment | TypedLine) -> None:
        match what:
            case Move():
                await self._move(what.step)
            case Commitment():
                await self._commit(what)
            case TypedLine() if self.lesson_driver is not None:
                self.lesson_driver.heard(what)

    async def _command(self, asked: RoomRequest, command: Command) -> int:
        if asked.seen is not None and self.player.stale(asked.seen):
            raise Refused(texts(_("The room has moved on since you clicked.")), stale=True)
        cluster = self.player.cluster
        try:
            action_named(command.do)(cluster, command.target, command.args).check()
        except CommandError as error:
            raise Refused(texts(error.message)) from None
        except Exception:
            raise Refused(trouble.failed("command not checked", command=command, **self._about())) from None
        moving = self.player.moving
        await self._writer.write(log.append, self.lease, cluster.now, asked.actor, command, moving=moving)
        act = self.player.run.apply(command, asked.actor)
        metrics.commands.labels(do=command.do).inc()
        return act

    async def _api(self, actor: str, call: ApiCall) -> Outcome:
        """Carry a write out. The rehearsal right before it tells its answer; what changes nothing is not
        written down. Raises ApiError.
        """
        cluster = self.player.cluster
        server = cluster.world.apiserver
        check_reachable(server)
        try:
            outcome = rehearse(server, request_of(call, server).request, CLIENT)
        except ApiError:
            raise
        except Exception:
            raise Refused(trouble.failed("request not rehearsed", call=call, **self._about())) from None
        if outcome.revision > server.etcd.store.revision:
            command = command_of(call)
            moving = self.player.moving
            await self._writer.write(log.append, self.lease, cluster.now, actor, command, moving=moving)
            self.player.run.apply(command, actor)
            metrics.commands.labels(do=command.do).inc()
        return outcome

    async def _switch(self, actor: str, switch: BranchSwitch) -> None:
        """Leave the branch where it stands, so that nothing of it is lost, and go on with the other."""
        player, run = self.player, switch.run
        await self._writer.write(log.write_mark, self.lease, player.now, moving=player.moving)
        await self.snapshots.leave()
        try:
            self.lease = await self._writer.write(self._arrive, actor, switch)
        except (TooMany, NoSuchBranch) as why:
            raise Refused(texts(REASONS[type(why)])) from None
        if switch.command is not None:
            run.apply(switch.command, actor)
        left = player.show(run, self.lease.branch, await asyncio.to_thread(Feed, run.head))
        await asyncio.to_thread(left.clear)
        self._stepped = self._due = time.monotonic()
        await self._rest()

    async def _move(self, step: int) -> None:
        if self.lesson_driver is None:
            raise Refused(texts(_("This room has no lesson.")))
        try:
            self.lease = await self.lesson_driver.move(self.lease, step)
        except NotThere as why:
            raise Refused(why.reason) from None
        except DatabaseError as error:
            raise Refused(storage.why_not_written(error)) from None
        self._stepped = self._due = time.monotonic()
        await self._keep_lesson()
        await self._rest()

    async def _commit(self, committed: Commitment) -> None:
        if self.lesson_driver is None:
            raise Refused(texts(_("This room has no lesson.")))
        try:
            self.lesson_driver.commit(committed)
        except NotThere as why:
            raise Refused(why.reason) from None
        await self._keep_lesson()
        await self._rest()

    def _arrive(self, actor: str, switch: BranchSwitch) -> log.Lease:
        """Write down where the room goes on."""
        moving, to = self.player.moving, switch.to
        if isinstance(to, int):
            return branches.move(self.lease, to, moving=moving)
        if switch.command is not None:
            given = Given(switch.run.now, switch.command, actor)
            to = msgspec.structs.replace(to, commands=(*to.commands, given))
        return branches.fork(self.lease, to, moving=moving, move=True)

    async def _transport(self, transport: Transport) -> None:
        player = self.player
        if (
            player.room_lesson is not None
            and player.room_lesson.held
            and transport.action in ("play", "next-event")
        ):
            raise Refused(texts(_("This step is over. Go on with the lesson.")))
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
                await self._seek_event()
        self._stepped = self._due = time.monotonic()
        player.rate.clear()
        await self._rest()

    async def _seek_event(self) -> None:
        """Find out when something happens, and go there; a room that is too large for that goes on until it
        does."""
        player = self.player
        player.rest()
        if is_large(source_of(player.run)) or (found := await self._next_event()) is None:
            player.seek_event()
        else:
            player.goal = found

    async def _next_event(self) -> int | None:
        """When it happens; None: it takes too long to find out."""
        player = self.player
        searched = workers.run(
            with_run,
            answering.next_event,
            source_of(player.run),
            player.now,
            owner=self.lease.room,
            seconds=LONGEST_SEARCH,
        )
        try:
            found: int | None = await holding_lease(self.lease, searched)
        except workers.NotComputed:
            return None
        if found is None:
            raise Refused(texts(_("Nothing is going to happen unless somebody acts.")))
        return found

    async def _rest(self) -> None:
        """Write down the pace, and a mark that fits it."""
        await self._marked()
        if self._closing:
            self.player.rest()
        player = self.player
        await self._write_mark(playing=player.playing, speed=player.speed, ease=player.ease)

    async def _marked(self) -> None:
        """The new mark is written. Raises LeaseLost, DatabaseError."""
        if (marking := self._marking) is not None:
            self._marking = None
            await marking

    async def _write_mark(self, **fields: float) -> None:
        ahead = self.player.ahead()
        await self._writer.write(log.write_mark, self.lease, ahead, moving=self.player.moving, **fields)
        self.player.mark = ahead

    async def _tell_standing(self, told: list[Texts]) -> None:
        """Nothing could be written, or can be again: no time has passed in between."""
        self._stepped = self._due = time.monotonic()
        await self._notify(told)

    # --- when something breaks

    async def _recover(self) -> None:
        """The model broke, or showing it did: find the command that is to blame, take it out of the log, and
        go on as if it had not been given. Raises what broke if that does not help.
        """
        await self._marked()
        now = time.monotonic()
        reference = trouble.report("run broke", **self._about())
        if len(self._breaks) == MOST_BREAKS and now - self._breaks[0] < BREAKS_WITHIN:
            raise RuntimeError(f"the run broke {MOST_BREAKS} times; the last time is {reference}")
        self._breaks.append(now)
        player, branch = self.player, self.lease.branch
        until = max(player.now, player.shown)
        run, told = await open_branch(self.lease, branch, until=until)
        left = player.show(run, branch, await asyncio.to_thread(Feed, run.head))
        await asyncio.to_thread(left.clear)
        if not told or run.now < until:
            player.rest()
        metrics.recoveries.inc()
        self._stepped = self._due = time.monotonic()
        await self._keep_lesson()
        await self._rest()
        await self._show()
        told = told or [trouble.with_reference(STOPPED, reference)]
        if self._broken is not None:
            _fail(self._broken, Refused(told[-1]))
            self._broken = None
        self._serving = None
        await self._notify(told)

    def _about(self) -> dict[str, object]:
        player = self.player
        about: dict[str, object] = {"room": self.lease.room, "branch": self.lease.branch, "t": player.now}
        if self._serving is None:
            return about
        return {**about, "request": self._serving.request, "actor": self._serving.actor}

    def _spend(self, seconds: float) -> None:
        """A step took so long to compute."""
        if seconds > 2 * self.player.slicer.budget:
            metrics.over_budget.inc()
        self.snapshots.spend(seconds)


def _fail(answer: asyncio.Future[Any], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
