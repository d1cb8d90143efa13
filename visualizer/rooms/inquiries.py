"""What one viewer asks about time: the past, causes, other outcomes, branches. Answered in the viewer's own
tasks and off the event loop, so that nobody else waits for it.
"""

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol

import structlog
from channels.db import database_sync_to_async
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Command, CommandError
from clustersim.explain import what_if
from clustersim.faults import action_named
from clustersim.run import Inputs, Run
from visualizer.rooms import answering, branches
from visualizer.rooms.background import Busy, in_background
from visualizer.rooms.branches import Forked, NoSuchBranch, TooMany
from visualizer.rooms.flow import Allowance
from visualizer.rooms.frames import (
    Accepted,
    Act,
    Failed,
    Foresee,
    Fork,
    FromServer,
    Inspect,
    Inspected,
    Look,
    Made,
    Notice,
    Rejected,
    Rename,
    Switch,
    WhatIf,
    Why,
    WhyNot,
)
from visualizer.rooms.hub import Hub
from visualizer.rooms.models import Room
from visualizer.rooms.run_cache import run_cache
from visualizer.rooms.runner import REASONS, BranchSwitch, Refused, RoomRequest
from visualizer.texts import Texts, texts

logger = structlog.get_logger()

Question = Why | WhyNot | WhatIf | Foresee
Change = Fork | Switch | Rename

MOST_WAITING: Final = 4
"""Questions of a viewer that wait for their turn."""

FAILED: Final = _("That did not work. Why is in the server's log.")
TOO_MUCH: Final = _("Too many questions at once. Ask again in a moment.")
WATCHES_ONLY: Final = _("In this room you can watch, not act.")


class Sender(Protocol):
    """The viewer's connection."""

    async def say(self, frame: str) -> None: ...
    async def answer(self, frame: FromServer) -> None: ...


async def run_of(hub: Hub, branch: int | None) -> tuple[int, Run]:
    """A branch of the room, by default the one it plays. Raises NoSuchBranch."""
    player = hub.runner.player
    if branch is None or branch == player.branch:
        return player.branch, player.run
    return branch, await run_cache.run(hub.room, branch)


class Inquiries:
    """One viewer's questions."""

    def __init__(self, hub: Hub, viewer: Sender) -> None:
        self._hub = hub
        self._viewer = viewer
        self._allowance = Allowance(per_second=2, burst=10)
        self._wanted: Look | None = None
        self._looking: asyncio.Task[None] | None = None
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._tasks: dict[asyncio.Task[None], None] = {}

    def close(self) -> None:
        """The viewer has gone."""
        for task in (*self._tasks, self._looking):
            if task is not None:
                task.cancel()

    # --- looking --------------------------------------------------------------------------------------------

    def look(self, look: Look) -> None:
        """Show the past; of those asked for meanwhile only the newest."""
        self._wanted = look
        if self._looking is None or self._looking.done():
            self._looking = _start(self._look())

    def live(self) -> None:
        """Look no more."""
        self._wanted = None

    async def _look(self) -> None:
        while (look := self._wanted) is not None:
            self._wanted = None
            try:
                branch, run = await run_of(self._hub, look.branch)
                href = past_address(self._hub.room, branch, look.t)
                await self._viewer.say(
                    await in_background(answering.past, run, branch, look.t, look.step, href)
                )
            except NoSuchBranch:
                await self._fail("", texts(REASONS[NoSuchBranch]))
            except Busy:
                await self._fail("", texts(TOO_MUCH))
            except Exception:
                logger.exception("moment not shown", room=self._hub.room.code)
                await self._fail("", texts(FAILED))

    async def inspect(self, inspect: Inspect, t: int) -> None:
        """A part as it was."""
        try:
            _branch, run = await run_of(self._hub, inspect.branch)
        except NoSuchBranch:
            await self._viewer.answer(Inspected(part=inspect.part, data=None, t=t))
        else:
            data = await in_background(answering.inspect_past, run, inspect.part, t)
            await self._viewer.answer(Inspected(part=inspect.part, data=data, t=t))

    # --- questions ------------------------------------------------------------------------------------------

    async def ask(self, question: Question, *, can_act: bool) -> None:
        """Answer when it is its turn; refuse what is too much, or not for this viewer."""
        if isinstance(question, WhatIf | Foresee) and not can_act:
            await self._fail(question.id, texts(WATCHES_ONLY))
        elif self._waiting >= MOST_WAITING or not self._allowance.take(time.monotonic()):
            await self._fail(question.id, texts(TOO_MUCH))
        else:
            self._waiting += 1
            self._begin(self._answer(question))

    async def _answer(self, question: Question) -> None:
        try:
            async with self._turn:
                await self._find(question)
        except (answering.NoAnswer, CommandError) as why:
            await self._fail(
                question.id, texts(why.reason if isinstance(why, answering.NoAnswer) else why.message)
            )
        except (NoSuchBranch, TooMany) as why:
            await self._fail(question.id, texts(REASONS[type(why)]))
        except Busy:
            await self._fail(question.id, texts(TOO_MUCH))
        except Exception:
            logger.exception("question not answered", room=self._hub.room.code)
            await self._fail(question.id, texts(FAILED))
        finally:
            self._waiting -= 1

    async def _find(self, question: Question) -> None:
        branch, run = await run_of(self._hub, question.branch)
        if isinstance(question, WhatIf):
            await self._what_if(question, branch, run)
            return
        t = run.now if question.t is None else question.t
        match question:
            case Why():
                answer = in_background(
                    answering.explain, run, question.id, branch, question.event, question.object, t
                )
            case WhyNot():
                answer = in_background(answering.explain_not, run, question.id, branch, question.object, t)
            case Foresee():
                commands = [Command(trial.do, trial.target, trial.args) for trial in question.commands]
                answer = in_background(answering.try_out, run, question.id, commands, t, question.ahead)
        await self._viewer.say(await answer)

    async def _what_if(self, question: WhatIf, branch: int, run: Run) -> None:
        """Make the branch beside the room's own, played as far."""
        hub, before = self._hub, run.inputs
        inputs = await in_background(_other_inputs, run, question)
        other = await in_background(Run, inputs, run.now)
        t = what_if.differs_from(before, inputs)
        forked = branches.forked_from(branch, before, other.inputs, t, other.now)
        moving = hub.runner.player.moving
        lease = await database_sync_to_async(branches.fork)(
            hub.runner.lease, forked, moving=moving, move=False
        )
        run_cache.put(lease.branch, other)
        code = hub.room.code
        address = f"{reverse('compare')}?a={code}:{branch}&b={code}:{lease.branch}"
        await self._viewer.answer(Made(id=question.id, branch=lease.branch, compare=address))
        await tell_branches(hub)

    # --- branches -------------------------------------------------------------------------------------------

    async def change(self, change: Change, actor: str, *, can_act: bool) -> None:
        """Fork, switch or rename."""
        if not can_act:
            await self._viewer.answer(Rejected(id=change.id, reason=texts(WATCHES_ONLY)))
            return
        self._begin(self._do(change.id, lambda: self._change(change, actor)))

    async def act_in_past(self, act: Act, actor: str) -> None:
        """Fork at that time, and do it there."""
        self._begin(self._do(act.id, lambda: self._act(act, actor)))

    async def _do(self, request: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._turn:
                await work()
        except Refused as refusal:
            await self._viewer.answer(Rejected(id=request, reason=refusal.reason))
        except (NoSuchBranch, TooMany) as why:
            await self._viewer.answer(Rejected(id=request, reason=texts(REASONS[type(why)])))
        except Exception:
            logger.exception("change not made", room=self._hub.room.code)
            failed = texts(FAILED)
            await self._viewer.answer(Rejected(id=request, reason=failed))

    async def _change(self, change: Change, actor: str) -> None:
        hub = self._hub
        match change:
            case Rename():
                await database_sync_to_async(branches.rename)(hub.room.pk, change.branch, change.name)
                await self._accept(change.id)
                await tell_branches(hub)
            case Switch():
                _branch, run = await run_of(hub, change.branch)
                if run is not hub.runner.player.run:
                    await hub.runner.ask(RoomRequest(actor, BranchSwitch(run, change.branch)))
                await self._accept(change.id)
                await self._notice(_("%(actor)s moved the room to another branch."), actor)
            case Fork():
                branch, run = await run_of(hub, change.branch)
                departure = await self._departure(branch, run, change.t, change.name)
                await hub.runner.ask(RoomRequest(actor, departure))
                await self._accept(change.id)
                await self._notice(_("%(actor)s began another branch in the past."), actor)

    async def _act(self, act: Act, actor: str) -> None:
        assert act.at is not None
        branch, run = await run_of(self._hub, act.branch)
        departure = await self._departure(branch, run, act.at, "")
        command = Command(act.do, act.target, act.args)
        try:
            action_named(command.do)(departure.run.head, command.target, command.args).check()
        except CommandError as error:
            raise Refused(texts(error.message)) from None
        whole = BranchSwitch(departure.run, departure.to, command)
        await self._hub.runner.ask(RoomRequest(actor, whole))
        await self._accept(act.id)
        await self._notice(_("%(actor)s acted in the past; the room goes on in a new branch."), actor)

    async def _departure(self, branch: int, run: Run, t: int, name: str) -> BranchSwitch:
        if not 0 <= t <= run.now:
            raise Refused(texts(_("The branch does not go as far as that.")))
        fork = await in_background(run.fork, t)
        return BranchSwitch(fork, Forked(branch, t, len(fork.commands), fork.now, name))

    async def _accept(self, request: str) -> None:
        player = self._hub.runner.player
        await self._viewer.answer(Accepted(id=request, t=player.now, branch=player.branch))

    async def _notice(self, text: Promise, actor: str) -> None:
        player = self._hub.runner.player
        said: Texts = {language: found % {"actor": actor} for language, found in texts(text).items()}
        await self._hub.tell(Notice(text=said, branch=player.branch, t=player.now))
        await tell_branches(self._hub)

    # --------------------------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = _start(work)
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _fail(self, request: str, reason: Texts) -> None:
        await self._viewer.answer(Failed(id=request, reason=reason))


async def tell_branches(hub: Hub) -> None:
    """Everybody gets the tree."""
    await hub.tell(await database_sync_to_async(branches.tree)(hub.room.pk))


def past_address(room: Room, branch: int, t: int) -> str:
    """Where a moment that is too large for a frame is fetched."""
    return f"{reverse('past', args=[room.code])}?branch={branch}&t={t}"


def _other_inputs(run: Run, question: WhatIf) -> Inputs:
    """The run's inputs without, or with another value of, the one asked about. Raises CommandError."""
    asked = question.input
    found = what_if.Input(
        asked.kind,
        asked.index,
        component=asked.component or "",
        flag=asked.flag or "",
        **_message(run, question),
    )
    if question.instead is not None:
        return what_if.changed(run.inputs, found, question.instead)
    return what_if.without(run.inputs, found)


def _message(run: Run, question: WhatIf) -> dict[str, Any]:
    """When a message was sent that is to be lost, and by which node."""
    if question.input.kind != what_if.MESSAGE:
        return {}
    event = run.head.record.get(question.input.index or 0)
    if event is None:
        raise answering.NoAnswer(answering.FORGOTTEN)
    node = getattr(event, "actor", "").partition("@")[2]
    if node not in run.head.machines:
        raise answering.NoAnswer(answering.NOTHING_SUCH)
    return {"t": getattr(event, "t", 0), "node": node}


def _start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work, context=contextvars.Context())
