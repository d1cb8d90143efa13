"""Viewers over real sockets."""

import asyncio
import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from tests.conftest import PATIENCE, Server

Frame = dict[str, Any]


class Viewer:
    """A page on the other end of a WebSocket; it acknowledges what it hears."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.latest = -(2**60)
        """The newest simulated time it was shown ..."""
        self.branch = 0
        """... of the branch it was shown last."""

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def hear(self, *types: str) -> Frame:
        while True:
            async with asyncio.timeout(PATIENCE):
                frame: Frame = json.loads(await self.socket.recv())
            if frame["type"] in ("tick", "snapshot"):
                if frame.get("branch", self.branch) != self.branch:
                    self.branch, self.latest = frame["branch"], frame["t"]
                self.latest = max(self.latest, frame["t"])
                await self.say(type="ack", seq=frame["seq"])
            if frame["type"] in types:
                return frame

    async def stare(self) -> Frame:
        """The next tick or snapshot, which is not acknowledged."""
        while True:
            async with asyncio.timeout(PATIENCE):
                frame: Frame = json.loads(await self.socket.recv())
            if frame["type"] in ("tick", "snapshot"):
                return frame

    async def pause(self) -> None:
        """Stop the time, and wait until it stands."""
        await self.say(type="transport", action="pause")
        while (await self.hear("tick", "snapshot"))["playing"]:
            pass

    async def watch(self, seconds: float) -> list[Frame]:
        """The ticks of so many seconds."""
        ticks = []
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    ticks.append(await self.hear("tick"))
        return ticks


@asynccontextmanager
async def watching(server: Server, code: str, cookie: str = "") -> AsyncIterator[Viewer]:
    """A viewer of this room. As a page does, it sends no pings and gives nobody up for being slow."""
    address = f"ws://127.0.0.1:{server.port}/ws/rooms/{code}/"
    connected = websockets.connect(
        address,
        origin=server.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie} if cookie else None,
        compression=None,
        ping_interval=None,
    )
    async with connected as socket:
        yield Viewer(socket)


class Browser:
    """Somebody with cookies, logged in as staff."""

    def __init__(self, server: Server) -> None:
        self.server = server
        cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        server.shell(
            "from django.contrib.auth.models import User;"
            "exists = User.objects.filter(username='alice').exists();"
            "exists or User.objects.create_superuser('alice', password='pw')"
        )
        self.post("/admin/login/?next=/healthz", username="alice", password="pw")

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def post(self, path: str, form: str = "", **fields: str) -> str:
        """Fill in the form on that page."""
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.get(form or path))
        assert found is not None
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": found[1]}).encode()
        with self.opener.open(self.server.url + path, body, timeout=PATIENCE) as answer:
            return str(answer.read().decode())
