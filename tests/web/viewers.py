"""A browser, as far as the socket is concerned, for tests of what rooms answer."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import PATIENCE
from visualizer.asgi import application

Frame = dict[str, Any]


class Viewer:
    """One connection; frames of time and pace are acknowledged on the way."""

    def __init__(self, code: str, cookie: str = "", origin: str = "http://localhost") -> None:
        headers = [(b"host", b"localhost"), (b"origin", origin.encode()), (b"cookie", cookie.encode())]
        self.socket = WebsocketCommunicator(application, f"/ws/rooms/{code}/", headers=headers)

    async def join(self) -> Frame:
        """The snapshot it begins with."""
        connected, _ = await self.socket.connect(timeout=PATIENCE)
        assert connected
        return await self.hear("snapshot")

    async def say(self, **frame: Any) -> None:
        await self.socket.send_to(json.dumps(frame))

    async def hear(self, *types: str) -> Frame:
        """The next frame of these types."""
        passed: list[Frame] = []
        while True:
            output = await self.socket.receive_output(timeout=PATIENCE)
            assert output["type"] == "websocket.send", f"{output} after {passed[-3:]}"
            frame: Frame = json.loads(output["text"])
            passed.append(frame)
            if frame["type"] in ("tick", "snapshot"):
                await self.say(type="ack", seq=frame["seq"])
            if frame["type"] in types:
                return frame

    async def closed(self) -> int:
        """The code the connection is closed with, whatever is said before."""
        while True:
            output = await self.socket.receive_output(timeout=PATIENCE)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def act(self, do: str, target: str | None, **more: Any) -> Frame:
        """What became of a command."""
        await self.say(type="command", id="mine", seenT=0, do=do, target=target, now=True, **more)
        return await self.hear("accepted", "rejected")

    async def play_until(self, t: int) -> None:
        """Let the room run to a time, and pause there."""
        await self.say(type="transport", action="speed", speed=600)
        await self.say(type="transport", action="play")
        while (await self.hear("tick"))["t"] < t:
            pass
        await self.say(type="transport", action="pause")
        while (await self.hear("tick", "snapshot"))["playing"]:
            pass


async def cookie_of(user: User) -> str:
    """The session of somebody who is logged in."""
    client = Client()
    await sync_to_async(client.force_login)(user)
    return f"sessionid={client.cookies['sessionid'].value}"


Visit = Callable[..., Awaitable[Viewer]]
"""Comes into a room."""
