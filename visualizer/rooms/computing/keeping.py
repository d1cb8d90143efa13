"""When a room's snapshot is kept on disk: after enough was computed since the last one, and when the room
comes to rest.

Of large rooms the older snapshots stay as moments at which a question about the past can begin. They are as
far apart as one can compute in the time that writing one takes.
"""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Final

import structlog

from clustersim.run import Run
from visualizer import trouble, workers
from visualizer.rooms.computing.opening import Keeping, MemoryLacks
from visualizer.rooms.computing.recalling import is_large
from visualizer.rooms.kept.log import Lease

logger = structlog.get_logger()

WORTH_A_SNAPSHOT: Final = 1.0
"""Seconds of computing after which a snapshot is kept while the room plays ..."""
LEAST_WORTH: Final = 0.1
"""... and when it comes to rest."""
REST: Final = 3.0
"""So many times longer than writing a snapshot took the next one waits. It is for a room that opens, and few
open ..."""
REST_OF_LARGE: Final = 1.0
"""... but those of large rooms are for whoever looks back, too."""

_being_kept: Final[dict[int, asyncio.Task[None]]] = {}
"""By branch, whoever may be playing it by now, what is being written."""


class SnapshotKeeper:
    """Keeps snapshots of one room. told: its lease and its run, as of now; about: what the log says of it."""

    def __init__(self, told: Callable[[], tuple[Lease, Run]], about: Callable[[], dict[str, object]]) -> None:
        self._told = told
        self._about = about
        self._spent = 0.0
        """Seconds of computing since a snapshot was kept."""
        self._keeping: asyncio.Task[None] | None = None
        self._lacks = False
        """There was too little memory to keep the last one."""

    def spend(self, seconds: float) -> None:
        """So much more was computed; without a snapshot it would have to be computed again."""
        self._spent += seconds
        if self._spent > WORTH_A_SNAPSHOT:
            self._keep_meanwhile()

    async def leave(self) -> None:
        """The room rests, or goes on from another branch. Nobody waits for the snapshot of a large one, which
        takes a while; one of before that is being written is given up.
        """
        lease, run = self._told()
        if (task := self._keeping) is not None and not task.done() and self._spent >= LEAST_WORTH:
            if is_large(run):
                task.cancel()
                _being_kept.pop(lease.branch, None)
            else:
                await asyncio.wait({task})
        self._keep_meanwhile()
        if self._keeping is not None and not is_large(run):
            await asyncio.wait({self._keeping})

    def _keep_meanwhile(self) -> None:
        """A snapshot of how the room is now, if it is worth one."""
        lease, run = self._told()
        if self._spent < LEAST_WORTH or lease.branch in _being_kept:
            return
        self._spent = 0.0
        try:
            keeping = Keeping(lease.branch, run)
        except MemoryLacks as lacks:
            if not self._lacks:
                logger.warning("snapshot not kept", why=str(lacks), **self._about())
            self._lacks = True
            return
        except OSError:
            trouble.report("snapshot not kept", **self._about())
            return
        self._lacks = False
        work = self._keep(keeping, lease.branch, REST_OF_LARGE if is_large(run) else REST)
        self._keeping = _being_kept[lease.branch] = asyncio.create_task(work, context=contextvars.Context())
        # A task that is given up before it has begun waits for nothing.
        self._keeping.add_done_callback(lambda _task: keeping.give_up())

    async def _keep(self, keeping: Keeping, branch: int, rest: float) -> None:
        try:
            # What takes long to keep is kept less often.
            self._spent -= rest * await keeping.ended()
        except workers.NotComputed as why:
            logger.info("snapshot not kept", why=type(why).__name__, **self._about())
        except Exception:
            trouble.report("snapshot not kept", **self._about())
        finally:
            if _being_kept.get(branch) is asyncio.current_task():
                del _being_kept[branch]
