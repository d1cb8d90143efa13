"""Opens rooms and branches: a worker computes them from the log, and the room takes over from there."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

import structlog
from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from clustersim import Scenario
from clustersim.cluster import Cluster, Snapshot
from clustersim.engine.collecting import made_to_stay, without_collecting
from clustersim.recovery import Failure
from clustersim.run import Inputs, Run
from clustersim.snapshots import unpack
from visualizer import forks, memory, trouble, workers
from visualizer.rooms.computing import replay
from visualizer.rooms.computing.recalling import is_large
from visualizer.rooms.kept import branches, log, saved
from visualizer.rooms.kept.background import holding_lease
from visualizer.rooms.kept.sources import Moment, Source
from visualizer.rooms.kept.troubles import Failing
from visualizer.rooms.models import Room
from visualizer.texts import Texts, filled, texts

logger = structlog.get_logger()

SECONDS: Final = 120.0
"""How long one turn of opening a room may take ..."""
SECONDS_A_NODE: Final = 0.5
"""... and so much longer for each of its nodes: who waits sees how far it is, and may leave."""
COPY: Final = 1.25
"""So many times the memory of this process a copy of it takes, at most (`python -m benchmarks.snapshots`)."""
LEFT_OUT: Final = _("“%(command)s” was taken out of the log: %(reason)s")


class Reopened(NamedTuple):
    """The run of a branch. told: what people should know, which is that commands are no part of it any more;
    failing: why it ends early.
    """

    run: Run
    told: list[Texts]
    failing: Failing | None


async def source_of_branch(room: Room, branch: int) -> Source:
    """What a branch is computed from, up to its mark. Raises branches.NoSuchBranch."""
    scenario, history = await database_sync_to_async(_logged)(room.pk, branch)
    # to read the scenario of thousands of nodes takes a quarter of a second
    return await asyncio.to_thread(replay.source, scenario, history)


def _logged(room: int, branch: int) -> tuple[Any, log.History]:
    found = branches.find(room, branch)
    return found.room.scenario, log.history(found)


async def take_over(moment: Moment) -> Run:
    """The run that stands there, in this process."""
    return await asyncio.to_thread(_run, moment)


def _run(moment: Moment) -> Run:
    # A large one would be looked through for garbage again and again.
    with made_to_stay() if is_large(moment.inputs) else without_collecting():
        snapshot = saved.take(moment.file) if moment.file else unpack(moment.snapshot)
        return Run.resumed(moment.inputs.commands, snapshot, keeps=False)


async def open_branch(
    lease: log.Lease, branch: int, *, until: int | None = None, upto: tuple[int, int] | None = None
) -> Reopened:
    """To its mark, to `until`, or `upto` a time with so many commands given. Raises log.LeaseLost,
    branches.NoSuchBranch, workers.NotComputed, recovery.Unbootable.
    """
    scenario, history = await database_sync_to_async(_logged)(lease.room, branch)
    source = await asyncio.to_thread(replay.source, scenario, history)
    if until is not None:
        source = Source(source.inputs, until)
    elif upto is not None:
        t, commands = upto
        source = Source(Inputs(source.inputs.scenario, source.inputs.commands[:commands]), t)
    found, run = await _opened_here(lease, source, saved.path_of(branch))
    told = []
    if found.left_out:
        reasons = {history.commands[index].entry: texts(why) for index, why in found.left_out.items()}
        await database_sync_to_async(branches.leave_out)(lease, reasons, moving=True)
        for index, why in found.left_out.items():
            logged = history.commands[index]
            words = branches.words(logged.t, logged.command)
            logger.info("command left out", room=lease.room, branch=branch, command=words, why=str(why))
            told.append(filled(LEFT_OUT, command=words, reason=texts(why)))
    return Reopened(run, told, _failing(lease, branch, found.failure))


def _failing(lease: log.Lease, branch: int, failure: Failure | None) -> Failing | None:
    """Into the log, and what people are told of it."""
    if failure is None:
        return None
    reference = trouble.note(
        "run fails",
        room=lease.room,
        branch=branch,
        t=failure.broke_at,
        why=failure.why,
        traceback=failure.traceback,
    )
    return Failing(branch, failure.broke_at, failure.t, failure.why, reference)


async def _opened_here(lease: log.Lease, source: Source, path: str) -> tuple[replay.Opened, Run]:
    """Computed, and taken over; once more without what was kept, where that cannot be read."""
    found = await _opened(lease, source, path)
    try:
        return found, await holding_lease(lease, take_over(found.moment))
    except log.LeaseLost:
        raise
    except Exception:
        if not found.moment.file:
            raise
        logger.warning("snapshot not read", path=path, exc_info=True)
        saved.forget(path)
    found = await _opened(lease, source, path)
    return found, await holding_lease(lease, take_over(found.moment))


async def _opened(lease: log.Lease, source: Source, path: str) -> replay.Opened:
    """Computed in as many turns as it takes: one that comes too far for its time goes on from where the one
    before was kept. Raises workers.NotComputed where a turn comes no further.
    """
    while True:
        stamp = saved.stamp(path)
        computed = workers.run(
            replay.opened,
            source,
            path,
            seconds=_seconds(source.inputs.scenario),
            owner=lease.room,
            lane=workers.Lane.OPENING,
        )
        try:
            return await holding_lease(lease, computed)
        except workers.TooLong:
            if saved.stamp(path) == stamp:
                raise


class MemoryLacks(Exception):
    """A copy of this process might take more memory than there is."""

    def __init__(self, wanted: int, free: int) -> None:
        super().__init__(f"a copy of the server may take {wanted >> 20} MB, and {free >> 20} MB are free")


class Keeping:
    """The run of a branch as it stands, being kept on disk, so that the branch opens from there. A large one
    is written by a copy of this process, which is made at once. Raises MemoryLacks, OSError.
    """

    def __init__(self, branch: int, run: Run) -> None:
        path, inputs = saved.path_of(branch), run.inputs
        self._seconds = _seconds(run.scenario)
        self._fork: forks.Fork | None = None
        self._write: Callable[[], object]
        if is_large(run):
            _find_memory()
            self._write = partial(replay.keep, run, path)
            self._fork = forks.Fork(self._write)
        else:
            self._write = partial(_write, path, inputs, run.head.snapshot())

    async def ended(self) -> float:
        """Wait until it is written; how many seconds that took. Raises workers.NotComputed."""
        if self._fork is not None:
            return await self._fork.ended(self._seconds)
        began = time.monotonic()
        await asyncio.to_thread(self._write)
        return time.monotonic() - began

    def give_up(self) -> None:
        """A copy that nobody waits for any more writes no more."""
        if self._fork is not None:
            self._fork.end()


def _find_memory() -> None:
    """For a copy that goes through all that there is here: whatever it looks at becomes its own. Raises
    MemoryLacks.
    """
    wanted, free = round(COPY * memory.own_bytes()), memory.free_bytes()
    if free is not None and free < wanted:
        raise MemoryLacks(wanted, free)


def _write(path: str, inputs: Inputs, snapshot: Snapshot) -> None:
    saved.write(path, inputs, snapshot, Cluster.restore(snapshot).state_hash())


def _seconds(scenario: Scenario) -> float:
    return SECONDS + SECONDS_A_NODE * len(scenario.nodes)
