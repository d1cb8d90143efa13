"""`pods/NAME/portforward` over a WebSocket, as the Python client and others ask for it.

Two channels for each port, one for its data and one for errors; the first message of each names the port
(pkg/kubelet/cri/streaming/portforward/websocket.go). What is sent is read as HTTP/1.1, and what answers is
the program of the pod. kubectl of today speaks SPDY within its WebSocket, which is not known here.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.errors import ApiError
from clustersim.bounds import LARGEST_FORWARDED, MOST_FORWARDED_PORTS
from clustersim.console.kubectl.pods.forwarding import reached, refused
from clustersim.digits import is_whole
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.containers import pod_of, reach
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.rooms.viewer import Gone

PROTOCOL: Final = "v4.channel.k8s.io"
BY_WEBSOCKET: Final = (
    "ports of this model are forwarded over a WebSocket of the protocol v4.channel.k8s.io, and kubectl "
    "speaks SPDY within its own: use the Python client, or curl in a container by kubectl exec"
)
IDLE: Final = 600.0
"""Seconds after which a client that sends nothing is let go."""
_END_OF_HEAD: Final = b"\r\n\r\n"


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


def wanted_pod(place: Place, caller: Caller, target: Target) -> Pod:
    """The pod, once one knows that it runs and its kubelet answers. Raises WireError and ApiError."""
    pod = pod_of(place, caller, target)
    if not pod.spec.node_name:
        raise WireError(400, f"pod {pod.metadata.name} does not have a host assigned")
    if pod.status.phase != "Running":
        phase = pod.status.phase
        raise WireError(400, f"unable to forward port because pod is not running. Current status={phase}")
    reach(place.cluster, pod, pod.spec.containers[0].name, "portForward")
    return pod


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
            await self._take(await self._received(receive))
        await self.close()

    async def _connect(self, port: _Port) -> None:
        try:
            pod = wanted_pod(self._place, self._caller, self._target)
        except (WireError, ApiError) as error:
            await self._fail(port, str(error))
            return
        if why := refused(self._place.cluster, pod, port.number):
            of = f"pod {pod.metadata.name}, uid {pod.metadata.uid}"
            await self._fail(port, f"error forwarding port {port.number} to {of}: {why}")

    async def _received(self, receive: Any) -> bytes:
        """The next message. Raises Gone."""
        try:
            message = await asyncio.wait_for(receive(), IDLE)
        except TimeoutError:
            await self.close()
            raise Gone from None
        if message["type"] == "websocket.disconnect":
            raise Gone
        return bytes(message.get("bytes") or (message.get("text") or "").encode())

    async def _take(self, message: bytes) -> None:
        port = next((one for one in self._ports if message[:1] == bytes((one.channel,))), None)
        if port is None or not port.open:
            return
        port.data += message[1:]
        while port.open and (request := _next_request(port)) is not None:
            await self._answer(port, *request)
        if len(port.data) > LARGEST_FORWARDED:
            await self._fail(port, f"a request may have {LARGEST_FORWARDED} bytes here")

    async def _answer(self, port: _Port, method: str, path: str) -> None:
        await self._connect(port)
        if not port.open:
            return
        pod = wanted_pod(self._place, self._caller, self._target)
        answer = reached(self._place.cluster, pod, port.number, path)
        if answer is None:
            return
        body = answer.body.encode()
        head = (
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        await self._tell(port.channel, head.encode() + (b"" if method == "HEAD" else body))

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


def _next_request(port: _Port) -> tuple[str, str] | None:
    """Takes the next whole request off what came: its method and path; None: it is not whole yet. What is no
    HTTP ends the data, and is never answered."""
    head, end, rest = port.data.partition(_END_OF_HEAD)
    if not end:
        return None
    lines = head.decode("latin1").split("\r\n")
    words = lines[0].split(" ")
    lengths = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("content-length:")]
    length = int(lengths[0]) if lengths and is_whole(lengths[0]) and len(lengths[0]) < 8 else 0
    if len(rest) < length:
        return None
    port.data = rest[length:]
    return (words[0], words[1]) if len(words) == 3 and words[1].startswith("/") else ("GET", "/")
