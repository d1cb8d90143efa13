"""The bare hub of benchmarks.delivery: an ASGI application on Daphne that sends the same text to everybody,
ten times a second, and knows nothing of rooms, windows or frames.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

TICK = Path(os.environ["TICK_FILE"]).read_text()
PERIOD = 0.1
AUDIENCE: dict[Any, None] = {}
TASKS: list[asyncio.Task[None]] = []


async def publish() -> None:
    """The tick to all, again and again."""
    event = {"type": "websocket.send", "text": TICK}
    while True:
        await asyncio.sleep(PERIOD)
        for send in tuple(AUDIENCE):
            with suppress(Exception):
                await send(event)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """One viewer; what it says is read and not looked at."""
    if scope["type"] != "websocket":
        return
    if not TASKS:
        TASKS.append(asyncio.create_task(publish()))
    while True:
        event = await receive()
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            AUDIENCE[send] = None
        elif event["type"] == "websocket.disconnect":
            AUDIENCE.pop(send, None)
            return
