"""What one viewer asks about time: the past, causes, other outcomes."""

import asyncio
import time
from typing import Any, Final

import msgspec
from channels.db import database_sync_to_async
from django.urls import reverse

from clustersim import Command
from clustersim.explain import what_if
from visualizer.rooms.computing import answering
from visualizer.rooms.computing.kept_answers import address_of_past, kept_answers
from visualizer.rooms.computing.recalling import as_of
from visualizer.rooms.flow import Allowance
from visualizer.rooms.frames.looking import Closer
from visualizer.rooms.frames.questions import Failed, Foresee, Made, Question, WhatIf, Why, WhyNot
from visualizer.rooms.frames.stage import MAX_SNAPSHOT, Inspect, Inspected, Look, encode
from visualizer.rooms.kept import branches
from visualizer.rooms.kept.branches import NoSuchBranch
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.running.viewer import Gone
from visualizer.rooms.socket.reasons import TOO_MUCH
from visualizer.rooms.socket.viewer_work import ViewerWork
from visualizer.texts import texts

MOST_WAITING: Final = 4
"""Questions of a viewer that wait for their turn."""


class Inquiries:
    """One viewer's questions."""

    def __init__(self, work: ViewerWork) -> None:
        self._work = work
        self._allowance = Allowance(per_second=2, burst=10)
        self._wanted: Look | None = None
        self._looking: asyncio.Task[None] | None = None
        self._waiting = 0
        self._asked: dict[str, asyncio.Task[None]] = {}
        """The questions that are being answered, by their ids."""

    # --- looking --------------------------------------------------------------------------------------------

    def look(self, look: Look) -> None:
        """Show the past; of those asked for meanwhile only the newest."""
        self._wanted = look
        if self._looking is None or self._looking.done():
            self._looking = self._work.tasks.start(self._look())

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
                await self._work.viewer.say(await self._past(look))
            except Gone:
                return
            except Exception as error:
                await self._work.fail("", self._work.reason(error))

    async def _past(self, look: Look) -> str:
        """The frame of a moment; one that is too large is kept until the page fetches it."""
        branch, source = await self._work.hub.source(look.branch)
        head, t = source.until, look.t
        if look.step is None:
            source = as_of(source, t)
        text, bare = await self._work.compute(answering.past, source, branch, t, look.step, head)
        if len(text) <= MAX_SNAPSHOT:
            return text
        href = address_of_past(self._work.hub.room.code, branch, bare.t)
        kept_answers.put(href, text)
        return encode(msgspec.structs.replace(bare, href=href))

    def inspect(self, inspect: Inspect, t: int) -> None:
        """A part as it was."""
        self._work.begin(self._inspect(inspect, t))

    def look_closer(self, asked: Closer, t: int) -> None:
        """What is on some nodes, as it was."""
        self._work.begin(self._look_closer(asked, t))

    async def _look_closer(self, asked: Closer, t: int) -> None:
        _branch, source = await self._work.hub.source(asked.branch)
        await self._work.viewer.say(await self._work.compute(answering.closer, as_of(source, t), asked, t))

    async def _inspect(self, inspect: Inspect, t: int) -> None:
        try:
            _branch, source = await self._work.hub.source(inspect.branch)
        except NoSuchBranch:
            data = None
        else:
            data = await self._work.compute(answering.inspect_past, as_of(source, t), inspect.part, t)
        await self._work.viewer.answer(Inspected(part=inspect.part, data=data, t=t))

    # --- questions ------------------------------------------------------------------------------------------

    async def ask(self, question: Question) -> None:
        """Answer when it is its turn; refuse what is too much."""
        if self._waiting >= MOST_WAITING or not self._allowance.take(time.monotonic()):
            await self._work.fail(question.id, texts(TOO_MUCH))
        else:
            self._waiting += 1
            task = self._work.begin(self._answer(question), lambda why: Failed(id=question.id, reason=why))
            self._asked[question.id] = task
            task.add_done_callback(lambda _task: self._asked.pop(question.id, None))

    def give_up(self, request: str) -> None:
        """Nobody waits for that answer any more."""
        if (task := self._asked.get(request)) is not None:
            task.cancel()

    async def _answer(self, question: Question) -> None:
        try:
            await self._work.in_turn(self._find(question))
        finally:
            self._waiting -= 1

    async def _find(self, question: Question) -> None:
        branch, source = await self._work.hub.source(question.branch)
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
        await self._work.viewer.say(await self._work.compute(*asked, request=question.id))

    async def _what_if(self, question: WhatIf, branch: int, source: Source) -> None:
        """Make the branch beside the room's own, played as far."""
        hub, before = self._work.hub, source.inputs
        asked = (question.input, question.instead)
        inputs = await self._work.compute(answering.otherwise, source, *asked, request=question.id)
        t = what_if.differs_from(before, inputs)
        forked = branches.forked_from(branch, before, inputs, t, source.until)
        moving = hub.runner.player.moving
        lease = await database_sync_to_async(branches.fork)(
            hub.runner.lease, forked, moving=moving, move=False
        )
        code = hub.room.code
        address = f"{reverse('compare')}?a={code}:{branch}&b={code}:{lease.branch}"
        await self._work.viewer.answer(Made(id=question.id, branch=lease.branch, compare=address))
        await hub.tell_branches()
