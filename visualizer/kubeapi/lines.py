"""An answer that comes line by line, as long as somebody reads it."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

HEARTBEAT: Final = 5.0
"""A stream looks this often, in seconds, whether its client still reads."""


class Lines(ABC):
    """Ends after some seconds, or when its client leaves."""

    content_type = "application/json"

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @abstractmethod
    def lines(self, heartbeat: float) -> AsyncIterator[list[bytes]]:
        """What there is to send, at least every `heartbeat` seconds, then perhaps nothing."""

    @asynccontextmanager
    async def until_gone(self, receive: Any) -> AsyncIterator[None]:
        """Ends the stream when its client leaves."""
        listener = asyncio.create_task(self._gone(receive))
        try:
            yield
        finally:
            listener.cancel()

    async def _gone(self, receive: Any) -> None:
        while not (await receive())["type"].endswith(".disconnect"):
            pass
        self.left()

    def left(self) -> None:
        """Its client has left."""
        self._ends = 0.0

    def close(self) -> None:  # noqa: B027 - most have nothing to give back.
        """Gives back what it holds."""
