"""Tasks that belong to somebody: they end with their owner, and their failures are reported."""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

from visualizer import request_ids, trouble


class OwnedTasks:
    """The tasks of one connection or room. Each has a context of its own: the request that began it ends
    before it does.
    """

    def __init__(self, **about: Any) -> None:
        self._about = about
        self._tasks: dict[asyncio.Task[None], None] = {}

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin it; nobody needs to await it."""
        context = contextvars.Context()
        context.run(request_ids.begin, request_ids.current())
        task = asyncio.create_task(work, context=context)
        self._tasks[task] = None
        task.add_done_callback(self._ended)
        return task

    def cancel(self) -> None:
        """The owner has gone."""
        for task in list(self._tasks):
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            trouble.report("task failed", error, **self._about)
