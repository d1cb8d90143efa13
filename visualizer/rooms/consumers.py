"""The WebSocket of the stage: one viewer of one room. Every frame is bounded, checked and answered."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any, Final

import msgspec
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Command
from clustersim.lesson.blind import Commitment
from clustersim.view import covered
from visualizer import metrics, trouble
from visualizer.lessons.exploring import hand_over
from visualizer.lessons.frames import ByStudent, ByTeacher, Committed, Frame, HandedOver, Move, decode
from visualizer.lessons.powers import forbidden
from visualizer.lessons.refusals import LessonRefused
from visualizer.owned import OwnedTasks
from visualizer.request_ids import begin, current
from visualizer.rooms import branches, progress, saved
from visualizer.rooms.codes import tidy
from visualizer.rooms.console_frames import Console, ConsoleOutput
from visualizer.rooms.entering import TOO_MANY, NoEntry, enter
from visualizer.rooms.entrance import TRY_LATER, address_of_socket, entrance
from visualizer.rooms.flow import Allowance, Window
from visualizer.rooms.frames import (
    MAX_FRAME,
    MAX_PASTED,
    Accepted,
    Ack,
    Act,
    Error,
    Failed,
    Foresee,
    Fork,
    FrameFromBrowser,
    FromServer,
    Inspect,
    Inspected,
    Live,
    Look,
    Opening,
    Rejected,
    Rename,
    Resync,
    Switch,
    Transport,
    Welcome,
    WhatIf,
    Why,
    WhyNot,
    encode,
)
from visualizer.rooms.hub import Hub
from visualizer.rooms.inquiries import Inquiries
from visualizer.rooms.looking_frames import Closer, GiveUp, closely
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.permissions import Actor
from visualizer.rooms.registry import rooms
from visualizer.rooms.requests import Refused, RoomRequest
from visualizer.rooms.roles import WHO, Role, role_of
from visualizer.rooms.terminal import Terminal
from visualizer.rooms.viewer import Gone
from visualizer.texts import Texts, texts
from visualizer.turns import turns

OPENING_SECONDS: Final = 0.4
"""Who waits for a room is told so often how far it is."""
MOST_WAITING: Final = 100
"""Frames of a viewer that wait for their turn."""
STRAIGHT: Final = "clustersim.straight"
"""Of a socket's scope: what sends past the middleware, which has cookies to write only when it opens."""
TOO_LARGE: Final = 4413


def largest(frame: str) -> int:
    """How long a frame may be: into the console whole manifests are pasted."""
    begins = frame[:24].replace(" ", "")
    return MAX_PASTED if begins.startswith('{"type":"console"') else MAX_FRAME


class StageConsumer(AsyncWebsocketConsumer):
    """Speaks the frames of ``visualizer.rooms.frames``."""

    hub: Hub | None = None
    connection = ""
    """Its id; that of each of its frames begins with it."""
    frames = 0
    gone = False
    """The connection was lost."""
    who = ""
    """The visitor by its session, without a name."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One event after another. There is no channel of its own, since the hub has one for all; and no look
        after the connection to the database, which would cost a change of threads for every acknowledgement:
        whoever asks the database does so itself.
        """
        self.scope, self.base_send, self._straight = scope, send, scope.get(STRAIGHT, send)
        with suppress(StopConsumer):
            while True:
                event = await receive()
                with suppress(Gone):  # a viewer that leaves while it is being answered is normal life
                    match event["type"]:
                        case "websocket.receive":
                            await self.receive(event.get("text"), event.get("bytes"))
                        case _:
                            await self.dispatch(event)

    async def connect(self) -> None:
        self.connection = begin()
        await self.accept()
        code = tidy(self.scope["url_route"]["kwargs"]["code"])
        self.tasks = OwnedTasks(room=code)
        self.window = Window()
        self.early: list[str] = []
        self.allowance = Allowance(per_second=30, burst=60)
        if not entrance.take(address_of_socket(self.scope)):
            await self._refuse(TOO_MANY, texts(TRY_LATER))
            return
        if rooms.running(code) is not None:
            await self._come_in(code)
        else:
            self.tasks.start(self._wait_for(code))

    async def _wait_for(self, code: str) -> None:
        """Enter a room that has to be opened; who waits is told how far it is, and may leave."""
        telling = self.tasks.start(self._tell_opening(code))
        with suppress(Gone):
            try:
                await self._come_in(code)
            finally:
                telling.cancel()
            early, self.early = self.early, []
            for text in early:
                await self.receive(text)

    async def _come_in(self, code: str) -> None:
        await turns.mine()
        try:
            hub = await enter(code)
        except NoEntry as no:
            await self._refuse(no.code, no.reason)
            return
        self.who = await database_sync_to_async(self._cookie)()
        self.waiting: deque[tuple[str, Frame]] = deque()
        self.working: asyncio.Task[None] | None = None
        self.inquiries = Inquiries(hub, self)
        self.terminal = Terminal(hub, self, self._forbids)
        self.hub = hub
        await hub.join(self)
        await self.answer(await database_sync_to_async(branches.tree)(hub.room.pk))

    async def _tell_opening(self, code: str) -> None:
        with suppress(Gone, NoSuchRoom, Stopped):
            await asyncio.sleep(OPENING_SECONDS)
            room = await database_sync_to_async(find)(code)
            phase = "waiting"
            while True:
                told = progress.read(saved.path_of(room.branch_id or 0))
                if told is not None:
                    phase = told.phase
                elif phase != "waiting":
                    phase = progress.HANDOVER  # the worker has done its part
                share, left = (None, None) if told is None else (told.share, told.left)
                await self.answer(Opening(phase=phase, share=share, left=left))
                await asyncio.sleep(OPENING_SECONDS)

    def _cookie(self) -> str:
        return str(self.scope["session"].get(WHO, ""))

    async def disconnect(self, code: int) -> None:
        self.gone = True
        self.tasks.cancel()
        if self.hub is not None:
            self.hub.leave(self)
            self.inquiries.close()
            self.terminal.close()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.hub is None:
            if text_data is not None and len(text_data) <= MAX_FRAME and len(self.early) < MOST_WAITING:
                self.early.append(text_data)
            return
        self.frames += 1
        begin(f"{self.connection}.{self.frames}")
        if not self.allowance.take(time.monotonic()):
            await self._refuse(TOO_MANY, texts(_("Too many messages from this page.")))
            return
        if text_data is None or len(text_data) > largest(text_data):
            await self._refuse(TOO_LARGE, texts(_("This message is too large.")))
            return
        try:
            frame = decode(text_data)
        except msgspec.DecodeError as error:
            metrics.refused_frames.labels(why="schema").inc()
            text = str(error)[:300]
            await self.answer(Error(message={"en": text, "zh": text}))
            return
        if isinstance(frame, Ack):
            await self.hub.acknowledged(self, frame.seq)
            return
        if len(self.waiting) >= MOST_WAITING:
            await self._refuse(TOO_MANY, texts(_("Too many messages from this page.")))
            return
        self.waiting.append((current(), frame))
        if self.working is None or self.working.done():
            self.working = self.tasks.start(self._work(self.hub))

    async def _work(self, hub: Hub) -> None:
        """Answer one frame after another, for as long as the viewer is there: what takes its time in the room
        never keeps the connection from ending.
        """
        with suppress(Gone):
            while self.waiting:
                request, frame = self.waiting.popleft()
                begin(request)
                await turns.mine()
                try:
                    await self._answer(hub, frame)
                except Gone:
                    raise
                except (Refused, LessonRefused) as refusal:
                    await self.answer(Error(message=refusal.reason))
                except Exception:
                    told = trouble.failed("frame not answered", room=hub.room.code, frame=frame)
                    await self.answer(Error(message=told))

    async def _answer(self, hub: Hub, frame: Frame) -> None:
        if (reason := self._forbids(frame)) is not None:
            await self._forbid(frame, reason)
            return
        if isinstance(frame, ByStudent | ByTeacher):
            await self._about_lesson(hub, frame)
            return
        match frame:
            case Move():
                await self._move(hub, frame)
            case Committed():
                await self._commit(hub, frame)
            case HandedOver():
                await self._hand_over(hub, frame)
            case Console():
                await self.terminal.take(frame, self.actor)
            case _:
                await self._answer_stage(hub, frame)

    async def _answer_stage(self, hub: Hub, frame: FrameFromBrowser | Closer | GiveUp) -> None:
        match frame:
            case Resync():
                self.window.resync()
                await hub.catch_up(self)
            case Act():
                await self._act(hub, frame)
            case Transport():
                await self._transport(hub, frame)
            case Inspect():
                await self._inspect(hub, frame)
            case Closer():
                await self._look_closer(hub, frame)
            case Look():
                self.inquiries.look(frame)
            case Live():
                self.inquiries.live()
                self.window.resync()
                await hub.catch_up(self)
            case Fork() | Switch() | Rename():
                await self.inquiries.change(frame, self.actor)
            case GiveUp():
                self.inquiries.give_up(frame.id)
            case Why() | WhyNot() | WhatIf() | Foresee():
                await self.inquiries.ask(frame)

    # --- what a viewer asks for

    async def _act(self, hub: Hub, act: Act) -> None:
        if act.at is not None:
            await self.inquiries.act_in_past(act, self.actor)
            return
        seen = None if act.now else act.seen_t
        try:
            done = await hub.runner.ask(RoomRequest(self.actor, Command(act.do, act.target, act.args), seen))
        except Refused as refusal:
            await self.answer(
                Rejected(id=act.id, reason=refusal.reason, offer="now" if refusal.stale else None)
            )
        else:
            await self.answer(Accepted(id=act.id, t=done.t, branch=hub.runner.player.branch))

    def _forbids(self, frame: Frame) -> Texts | None:
        """Why this viewer may not do that, here or on the console."""
        reason = forbidden(self.standpoint, frame)
        return None if reason is None else texts(reason)

    @property
    def standpoint(self) -> Actor:
        assert self.hub is not None
        classroom = self.hub.classroom
        return Actor(self.role) if classroom is None else classroom.standpoint(self)

    async def _transport(self, hub: Hub, transport: Transport) -> None:
        await hub.runner.ask(RoomRequest(self.actor, transport))

    async def _forbid(self, frame: Frame, reason: Texts) -> None:
        if isinstance(frame, Act | Fork | Switch | Rename):
            await self.answer(Rejected(id=frame.id, reason=reason))
        elif isinstance(frame, Why | WhyNot | WhatIf | Foresee):
            await self.answer(Failed(id=frame.id, reason=reason))
        elif isinstance(frame, Console):
            await self.answer(ConsoleOutput(id=frame.id, note=reason, ok=False, where=frame.where))
        else:
            await self.answer(Error(message=reason))

    async def _move(self, hub: Hub, move: Move) -> None:
        if hub.classroom is None:
            await self._error(_("This room has no lesson."))
            return
        if move.step == 0:
            await hub.classroom.warm_up(self)
        await hub.move(self.actor, move)

    async def _commit(self, hub: Hub, frame: Committed) -> None:
        if hub.classroom is None:
            await self._error(_("This room has no lesson."))
            return
        committed = hub.classroom.commitment(self, frame)
        await hub.runner.ask(RoomRequest(self.actor, committed))
        await hub.classroom.committed(committed)

    async def _hand_over(self, hub: Hub, frame: HandedOver) -> None:
        if hub.classroom is None:
            await self._error(_("This room has no lesson."))
            return
        hub.classroom.check_challenge()
        await database_sync_to_async(hand_over)(hub.room.code, frame.text)
        await hub.runner.ask(RoomRequest(self.actor, Commitment("", "", "", "")))
        await hub.classroom.refresh()

    async def _about_lesson(self, hub: Hub, frame: ByStudent | ByTeacher) -> None:
        if hub.classroom is None:
            await self._error(_("This room has no lesson."))
            return
        await hub.classroom.hear(self, frame)

    async def _inspect(self, hub: Hub, inspect: Inspect) -> None:
        if inspect.t is not None:
            self.inquiries.inspect(inspect, inspect.t)
            return
        await self.answer(Inspected(part=inspect.part, data=hub.runner.player.feed.describe(inspect.part)))

    async def _look_closer(self, hub: Hub, asked: Closer) -> None:
        if asked.t is not None:
            self.inquiries.look_closer(asked, asked.t)
            return
        player = hub.runner.player
        player.closer.want(self, asked.nodes)
        await self.answer(closely(asked, covered(player.feed.view) if player.blind else player.feed.view))

    # --- what the hub tells a viewer

    async def say(self, frame: str) -> None:
        if self.gone:
            raise Gone
        try:
            await self._straight({"type": "websocket.send", "text": frame})
        except Exception:  # whatever the server in front raises when nobody is there any more
            self.gone = True
            raise Gone from None

    async def welcome(self) -> None:
        await self.answer(Welcome(role=self.role, can_act=self.role.can_act))

    async def end(self, code: int) -> None:
        await self.close(code)

    @property
    def role(self) -> Role:
        """As of now: staff may have changed what visitors may do."""
        assert self.hub is not None
        return role_of(self.user, self.hub.room)

    @property
    def user(self) -> Any:
        """An account, or somebody anonymous."""
        return self.scope["user"]

    @property
    def actor(self) -> str:
        user = self.user
        return user.get_username() if user.is_authenticated else "visitor"

    async def answer(self, frame: FromServer) -> None:
        await self.say(encode(frame))

    async def _error(self, message: Promise) -> None:
        await self.answer(Error(message=texts(message)))

    async def _refuse(self, code: int, message: Texts) -> None:
        metrics.refused_frames.labels(why=str(code)).inc()
        await self.answer(Error(message=message))
        await self.close(code)
