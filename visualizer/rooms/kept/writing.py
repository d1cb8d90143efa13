"""Writing to the database as soon as that can be done: a room stands still until then, and says why."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

import structlog
from channels.db import DatabaseSyncToAsync
from django.db import DatabaseError

from visualizer import metrics, storage
from visualizer.texts import Texts, texts

logger = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")

TRY_AGAIN: Final = 0.5
"""Seconds between two attempts to write."""
LONG: Final = 1.5
"""Seconds after which people are told that a write takes its time: the database itself gives up later."""

_writer: Final = ThreadPoolExecutor(1, "rooms")
"""Rooms write one after another, in the order in which they come, and wait for nothing that pages and viewers
read: a room that plays stands still until its mark is written.
"""


class PatientWriter:
    """Tries again until the database takes it. ``stand`` hears why a write does not work, ``go_on`` when it
    does again; ``gave_up``: whether to wait no longer; ``about``: what the log says of the room.
    """

    def __init__(
        self,
        stand: Callable[[Texts], Awaitable[None]],
        go_on: Callable[[], Awaitable[None]],
        gave_up: Callable[[], bool],
        about: Callable[[], Mapping[str, object]],
    ) -> None:
        self._stand = stand
        self._go_on = go_on
        self._gave_up = gave_up
        self._about = about
        self._why = ""
        self.stands = False
        """The database cannot be written to; nothing is shown or accepted that is not written down."""

    async def write(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function returns that writes to the database. Raises DatabaseError if given up."""
        in_turn = DatabaseSyncToAsync(work, thread_sensitive=False, executor=_writer)
        return await self.until_written(lambda: in_turn(*args, **kwargs))

    async def until_written(self, write: Callable[[], Awaitable[R]]) -> R:
        """The same with something to await."""
        while True:
            try:
                done = await self._in_time(write)
            except DatabaseError as error:
                if self._gave_up():
                    raise
                if self._why != str(error):
                    logger.warning("room stands still", why=str(error), **self._about())
                await self._stand_still(str(error), storage.why_not_written(error))
                metrics.writes_failed.inc()
                await asyncio.sleep(TRY_AGAIN)
            else:
                if self.stands:
                    self.stands, self._why = False, ""
                    await self._go_on()
                return done

    async def _in_time(self, write: Callable[[], Awaitable[R]]) -> R:
        """What it returns; people are told meanwhile if it takes long."""
        task = asyncio.ensure_future(write())
        try:
            done, _pending = await asyncio.wait({task}, timeout=LONG)
            if not done and not self.stands:
                logger.info("room waits for the database", **self._about())
                await self._stand_still("", texts(storage.SLOW))
            return await task
        finally:
            task.cancel()

    async def _stand_still(self, why: str, told: Texts) -> None:
        if self.stands and self._why == why:
            return
        self.stands, self._why = True, why
        await self._stand(told)
