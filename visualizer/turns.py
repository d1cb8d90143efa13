"""Turns: of everything that waits to begin, one thing begins in each round of the event loop.

Sixty pages that ask at the same moment would otherwise be answered in one round, and every room's tick
would wait for all of them. With turns, whatever is due in between is done in between.
"""

import asyncio
from collections import deque


class Turns:
    """Of one event loop: who came first is first."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def mine(self) -> None:
        """Returns when it is one's turn."""
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            loop.call_soon(self._next)
        await turn

    def _next(self) -> None:
        """The first that still waits has its turn; the others have theirs in rounds to come."""
        while self._waiting and self._waiting[0].cancelled():
            self._waiting.popleft()
        if self._waiting:
            self._waiting.popleft().set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next)


turns = Turns()
"""Those of this process."""
