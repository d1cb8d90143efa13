"""One viewer's console: command lines in, output out, one after another.

Looking needs no right. What a line would change becomes commands of the room, given as clicks are: written
down first, refused to those who may only watch, and never done to the past.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Final, Protocol

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim.cluster import Cluster
from clustersim.command import Command
from clustersim.console import Answer, Follow, complete, go_on, interrupt
from clustersim.faults.objects import Interrupt
from clustersim.lesson.expressions.typed_lines import TypedLine
from visualizer.owned import OwnedTasks
from visualizer.rooms.computing import answering
from visualizer.rooms.computing.recalling import as_of, in_worker
from visualizer.rooms.flow import Allowance
from visualizer.rooms.frames.console import Console, ConsoleOutput
from visualizer.rooms.frames.stage import FromServer, Look
from visualizer.rooms.running.console_line import Forbids, NotDone, carry_out, pasted_below
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.requests import Refused, RoomRequest
from visualizer.rooms.running.viewer import Gone, Left
from visualizer.rooms.socket.reasons import reason_of
from visualizer.texts import Texts, texts

MOST_WAITING: Final = 4
"""Lines of a viewer that wait for their turn."""
LONGEST_OUTPUT: Final = 128 * 1024
"""Characters of one answer; what is beyond is cut, and said to be."""


class Sender(Protocol):
    """The viewer's connection."""

    who: str

    async def answer(self, frame: FromServer) -> None: ...


class Terminal:
    """Takes lines in order."""

    def __init__(self, hub: Hub, viewer: Sender, forbids: Forbids) -> None:
        self._hub = hub
        self._viewer: Sender = viewer
        self._forbids: Forbids = forbids
        self._allowance = Allowance(per_second=5, burst=20)
        self._lines: deque[tuple[Console, str]] = deque()
        self._tasks = OwnedTasks(room=hub.room.code)
        self._working: asyncio.Task[None] | None = None

    def close(self) -> None:
        """The viewer has gone."""
        self._tasks.cancel()
        left = Left()
        self._viewer, self._forbids = left, left.forbids

    async def take(self, console: Console, actor: str) -> None:
        """Answer when it is its turn; refuse what is too much."""
        if len(self._lines) >= MOST_WAITING or not self._allowance.take(time.monotonic()):
            await self._viewer.answer(_failed(console, _TOO_MANY))
            return
        self._lines.append((console, actor))
        if self._working is None or self._working.done():
            self._working = self._tasks.start(self._work())

    async def _work(self) -> None:
        while self._lines:
            console, actor = self._lines.popleft()
            try:
                output = await self._output(console, actor)
            except Exception as error:
                why = reason_of(error, "console line not answered", self._hub.room.code)
                output = _failed(console, why)
            try:
                await self._viewer.answer(output)
                await self._noted(console, output)
            except Gone:
                return

    async def _noted(self, console: Console, output: ConsoleOutput) -> None:
        """What was typed may be what a lesson waits for, or the evidence for something that is hidden."""
        classroom = self._hub.classroom
        if classroom is None or output.candidates is not None or console.t is not None or console.interrupt:
            return
        if output.text:
            await classroom.typed(self._viewer.who, console.line, console.where, output.text)
        if console.follow is None:
            typed = TypedLine(console.line, console.where)
            with suppress(Refused):
                await self._hub.runner.ask(RoomRequest(self._viewer.who, typed))

    async def _output(self, console: Console, actor: str) -> ConsoleOutput:
        if console.t is not None:
            return await self._output_of_past(console, console.t)
        pasted = await pasted_below(console.line, self)
        cluster = self._hub.runner.player.cluster
        if console.complete:
            return _completed(console, cluster)
        if console.interrupt:
            answer = _interrupted(console, cluster)
        else:
            answer = answering.typed(cluster, console, pasted)
        told = Answer()
        while answer.commands:
            try:
                done = await carry_out(self._hub, answer, actor, self._forbids, console.id)
            except NotDone as why:
                failed = _failed(console, why.reason)
                return msgspec.structs.replace(failed, text=told.text, where=told.where or console.where)
            if done.follow is None or not done.follow.at_once:
                return _told(console, done.behind(told))
            told, cluster = done.behind(told), self._hub.runner.player.cluster
            answer = go_on(cluster, console.line, done.follow, done.where, console.variables)
        return _told(console, answer.behind(told))

    async def _output_of_past(self, console: Console, t: int) -> ConsoleOutput:
        if (forbidden := self._forbids(Look(t=t, branch=console.branch))) is not None:
            return _failed(console, forbidden)
        _branch, source = await self._hub.source(console.branch)
        source = as_of(source, t)
        answer = await in_worker(answering.typed_in_past, source, t, console, owner=self)
        if isinstance(answer, tuple):
            return ConsoleOutput(id=console.id, where=console.where, candidates=answer)
        if answer.commands:
            return _failed(
                console, _("This is the past: here the console only looks. Go back to live to act.")
            )
        return _told(console, answer)


_TOO_MANY: Final = _("Too many lines at once. Wait a moment.")


def _interrupted(console: Console, cluster: Cluster) -> Answer:
    """Ctrl-C: what the line set going, and still goes on, ends."""
    runs = [cluster.kubectl.invocations.of_act(act) for act in (console.follow or Follow()).acts]
    going_on = [run for run in runs if run is not None and run.goes_on]
    ended = tuple(Command(Interrupt.do, str(run.act)) for run in going_on)
    if console.follow is None:
        return Answer(where=console.where, commands=ended)
    answer = interrupt(cluster, console.line, console.follow, console.where, console.variables)
    return msgspec.structs.replace(answer, commands=(*ended, *answer.commands), follow=None)


def _completed(console: Console, cluster: Cluster) -> ConsoleOutput:
    candidates = complete(cluster, console.line, console.where)
    return ConsoleOutput(id=console.id, where=console.where, candidates=candidates)


def _told(console: Console, answer: Answer) -> ConsoleOutput:
    text = answer.text
    if len(text) > LONGEST_OUTPUT:
        text = text[:LONGEST_OUTPUT].rpartition("\n")[0] + "\n…"
    return ConsoleOutput(
        id=console.id,
        text=text,
        note=None if answer.note is None else texts(answer.note),
        ok=answer.ok,
        where=answer.where,
        follow=answer.follow,
        edit=answer.edit,
        variables=answer.variables,
    )


def _failed(console: Console, reason: Promise | Texts) -> ConsoleOutput:
    said = reason if isinstance(reason, dict) else texts(reason)
    return ConsoleOutput(id=console.id, note=said, ok=False, where=console.where, variables=console.variables)
