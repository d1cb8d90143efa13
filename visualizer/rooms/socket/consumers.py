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
from django.utils.translation import gettext_lazy as _

from visualizer import metrics, trouble
from visualizer.lessons.all_frames import Frame, decode
from visualizer.lessons.refusals import LessonRefused
from visualizer.owned import OwnedTasks
from visualizer.request_ids import begin, current
from visualizer.rooms.codes import tidy
from visualizer.rooms.computing import progress
from visualizer.rooms.entering import TOO_MANY, NoEntry, enter
from visualizer.rooms.entrance import TRY_LATER, address_of_socket, entrance
from visualizer.rooms.flow import Allowance, Window
from visualizer.rooms.frames.stage import (
    MAX_FRAME,
    MAX_PASTED,
    Ack,
    Error,
    FromServer,
    Opening,
    Welcome,
    encode,
)
from visualizer.rooms.kept import branches, saved
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import WHO, Role, role_of
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.requests import Refused
from visualizer.rooms.running.viewer import Gone
from visualizer.rooms.socket.answers import Answers
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
    """Speaks the frames of ``visualizer.rooms.frames.stage``."""

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
        self.answers = Answers(hub, self)
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
            self.answers.close()

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
                    await self.answers.answer(frame)
                except Gone:
                    raise
                except (Refused, LessonRefused) as refusal:
                    await self.answer(Error(message=refusal.reason))
                except Exception:
                    told = trouble.failed("frame not answered", room=hub.room.code, frame=frame)
                    await self.answer(Error(message=told))

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

    async def _refuse(self, code: int, message: Texts) -> None:
        metrics.refused_frames.labels(why=str(code)).inc()
        await self.answer(Error(message=message))
        await self.close(code)
