"""`pods/NAME/portforward` over a WebSocket, as the Python client and others ask for it.

Two channels for each port, one for its data and one for errors; the first message of each names the port
(pkg/kubelet/cri/streaming/portforward/websocket.go). kubectl speaks SPDY within its WebSocket: tunnel.py.
"""

from typing import Any, Final

import msgspec

from clustersim.api.errors import ApiError
from clustersim.bounds import LARGEST_FORWARDED, MOST_FORWARDED_PORTS
from clustersim.digits import is_whole
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.forwarded_http import Asked, answer_of, next_request, wanted_pod, why_not
from visualizer.kubeapi.streams.listening import next_message
from visualizer.rooms.running.viewer import Gone

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
        if not is_whole(word) or len(word) > 5 or not 0 < int(word) < 65536:
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

    async def run(self, receive: Any, protocol: str) -> None:
        """From the handshake until the client leaves or no port is open any more. Raises Gone."""
        await self._say({"type": "websocket.accept", "subprotocol": protocol})
        for port in self._ports:
            named = port.number.to_bytes(2, "little")
            await self._tell(port.channel, named)
            await self._tell(port.channel + 1, named)
        for port in self._ports:
            await self._connect(port)
        while any(port.open for port in self._ports):
            await self._take(await next_message(receive, self.close))
        await self.close()

    async def _connect(self, port: _Port) -> None:
        try:
            pod = wanted_pod(self._place, self._caller, self._target)
            why = why_not(self._place, pod, port.number)
        except (WireError, ApiError) as error:
            why = str(error)
        if why:
            await self._fail(port, why)

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
        await self._connect(port)
        if not port.open:
            return
        pod = wanted_pod(self._place, self._caller, self._target)
        if answer := answer_of(self._place, pod, port.number, asked):
            await self._tell(port.channel, answer)
        if asked.last:
            port.open = False

    async def _fail(self, port: _Port, why: str) -> None:
        port.open, port.data = False, b""
        await self._tell(port.channel + 1, why.encode())

    async def _tell(self, channel: int, data: bytes) -> None:
        await self._say({"type": "websocket.send", "bytes": bytes((channel,)) + data})

    async def close(self, status: dict[str, Any] | None = None) -> None:
        """Goodbye; a Status that says why goes to every port that is open. Raises Gone."""
        for port in self._ports if status is not None else ():
            if port.open and status is not None:
                await self._fail(port, str(status["message"]))
        await self._say({"type": "websocket.close", "code": 1000})

    async def _say(self, message: dict[str, Any]) -> None:
        """Raises Gone where nobody listens any more."""
        try:
            await self._send(message)
        except Exception as error:  # The server's own, of which each has another.
            raise Gone from error
