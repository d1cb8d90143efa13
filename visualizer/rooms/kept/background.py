"""Waiting for long computations without losing the room meanwhile."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from channels.db import database_sync_to_async

from visualizer.rooms.kept import log
from visualizer.rooms.models import LEASE

R = TypeVar("R")


async def holding_lease(lease: log.Lease, work: Awaitable[R]) -> R:
    """What it returns, holding the lease of a room meanwhile. Raises log.LeaseLost."""
    task = asyncio.ensure_future(work)
    try:
        while True:
            done, _pending = await asyncio.wait({task}, timeout=LEASE.total_seconds() / 3)
            if done:
                return task.result()
            await database_sync_to_async(log.hold)(lease, moving=True)
    finally:
        task.cancel()
