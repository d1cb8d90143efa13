"""When a room's snapshot is kept on disk: as what was computed since the last one grows, and as it comes to
rest.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable
from typing import Final

import structlog

from clustersim.run import Run
from visualizer import trouble, workers
from visualizer.rooms.log import Lease
from visualizer.rooms.opening import is_large, keep

logger = structlog.get_logger()

WORTH_A_SNAPSHOT: Final = 1.0
"""Seconds of computing after which a snapshot is kept while the room plays ..."""
LEAST_WORTH: Final = 0.1
"""... and when it comes to rest."""


class SnapshotKeeper:
    """Keeps snapshots of one room. told: its lease and its run, as of now; about: what the log says of it."""

    def __init__(self, told: Callable[[], tuple[Lease, Run]], about: Callable[[], dict[str, object]]) -> None:
        self._told = told
        self._about = about
        self._spent = 0.0
        """Seconds of computing since a snapshot was kept."""
        self._keeping: asyncio.Task[None] | None = None

    def spend(self, seconds: float) -> None:
        """So much more was computed; without a snapshot it would have to be computed again."""
        self._spent += seconds
        if self._spent > WORTH_A_SNAPSHOT:
            self._keep_meanwhile()

    def _keep_meanwhile(self) -> None:
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self.keep(), context=contextvars.Context())

    async def leave(self) -> None:
        """The room rests, or goes on from another branch. Nobody waits for the snapshot of a large one, which
        takes a minute.
        """
        if is_large(self._told()[1]):
            self._keep_meanwhile()
        else:
            await self.keep()

    async def keep(self) -> None:
        """A snapshot of how the room is now, if it is worth one."""
        if self._spent < LEAST_WORTH:
            return
        self._spent = 0.0
        began = time.monotonic()
        lease, run = self._told()
        try:
            await keep(lease, run)
        except workers.NotComputed as why:
            logger.info("snapshot not kept", why=type(why).__name__, **self._about())
        except Exception:
            trouble.report("snapshot not kept", **self._about())
        # What takes long to keep is kept less often.
        self._spent -= 3 * (time.monotonic() - began)
