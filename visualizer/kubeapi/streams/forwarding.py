"""`pods/NAME/portforward` over a WebSocket, as the Python client and others ask for it.

Two channels for each port, one for its data and one for errors; the first message of each names the port
(pkg/kubelet/cri/streaming/portforward/websocket.go). kubectl speaks SPDY within its WebSocket: tunnel.py.
"""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.bounds import LARGEST_FORWARDED, MOST_FORWARDED_PORTS
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.forwarded_http import (
    Asked,
    NotForwarded,
    answer_of,
    connected,
    is_port,
    next_request,
    wanted_pod,
)
from visualizer.kubeapi.streams.listening import next_message

PROTOCOL: Final = "v4.channel.k8s.io"
BY_WEBSOCKET: Final = (
    "ports of this model are forwarded over a WebSocket, as kubectl does it from 1.31 on, and the Python "
    "client: older ones speak SPDY"
)


def wanted_ports(request: HttpRequest) -> tuple[int, ...]:
    """The ports that a request names. Raises WireError."""
    words = [word for text in request.query.get("ports", ()) for word in text.split(",")]
    if not words:
        raise WireError(400, 'query parameter "ports" is required')
    if len(words) > MOST_FORWARDED_PORTS:
        raise WireError(400, f"at most {MOST_FORWARDED_PORTS} ports are forwarded at once")
    for word in words:
        if not is_port(word):
            raise WireError(400, f'unable to parse "{word[:20]}" as a port')
    return tuple(map(int, words))


class _Port(msgspec.Struct):
    """A forwarded port: its first channel, whether it is still open, and what came that is not read yet."""

    number: int
    channel: int
    open: bool = True
    data: bytes = b""


class Forwarding:
    """The forwarded ports of one client."""

    def __init__(self, place: Place, caller: Caller, target: Target, request: HttpRequest, send: Any) -> None:
        """Raises WireError and ApiError."""
        self._place, self._caller, self._target, self._send = place, caller, target, send
        numbers = wanted_ports(request)
        wanted_pod(place, caller, target)
        self._ports = [_Port(number, 2 * index) for index, number in enumerate(numbers)]

    async def run(self, receive: Any) -> None:
        """Until the client leaves or no port is open any more. Raises Gone."""
        for port in self._ports:
            named = port.number.to_bytes(2, "little")
            await self._tell(port.channel, named)
            await self._tell(port.channel + 1, named)
        for port in self._ports:
            await self._connect(port)
        while any(port.open for port in self._ports):
            await self._take(await next_message(receive, self._leave))
        await self._leave()

    async def _connect(self, port: _Port) -> Pod | None:
        """The pod where somebody listens; otherwise the channel of errors says why not."""
        try:
            return connected(self._place, self._caller, self._target, port.number)
        except NotForwarded as why:
            await self._fail(port, str(why))
            return None

    async def _take(self, message: bytes) -> None:
        port = next((one for one in self._ports if message[:1] == bytes((one.channel,))), None)
        if port is None or not port.open:
            return
        port.data += message[1:]
        while port.open and port.data:
            asked, port.data = next_request(port.data)
            if asked is None:
                break
            await self._answer(port, asked)
        if len(port.data) > LARGEST_FORWARDED:
            await self._fail(port, f"a request may have {LARGEST_FORWARDED} bytes here")

    async def _answer(self, port: _Port, asked: Asked) -> None:
        pod = await self._connect(port)
        if pod is None:
            return
        if answer := answer_of(self._place, pod, port.number, asked):
            await self._tell(port.channel, answer)
        if asked.last:
            port.open = False

    async def _fail(self, port: _Port, why: str) -> None:
        port.open, port.data = False, b""
        await self._tell(port.channel + 1, why.encode())

    async def _tell(self, channel: int, data: bytes) -> None:
        await self._send({"type": "websocket.send", "bytes": bytes((channel,)) + data})

    async def close(self, status: dict[str, Any]) -> None:
        """Goodbye, and a Status that says why to every port that is open. Raises Gone."""
        for port in self._ports:
            if port.open:
                await self._fail(port, str(status["message"]))
        await self._leave()

    async def _leave(self) -> None:
        await self._send({"type": "websocket.close", "code": 1000})
