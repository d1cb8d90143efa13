"""Writes answers down: those of a class that come at once go into one transaction, and so wait for one."""

import asyncio
import contextvars

from channels.db import database_sync_to_async

from visualizer.lessons import answers
from visualizer.lessons.models import Answer


class Writer:
    """A queue in front of the database; whoever writes while it is busy is part of the next transaction."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Answer, asyncio.Future[bool]]] = []
        self._busy: asyncio.Task[None] | None = None

    async def write(self, answer: Answer) -> bool:
        """Whether the answer is locked now; False if its round had been answered."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((answer, done))
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._write_all(), context=contextvars.Context())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                locked = await database_sync_to_async(answers.add)([answer for answer, _done in batch])
            except Exception as error:
                for _answer, done in batch:
                    if not done.done():
                        done.set_exception(error)
                continue
            for (_answer, done), one in zip(batch, locked, strict=True):
                if not done.done():
                    done.set_result(one)
