"""People in a room with a lesson, as far as the socket is concerned."""

import json
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from tests.conftest import PATIENCE
from visualizer.asgi import application
from visualizer.rooms.models import Room

Frame = dict[str, Any]


class Pupil:
    """A browser that keeps the newest frame of each type."""

    def __init__(self, room: Room, client: Client) -> None:
        self.room = room
        self.client = client
        self.last: dict[str, Frame] = {}
        self.heard: list[str] = []
        """Everything that came over the socket while waiting for something."""

    async def join(self) -> "Pupil":
        """Opens the page, then its socket."""
        page = await sync_to_async(self.client.get)(self.room.get_absolute_url())
        assert page.status_code == 200
        cookie = "; ".join(f"{morsel.key}={morsel.value}" for morsel in self.client.cookies.values())
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookie.encode())]
        self.socket = WebsocketCommunicator(application, f"/ws/rooms/{self.room.code}/", headers=headers)
        connected, _ = await self.socket.connect(timeout=PATIENCE)
        assert connected
        await self.hear("answers")
        return self

    async def say(self, kind: str, **frame: Any) -> None:
        await self.socket.send_to(json.dumps({"type": kind, **frame}))

    async def _received(self) -> str:
        output = await self.socket.receive_output(timeout=PATIENCE)
        assert output["type"] == "websocket.send", f"{output} after {self.last.get('error')}"
        return str(output["text"])

    async def hear(self, kind: str, **values: Any) -> Frame:
        """The next frame of this type with these values."""
        while True:
            frame = await self.hear_any(kind)
            if all(frame[name] == value for name, value in values.items()):
                return frame

    async def hear_any(self, *kinds: str) -> Frame:
        """The next frame of one of these types."""
        while True:
            text = await self._received()
            self.heard.append(text)
            frame: Frame = json.loads(text)
            self.last[frame["type"]] = frame
            if frame["type"] in ("tick", "snapshot"):
                await self.say("ack", seq=frame["seq"])
            if frame["type"] in kinds:
                return frame

    async def go(self, step: int, **values: Any) -> Frame:
        """To a step, and until the lesson says so."""
        await self.say("lesson", step=step)
        return await self.hear("lesson", step=step, **values)

    async def back(self, step: int) -> Frame:
        """Back to a step, and until the branch that makes is told."""
        await self.say("lesson", step=step)
        await self.hear("branches")
        return self.last["lesson"]

    async def answer(self, ask: str, answer: Any, round_: int = 1) -> Frame:
        """What is said to an answer."""
        await self.say("answer", ask=ask, round=round_, answer=answer)
        while True:
            frame: Frame = json.loads(await self._received())
            if frame["type"] in ("tick", "snapshot"):
                await self.say("ack", seq=frame["seq"])
            if frame["type"] == "error":
                return frame
            if frame["type"] == "answers" and len(frame["asks"][ask]["given"]) >= round_:
                return frame

    async def pause(self) -> int:
        """Stops the time, and says where."""
        await self.say("transport", action="pause")
        while (frame := await self.hear_any("tick", "snapshot"))["playing"]:
            pass
        return int(frame["t"])

    async def stands(self) -> int:
        """Where the time stands, once this browser has heard that it does."""
        heard = [self.last[kind] for kind in ("tick", "snapshot") if kind in self.last]
        newest = max(heard, key=lambda frame: frame["seq"])
        while newest["playing"]:
            newest = await self.hear_any("tick", "snapshot")
        return int(newest["t"])

    async def leave(self) -> None:
        await self.socket.disconnect()
