"""`kubectl port-forward`: SPDY within a WebSocket, a pair of streams for each connection to a local port.

One stream of a pair carries data, the other why it went wrong (v1.36 client-go
tools/portforward/tunneling_dialer.go, cri-streaming pkg/streaming/portforward/httpstream.go).
"""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.bounds import LARGEST_FORWARDED, MOST_FORWARDED_CONNECTIONS
from visualizer.kubeapi import spdy
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.forwarded_http import (
    NotForwarded,
    answer_of,
    connected,
    is_port,
    next_request,
    wanted_pod,
)
from visualizer.kubeapi.streams.listening import next_message

PROTOCOL: Final = "SPDY/3.1+portforward.k8s.io"
_KINDS: Final = ("data", "error")


class _Connection(msgspec.Struct):
    """A connection to a forwarded port: its two streams, 0 until they are there, and what is not read yet."""

    request: str
    port: int = 0
    data: int = 0
    error: int = 0
    unread: bytes = b""


class Tunnel:
    """The forwarded connections of one client."""

    def __init__(self, place: Place, caller: Caller, target: Target, send: Any) -> None:
        """Raises WireError and ApiError."""
        self._place, self._caller, self._target, self._send = place, caller, target, send
        wanted_pod(place, caller, target)
        self._frames = spdy.Frames()
        self._connections: dict[str, _Connection] = {}

    async def run(self, receive: Any) -> None:
        """Until the client leaves. Raises Gone."""
        try:
            while True:
                for frame in self._frames.read(await next_message(receive, self._leave)):
                    await self._take(frame)
        except spdy.Malformed:
            await self._send({"type": "websocket.close", "code": 1002})

    async def _take(self, frame: spdy.Frame) -> None:
        match frame:
            case spdy.Opened():
                await self._open(frame)
            case spdy.Data():
                if connection := self._of(frame.stream):
                    await self._read(connection, frame)
            case spdy.Reset():
                if connection := self._of(frame.stream):
                    await self._end(connection)
            case spdy.Ping():
                await self._write(spdy.ping(frame.number))

    async def _open(self, frame: spdy.Opened) -> None:
        """A stream, which waits for the other of its pair (httpstream.go, getStreamPair)."""
        kind, port = frame.headers.get("streamtype", ""), frame.headers.get("port", "")
        request = frame.headers.get("requestid") or str(frame.stream - (2 if kind == "data" else 0))
        begun = self._connections.get(request)
        known = kind in _KINDS and is_port(port)
        full = begun is None and len(self._connections) >= MOST_FORWARDED_CONNECTIONS
        if not known or full or (begun is not None and getattr(begun, kind)):
            await self._write(spdy.reset(frame.stream, spdy.REFUSED_STREAM))
            return
        connection = self._connections.setdefault(request, _Connection(request))
        setattr(connection, kind, frame.stream)
        connection.port = int(port)
        await self._write(self._frames.reply(frame.stream))
        if connection.data and connection.error:
            await self._connect(connection)

    async def _connect(self, connection: _Connection) -> Pod | None:
        """The pod where somebody listens; otherwise the error stream says why not."""
        try:
            return connected(self._place, self._caller, self._target, connection.port)
        except NotForwarded as why:
            await self._end(connection, str(why))
            return None

    async def _read(self, connection: _Connection, frame: spdy.Data) -> None:
        if frame.stream != connection.data or not connection.error:
            return
        connection.unread += frame.data
        last = frame.last
        while connection.unread:
            asked, connection.unread = next_request(connection.unread)
            if asked is None:
                break
            pod = await self._connect(connection)
            if pod is None:
                return
            if answer := answer_of(self._place, pod, connection.port, asked):
                await self._write(spdy.data(connection.data, answer))
            if asked.last:
                last = True
                break
        if len(connection.unread) > LARGEST_FORWARDED:
            await self._end(connection, f"a request may have {LARGEST_FORWARDED} bytes here")
        elif last:
            await self._end(connection)

    async def _end(self, connection: _Connection, why: str = "") -> None:
        """Both streams end, the one of errors with the reason."""
        del self._connections[connection.request]
        if connection.data:
            await self._write(spdy.data(connection.data, b"", last=True))
        if connection.error:
            await self._write(spdy.data(connection.error, why.encode(), last=True))

    def _of(self, stream: int) -> _Connection | None:
        connections = self._connections.values()
        return next((one for one in connections if stream in (one.data, one.error)), None)

    async def close(self, status: dict[str, Any]) -> None:
        """Goodbye, and a Status that says why to every connection. Raises Gone."""
        for connection in tuple(self._connections.values()):
            await self._end(connection, str(status["message"]))
        await self._leave()

    async def _leave(self) -> None:
        await self._send({"type": "websocket.close", "code": 1000})

    async def _write(self, frame: bytes) -> None:
        await self._send({"type": "websocket.send", "bytes": frame})
