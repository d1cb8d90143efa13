"""Requests to the ASGI application, as a server would hand them over."""

import asyncio
import json
from typing import Any

from asgiref.sync import sync_to_async

from visualizer.kubeapi.app import KubeApi
from visualizer.kubeapi.models import Token
from visualizer.rooms.models import Room
from visualizer.rooms.roles import Role

JSON = "application/json"
MERGE = "application/merge-patch+json"


class Answer:
    """code; headers by name; body as bytes, and as JSON."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start = messages[0]
        self.code: int = start["status"]
        self.headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
        self.body = b"".join(message.get("body", b"") for message in messages[1:])

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def warnings(self) -> list[str]:
        return [value for name, value in self.headers if name == "warning"]


class Client:
    """A client of one room's API."""

    def __init__(self, room: Room, secret: str = "") -> None:
        self.app = KubeApi()
        self.base = f"/k8s/{room.code}" + (f"/token/{secret}" if secret else "")

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        type_: str = JSON,
        accept: str = JSON,
        more: tuple[tuple[bytes, bytes], ...] = (),
    ) -> Answer:
        """One request. body: JSON values, or bytes as they are; more: headers."""
        path, _mark, query = path.partition("?")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = [(b"host", b"testserver"), (b"accept", accept.encode()), *more]
        if type_:
            headers.append((b"content-type", type_.encode()))
        scope = {
            "type": "http",
            "method": method,
            "path": self.base + path,
            "query_string": query.encode(),
            "headers": headers,
            "scheme": "http",
            "client": ("127.0.0.1", 1),
        }
        sent: list[dict[str, Any]] = []
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()
            asked = True
            return {"type": "http.request", "body": data}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return Answer(sent)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.send("GET", path, **more)


async def client_of(room: Room, role: Role = Role.STAFF, who: str = "") -> Client:
    """A client with a token of that role."""
    _token, secret = await sync_to_async(Token.objects.issue)(room, role, who=who, name="alice")
    return Client(room, secret)
