"""A cache of the runs of branches that no room plays at the moment, computed from their logs.

Anybody may compute them: reading a log needs no lease.
"""

import asyncio
from collections import OrderedDict
from typing import Any, Final
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async

from clustersim.run import Run
from visualizer.rooms import log
from visualizer.rooms.background import in_background
from visualizer.rooms.branches import find
from visualizer.rooms.models import Room
from visualizer.rooms.replay import replay

MOST: Final = 6
"""Runs that are kept."""

Key = tuple[int, int, int]


class RunCache:
    """Runs by branch, its mark, and the number of its commands: a run that grew is computed again."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Key, Run] = OrderedDict()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def run(self, room: Room, branch: int) -> Run:
        """The run of a branch, up to its mark. Raises branches.NoSuchBranch."""
        lock = self._locks.setdefault(branch, asyncio.Lock())
        async with lock:
            scenario, history = await database_sync_to_async(_inputs)(room, branch)
            key = (branch, history.mark, len(history.commands))
            if key not in self._runs:
                self._runs[key] = await in_background(replay, scenario, history)
            run = self._runs[key]
            self._keep(key, run)
            return run

    def take(self, branch: int) -> None:
        """A room plays this branch now: what is kept of it would change behind its key."""
        for key in [key for key in self._runs if key[0] == branch]:
            del self._runs[key]

    def put(self, branch: int, run: Run) -> None:
        """Keep a run that has just been computed, or left by its room."""
        self._keep((branch, run.now, len(run.commands)), run)

    def _keep(self, key: Key, run: Run) -> None:
        self._runs[key] = run
        self._runs.move_to_end(key)
        while len(self._runs) > MOST:
            self._runs.popitem(last=False)


def _inputs(room: Room, branch: int) -> tuple[Any, log.History]:
    found = find(room.pk, branch)
    return found.room.scenario, log.history(found)


run_cache = RunCache()
"""The shelf of this process."""
