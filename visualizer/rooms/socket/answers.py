"""Answers the requests of a viewer: whether it may, and who carries them out."""

from typing import Protocol

from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from clustersim import Command
from clustersim.lesson.blind import Commitment
from clustersim.view import covered
from visualizer.lessons.all_frames import ByStudent, Frame
from visualizer.lessons.class_frames import ByTeacher
from visualizer.lessons.classroom import Classroom
from visualizer.lessons.exploring import hand_over
from visualizer.lessons.frames import Committed, HandedOver, Move
from visualizer.lessons.powers import refusal
from visualizer.rooms.frames.branching import BranchChange, Fork, Rename, Switch, Tree
from visualizer.rooms.frames.console import Console, ConsoleOutput
from visualizer.rooms.frames.looking import Closer, GiveUp, closely
from visualizer.rooms.frames.questions import Failed, Foresee, Question, WhatIf, Why, WhyNot
from visualizer.rooms.frames.stage import (
    Accepted,
    Act,
    Error,
    FrameOfStage,
    FromServer,
    Inspect,
    Inspected,
    Live,
    Look,
    Rejected,
    Resync,
    Transport,
)
from visualizer.rooms.kept import branches
from visualizer.rooms.permissions import Actor
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.requests import Refused, RoomRequest
from visualizer.rooms.running.viewer import Viewer
from visualizer.rooms.socket.branch_changes import BranchChanges
from visualizer.rooms.socket.inquiries import Inquiries
from visualizer.rooms.socket.terminal import Terminal
from visualizer.rooms.socket.viewer_work import ViewerWork
from visualizer.texts import Texts, texts


class Asker(Viewer, Protocol):
    """The viewer's connection. actor: what the log calls whoever is there."""

    @property
    def actor(self) -> str: ...
    async def answer(self, frame: FromServer) -> None: ...


class Answers:
    """To one viewer, frame by frame."""

    def __init__(self, hub: Hub, viewer: Asker) -> None:
        self._hub = hub
        self._viewer = viewer
        self._work = ViewerWork(hub, viewer)
        self._inquiries = Inquiries(self._work)
        self._branches = BranchChanges(self._work)
        self._terminal = Terminal(hub, viewer, self.forbids)

    def close(self) -> None:
        """The viewer has gone, and is let go of: who leaves is forgotten without a search for garbage."""
        self._work.close()
        self._terminal.close()
        vars(self).clear()

    async def answer(self, frame: Frame) -> None:
        """Raises Refused, LessonRefused, Gone."""
        if (reason := self.forbids(frame)) is not None:
            await self._forbid(frame, reason)
            return
        if isinstance(frame, ByStudent | ByTeacher):
            await self._about_lesson(frame)
            return
        match frame:
            case Move():
                await self._move(frame)
            case Committed():
                await self._commit(frame)
            case HandedOver():
                await self._hand_over(frame)
            case Console():
                await self._terminal.take(frame, self._viewer.actor)
            case _:
                await self._answer_stage(frame)

    async def _answer_stage(
        self, frame: FrameOfStage | BranchChange | Tree | Question | Closer | GiveUp
    ) -> None:
        match frame:
            case Resync():
                self._viewer.window.resync()
                await self._hub.catch_up(self._viewer)
            case Act():
                await self._act(frame)
            case Transport():
                await self._transport(frame)
            case Inspect():
                await self._inspect(frame)
            case Closer():
                await self._look_closer(frame)
            case Look():
                self._inquiries.look(frame)
            case Live():
                self._inquiries.live()
                self._viewer.window.resync()
                await self._hub.catch_up(self._viewer)
            case Fork() | Switch() | Rename():
                self._branches.change(frame, self._viewer.actor)
            case Tree():
                await self._tell_branches()
            case GiveUp():
                self._inquiries.give_up(frame.id)
            case Why() | WhyNot() | WhatIf() | Foresee():
                await self._inquiries.ask(frame)

    async def _tell_branches(self) -> None:
        """What was done since the room forked is told of its branch, unless it is to be found out."""
        if not self._hub.runner.player.blind:
            await self._viewer.answer(await database_sync_to_async(branches.tree)(self._hub.room.pk))

    async def _act(self, act: Act) -> None:
        if act.at is not None:
            self._branches.act_in_past(act, self._viewer.actor)
            return
        seen = None if act.now else act.seen_t
        try:
            done = await self._hub.runner.ask(
                RoomRequest(self._viewer.actor, Command(act.do, act.target, act.args), seen)
            )
        except Refused as refusal:
            await self._viewer.answer(
                Rejected(id=act.id, reason=refusal.reason, offer="now" if refusal.stale else None)
            )
        else:
            await self._viewer.answer(Accepted(id=act.id, t=done.t, branch=self._hub.runner.player.branch))

    def forbids(self, frame: Frame) -> Texts | None:
        """Why this viewer may not do that, here or on the console."""
        return refusal(self._standpoint, frame)

    @property
    def _standpoint(self) -> Actor:
        classroom = self._hub.classroom
        return Actor(self._viewer.role) if classroom is None else classroom.standpoint(self._viewer)

    async def _transport(self, transport: Transport) -> None:
        await self._hub.runner.ask(RoomRequest(self._viewer.actor, transport))

    async def _forbid(self, frame: Frame, reason: Texts) -> None:
        if isinstance(frame, Act | Fork | Switch | Rename):
            await self._viewer.answer(Rejected(id=frame.id, reason=reason))
        elif isinstance(frame, Why | WhyNot | WhatIf | Foresee):
            await self._viewer.answer(Failed(id=frame.id, reason=reason))
        elif isinstance(frame, Console):
            await self._viewer.answer(ConsoleOutput(id=frame.id, note=reason, ok=False, where=frame.where))
        else:
            await self._viewer.answer(Error(message=reason))

    async def _move(self, move: Move) -> None:
        if move.step == 0:
            await self._classroom.warm_up(self._viewer)
        await self._hub.move(self._viewer.actor, move)

    async def _commit(self, frame: Committed) -> None:
        committed = self._classroom.commitment(self._viewer, frame)
        await self._hub.runner.ask(RoomRequest(self._viewer.actor, committed))
        await self._classroom.committed(committed)

    async def _hand_over(self, frame: HandedOver) -> None:
        self._classroom.check_challenge()
        await database_sync_to_async(hand_over)(self._hub.room.code, frame.text)
        await self._hub.runner.ask(RoomRequest(self._viewer.actor, Commitment("", "", "", "")))
        await self._classroom.refresh()

    async def _about_lesson(self, frame: ByStudent | ByTeacher) -> None:
        await self._classroom.hear(self._viewer, frame)

    async def _inspect(self, inspect: Inspect) -> None:
        if inspect.t is not None:
            self._inquiries.inspect(inspect, inspect.t)
            return
        await self._viewer.answer(
            Inspected(part=inspect.part, data=self._hub.runner.player.feed.describe(inspect.part))
        )

    async def _look_closer(self, asked: Closer) -> None:
        if asked.t is not None:
            self._inquiries.look_closer(asked, asked.t)
            return
        player = self._hub.runner.player
        player.closer.want(self._viewer, asked.nodes)
        await self._viewer.answer(
            closely(asked, covered(player.feed.view) if player.blind else player.feed.view)
        )

    @property
    def _classroom(self) -> Classroom:
        """Raises Refused."""
        if self._hub.classroom is None:
            raise Refused(texts(_("This room has no lesson.")))
        return self._hub.classroom
