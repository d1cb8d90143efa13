"""The messages of a client that speaks over a WebSocket, one after another."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from visualizer.rooms.running.viewer import Gone

IDLE: Final = 600.0
"""Seconds after which a client that sends nothing, not even pings, is let go."""


async def next_message(receive: Any, let_go: Callable[[], Awaitable[None]]) -> bytes:
    """What it sends next, text as bytes; `let_go` closes its connection. Raises Gone."""
    try:
        message = await asyncio.wait_for(receive(), IDLE)
    except TimeoutError:
        await let_go()
        raise Gone from None
    if message["type"] == "websocket.disconnect":
        raise Gone
    return bytes(message.get("bytes") or (message.get("text") or "").encode())
