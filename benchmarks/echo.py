"""The empty echo of benchmarks.classroom: the least a server can do with a frame."""

from typing import Any


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Sends back what it gets."""
    while True:
        event = await receive()
        match event["type"]:
            case "websocket.connect":
                await send({"type": "websocket.accept"})
            case "websocket.receive":
                await send({"type": "websocket.send", "text": event["text"]})
            case _:
                return
