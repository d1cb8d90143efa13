"""Logs and watches over a WebSocket, as browsers and some clients ask for them: each message is a piece of
the answer, and there are no channels.

Source: v1.36 apimachinery pkg/util/httpstream/wsstream/stream.go, apiserver pkg/endpoints/handlers/watch.go.
"""

from collections.abc import Sequence
from typing import Any, Final

from visualizer.kubeapi.lines import HEARTBEAT, Lines
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.responses import Response

BINARY: Final = "binary.k8s.io"


def protocol_of(target: Target, offered: Sequence[str]) -> str | None:
    """The protocol in which an answer streams; None: it does not."""
    if target.verb == "watch":
        return ""
    return BINARY if target.subresource == "log" and (BINARY in offered or not offered) else None


class SocketStream:
    """One answer for one client."""

    def __init__(self, answer: Response | Lines, protocol: str, send: Any) -> None:
        self._answer = answer
        self._protocol = protocol
        self._send = send

    async def run(self, receive: Any) -> None:
        """Until there is no more, or the client leaves. Raises Gone."""
        answer = self._answer
        if isinstance(answer, Response):
            await self._tell(answer.encoded())
        else:
            async with answer.until_gone(receive):
                async for lines in answer.lines(HEARTBEAT):
                    for line in lines:
                        await self._tell(line)
        await self._send({"type": "websocket.close", "code": 1000})

    async def close(self, _status: dict[str, Any]) -> None:
        """Something went wrong: there is no way to say what."""
        await self._send({"type": "websocket.close", "code": 1011})

    async def _tell(self, data: bytes) -> None:
        if not data:
            return
        binary = self._protocol == BINARY
        piece: dict[str, Any] = {"bytes": data} if binary else {"text": data.decode().removesuffix("\n")}
        await self._send({"type": "websocket.send", **piece})
