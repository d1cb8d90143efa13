"""Computation in threads, off the event loop: looking back, explaining, trying out. A few at a time, so that
rooms go on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from visualizer.rooms import log

P = ParamSpec("P")
R = TypeVar("R")

AT_ONCE: Final = 2
"""Threads that compute at the same time; the interpreter runs one of them anyway."""
MOST_WAITING: Final = 200
"""Pieces of work that wait for their turn."""


class Busy(Exception):
    """Too many computations wait already."""


class _Line:
    """Whose turn it is, in one event loop."""

    def __init__(self) -> None:
        self.turn = asyncio.Semaphore(AT_ONCE)
        self.waiting = 0


_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()


async def in_background(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `work` in a thread when it is its turn; returns what it returns. Raises Busy."""
    line = _lines.setdefault(asyncio.get_running_loop(), _Line())
    if line.waiting >= MOST_WAITING:
        raise Busy
    line.waiting += 1
    try:
        async with line.turn:
            return await asyncio.to_thread(work, *args, **kwargs)
    finally:
        line.waiting -= 1


async def holding_lease(lease: log.Lease, work: Awaitable[R]) -> R:
    """Await `work`, renewing the lease of a room meanwhile; returns its result. Raises log.LeaseLost."""
    task = asyncio.ensure_future(work)
    while True:
        done, _pending = await asyncio.wait({task}, timeout=log.LEASE.total_seconds() / 3)
        if done:
            return task.result()
        await database_sync_to_async(log.hold)(lease, moving=True)
