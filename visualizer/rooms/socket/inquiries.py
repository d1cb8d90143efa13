"""What one viewer asks about time: the past, causes, other outcomes, branches. Answered in the viewer's own
tasks and off the event loop, so that nobody else waits for it.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar

import msgspec
from channels.db import database_sync_to_async
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Command
from clustersim.explain import what_if
from clustersim.faults import action_named
from visualizer import workers
from visualizer.owned import OwnedTasks
from visualizer.rooms.computing import answering, progress
from visualizer.rooms.computing.kept_answers import address_of_past, kept_answers
from visualizer.rooms.computing.opening import open_branch, take_over
from visualizer.rooms.computing.recalling import (
    as_of,
    in_worker,
    is_large,
    moment,
    seconds_for,
    telling,
    with_run,
)
from visualizer.rooms.flow import Allowance
from visualizer.rooms.frames.branching import BranchChange, Fork, Rename, Switch
from visualizer.rooms.frames.looking import Closer, Looking
from visualizer.rooms.frames.questions import Failed, Foresee, Made, Question, WhatIf, Why, WhyNot
from visualizer.rooms.frames.stage import (
    MAX_SNAPSHOT,
    Accepted,
    Act,
    FromServer,
    Inspect,
    Inspected,
    Look,
    Notice,
    Rejected,
    encode,
)
from visualizer.rooms.kept import branches
from visualizer.rooms.kept.branches import Forked, NoSuchBranch
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.requests import BranchSwitch, Refused, RoomRequest
from visualizer.rooms.running.viewer import Gone, Left
from visualizer.rooms.socket.reasons import TOO_MUCH, reason_of
from visualizer.texts import Texts, filled, texts

R = TypeVar("R")

MOST_WAITING: Final = 4
"""Questions of a viewer that wait for their turn."""

TELL_SECONDS: Final = 0.7
"""Who waits for an answer is told so often how far it is."""


class Sender(Protocol):
    """The viewer's connection."""

    async def say(self, frame: str) -> None: ...
    async def answer(self, frame: FromServer) -> None: ...


def _refused(why: Texts) -> Failed:
    return Failed(id="", reason=why)


class Inquiries:
    """One viewer's questions."""

    def __init__(self, hub: Hub, viewer: Sender) -> None:
        self._hub = hub
        self._viewer: Sender = viewer
        self._allowance = Allowance(per_second=2, burst=10)
        self._wanted: Look | None = None
        self._looking: asyncio.Task[None] | None = None
        self._waiting = 0
        self._asked: dict[str, asyncio.Task[None]] = {}
        """The questions that are being answered, by their ids."""
        self._turn = asyncio.Lock()
        self._tasks = OwnedTasks(room=hub.room.code)

    def close(self) -> None:
        """The viewer has gone."""
        self._tasks.cancel()
        self._viewer = Left()

    # --- looking --------------------------------------------------------------------------------------------

    def look(self, look: Look) -> None:
        """Show the past; of those asked for meanwhile only the newest."""
        self._wanted = look
        if self._looking is None or self._looking.done():
            self._looking = self._tasks.start(self._look())

    def live(self) -> None:
        """Look no more."""
        self._wanted = None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        while (look := self._wanted) is not None:
            self._wanted = None
            try:
                await self._viewer.say(await self._past(look))
            except Gone:
                return
            except Exception as error:
                await self._fail("", self._reason(error))

    async def _past(self, look: Look) -> str:
        """The frame of a moment; one that is too large is kept until the page fetches it."""
        branch, source = await self._hub.source(look.branch)
        head, t = source.until, look.t
        if look.step is None:
            source = as_of(source, t)
        text, bare = await self._compute(answering.past, source, branch, t, look.step, head)
        if len(text) <= MAX_SNAPSHOT:
            return text
        href = address_of_past(self._hub.room.code, branch, bare.t)
        kept_answers.put(href, text)
        return encode(msgspec.structs.replace(bare, href=href))

    def inspect(self, inspect: Inspect, t: int) -> None:
        """A part as it was."""
        self._begin(self._inspect(inspect, t))

    def look_closer(self, asked: Closer, t: int) -> None:
        """What is on some nodes, as it was."""
        self._begin(self._look_closer(asked, t))

    async def _look_closer(self, asked: Closer, t: int) -> None:
        _branch, source = await self._hub.source(asked.branch)
        await self._viewer.say(await self._compute(answering.closer, as_of(source, t), asked, t))

    async def _inspect(self, inspect: Inspect, t: int) -> None:
        try:
            _branch, source = await self._hub.source(inspect.branch)
        except NoSuchBranch:
            data = None
        else:
            data = await self._compute(answering.inspect_past, as_of(source, t), inspect.part, t)
        await self._viewer.answer(Inspected(part=inspect.part, data=data, t=t))

    async def _compute(self, work: Callable[..., R], source: Source, *args: Any, request: str = "") -> R:
        """In a worker, for as long as this viewer is there; of a large run it hears how far that is."""
        if not is_large(source.inputs):
            return await in_worker(work, source, *args, owner=self)
        told = progress.place_of_question()
        telling_how_far = self._tasks.start(self._tell(request, told))
        try:
            return await workers.run(
                telling,
                told,
                with_run,
                work,
                source,
                *args,
                owner=self,
                seconds=seconds_for(source),
                lane=workers.Lane.LARGE,
            )
        finally:
            telling_how_far.cancel()
            progress.forget(told)

    async def _tell(self, request: str, told: str) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            if (heard := progress.read(told)) is not None:
                await self._answer_quietly(
                    Looking(id=request, phase=heard.phase, share=heard.share, left=heard.left)
                )

    # --- questions ------------------------------------------------------------------------------------------

    async def ask(self, question: Question) -> None:
        """Answer when it is its turn; refuse what is too much."""
        if self._waiting >= MOST_WAITING or not self._allowance.take(time.monotonic()):
            await self._fail(question.id, texts(TOO_MUCH))
        else:
            self._waiting += 1
            task = self._begin(self._answer(question), lambda why: Failed(id=question.id, reason=why))
            self._asked[question.id] = task
            task.add_done_callback(lambda _task: self._asked.pop(question.id, None))

    def give_up(self, request: str) -> None:
        """Nobody waits for that answer any more."""
        if (task := self._asked.get(request)) is not None:
            task.cancel()

    async def _answer(self, question: Question) -> None:
        try:
            await self._in_turn(self._find(question))
        finally:
            self._waiting -= 1

    async def _find(self, question: Question) -> None:
        branch, source = await self._hub.source(question.branch)
        if isinstance(question, WhatIf):
            await self._what_if(question, branch, source)
            return
        t = source.until if question.t is None else question.t
        source = as_of(source, t)
        asked: tuple[Any, ...]
        match question:
            case Why():
                asked = (answering.explain, source, question.id, branch, question.event, question.object, t)
            case WhyNot():
                asked = (answering.explain_not, source, question.id, branch, question.object, t)
            case Foresee():
                commands = [Command(trial.do, trial.target, trial.args) for trial in question.commands]
                asked = (answering.try_out, source, question.id, commands, t, question.ahead)
        await self._viewer.say(await self._compute(*asked, request=question.id))

    async def _what_if(self, question: WhatIf, branch: int, source: Source) -> None:
        """Make the branch beside the room's own, played as far."""
        hub, before = self._hub, source.inputs
        asked = (question.input, question.instead)
        inputs = await self._compute(answering.otherwise, source, *asked, request=question.id)
        t = what_if.differs_from(before, inputs)
        forked = branches.forked_from(branch, before, inputs, t, source.until)
        moving = hub.runner.player.moving
        lease = await database_sync_to_async(branches.fork)(
            hub.runner.lease, forked, moving=moving, move=False
        )
        code = hub.room.code
        address = f"{reverse('compare')}?a={code}:{branch}&b={code}:{lease.branch}"
        await self._viewer.answer(Made(id=question.id, branch=lease.branch, compare=address))
        await hub.tell_branches()

    # --- branches -------------------------------------------------------------------------------------------

    def change(self, change: BranchChange, actor: str) -> None:
        """Fork, switch or rename."""
        self._begin(
            self._in_turn(self._change(change, actor)), lambda why: Rejected(id=change.id, reason=why)
        )

    def act_in_past(self, act: Act, actor: str) -> None:
        """Fork at that time, and do it there."""
        self._begin(self._in_turn(self._act(act, actor)), lambda why: Rejected(id=act.id, reason=why))

    async def _change(self, change: BranchChange, actor: str) -> None:
        hub = self._hub
        match change:
            case Rename():
                await database_sync_to_async(branches.rename)(hub.room.pk, change.branch, change.name)
                await self._accept(change.id)
                await hub.tell_branches()
            case Switch():
                if change.branch != hub.runner.player.branch:
                    found = await open_branch(hub.runner.lease, change.branch)
                    switch = BranchSwitch(found.run, change.branch, failing=found.failing)
                    await hub.runner.ask(RoomRequest(actor, switch))
                    await hub.notify(found.told)
                await self._accept(change.id)
                await self._notice(_("%(actor)s moved the room to another branch."), actor)
            case Fork():
                branch, source = await hub.source(change.branch)
                switch = await self._branch_off(branch, source, change.t, change.name)
                await hub.runner.ask(RoomRequest(actor, switch))
                await self._accept(change.id)
                await self._notice(_("%(actor)s began another branch in the past."), actor)

    async def _act(self, act: Act, actor: str) -> None:
        assert act.at is not None
        branch, source = await self._hub.source(act.branch)
        switch = await self._branch_off(branch, source, act.at, "")
        command = Command(act.do, act.target, act.args)
        action_named(command.do)(switch.run.head, command.target, command.args).check()
        whole = BranchSwitch(switch.run, switch.to, command)
        await self._hub.runner.ask(RoomRequest(actor, whole))
        await self._accept(act.id)
        await self._notice(_("%(actor)s acted in the past; the room goes on in a new branch."), actor)

    async def _branch_off(self, branch: int, source: Source, t: int, name: str) -> BranchSwitch:
        if not 0 <= t <= source.until:
            raise Refused(texts(_("The branch does not go as far as that.")))
        fork = await take_over(await self._compute(moment, as_of(source, t), t))
        return BranchSwitch(fork, Forked(branch, t, len(fork.commands), fork.now, name))

    async def _accept(self, request: str) -> None:
        player = self._hub.runner.player
        await self._viewer.answer(Accepted(id=request, t=player.now, branch=player.branch))

    async def _notice(self, text: Promise, actor: str) -> None:
        player = self._hub.runner.player
        said = filled(text, actor=actor)
        await self._hub.tell(Notice(text=said, branch=player.branch, t=player.now, kept=True))
        await self._hub.tell_branches()

    # --------------------------------------------------------------------------------------------------------

    def _begin(
        self, work: Coroutine[Any, Any, None], refused: Callable[[Texts], FromServer] = _refused
    ) -> asyncio.Task[None]:
        """refused: the frame that tells why it came to nothing."""
        return self._tasks.start(self._told(work, refused))

    async def _in_turn(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._turn:
            await work

    async def _told(self, work: Coroutine[Any, Any, None], refused: Callable[[Texts], FromServer]) -> None:
        """A viewer that leaves while it is being told something is normal life."""
        with suppress(Gone):
            try:
                await work
            except Gone:
                raise
            except Exception as error:
                await self._viewer.answer(refused(self._reason(error)))

    def _reason(self, error: Exception) -> Texts:
        return reason_of(error, "question not answered", self._hub.room.code)

    async def _fail(self, request: str, reason: Texts) -> None:
        await self._answer_quietly(Failed(id=request, reason=reason))

    async def _answer_quietly(self, frame: FromServer) -> None:
        """A viewer that leaves while it is being told something is normal life."""
        with suppress(Gone):
            await self._viewer.answer(frame)
