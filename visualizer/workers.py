"""Long computations in processes of their own: bounded in time and memory, and stopped when nobody waits.

Whatever a person asks for that may take longer than a moment (going back, explaining, trying out, comparing,
checking, sweeping) is a function of the model and plain data: it is sent to a worker and its answer awaited.

    text = await workers.run(function, argument, seconds=20, owner=viewer)

The function must be importable and all that goes in and out picklable; it never touches the database.
Opening rooms has workers of its own (``lane=Lane.OPENING``): no question keeps a room shut. Questions about
large rooms have one, too (``lane=Lane.LARGE``): it remembers their worlds, and others' questions do not wait
for it.
"""

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import partial
from multiprocessing import get_context
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import django
from asgiref.sync import async_to_sync
from django.conf import settings
from pebble import ProcessExpired, ProcessPool

R = TypeVar("R")

SECONDS: Final = 20.0
"""How long a computation may take, if nothing else is said."""
MOST_WAITING: Final = 200
"""Computations of a lane that wait for their turn."""
MOST_PER_OWNER: Final = 8
"""Computations of one owner that wait or run."""
GRACE: Final = 2.0
"""What nobody waits for any more may take so many seconds to end by itself: a worker that is stopped takes
what it remembers with it."""
OUT_OF_MEMORY: Final = 86
"""How a worker exits whose memory does not suffice."""


class Lane(StrEnum):
    """Which workers: those that open rooms never answer questions."""

    QUESTIONS = "questions"
    OPENING = "opening"
    LARGE = "large"


NICE: Final = {Lane.QUESTIONS: 5, Lane.OPENING: 3, Lane.LARGE: 5}
"""Rooms that run come before rooms that open, and both before questions. To be nicer helps little (beside two
of them on two busy cores, a server that wakes up waited 0.09 s for a core at worst with 10, 0.11 s with 3),
and beside other programs a large room would not open for ten minutes.
"""


class NotComputed(Exception):
    """A computation that has no result."""


class Busy(NotComputed):
    """More is asked than can be computed."""


class TooLong(NotComputed):
    """It took longer than it may."""


class TooLarge(NotComputed):
    """It needed more memory than it may, or its process was lost."""


async def run(
    function: Callable[..., R],
    *args: Any,
    seconds: float = SECONDS,
    owner: object = "",
    lane: Lane = Lane.QUESTIONS,
) -> R:
    """What the function returns, computed in a worker when it is its turn; raises what it raises, and Busy,
    TooLong or TooLarge. Cancelled with the task that waits. ``owner``: on whose behalf; any hashable.
    """
    line = _line(lane)
    await line.enter(owner)
    loop = asyncio.get_running_loop()
    try:
        future = _pools.schedule(lane, function, args, seconds + GRACE)
    except BaseException:
        line.leave(owner)
        raise
    future.add_done_callback(partial(_tell, loop, line, owner))
    waiter = asyncio.wrap_future(future)
    try:
        done, _pending = await asyncio.wait({waiter}, timeout=seconds)
    except asyncio.CancelledError:
        waiter.add_done_callback(_ignore)
        loop.call_later(GRACE, waiter.cancel)
        raise
    if not done:
        waiter.cancel()
        raise TooLong
    try:
        result: R = waiter.result()
    except ProcessExpired:
        raise TooLarge from None
    return result


def wait(
    function: Callable[..., R],
    *args: Any,
    seconds: float = SECONDS,
    owner: object = "",
    lane: Lane = Lane.QUESTIONS,
) -> R:
    """The same for a view that runs in a thread."""
    return async_to_sync(run)(function, *args, seconds=seconds, owner=owner, lane=lane)


def _ignore(waiter: asyncio.Future[Any]) -> None:
    """An answer that nobody waits for, and that may be an error."""
    if not waiter.cancelled():
        waiter.exception()


def queue_lengths() -> dict[str, int]:
    """How many computations wait or run, by lane."""
    found = Counter({lane.value: 0 for lane in Lane})
    for loop, lines in list(_lines.items()):
        for lane, line in () if loop.is_closed() else lines.items():
            found[lane.value] += line.waiting
    return dict(found)


def warm() -> None:
    """Start the workers now: the first person should not wait for them."""
    for lane in (Lane.QUESTIONS, Lane.OPENING):
        _pools.schedule(lane, os.getpid, (), SECONDS)


def stop() -> None:
    """End all workers, whatever they do. Those asked for later are started anew."""
    _pools.stop()


# --- whose turn it is --------------------------------------------------------------------------------------


def _processes(lane: Lane) -> int:
    """Of a lane. A large world is remembered by one process, whatever is asked about it."""
    return 1 if lane is Lane.LARGE else settings.WORKERS


class _Line:
    """Those who wait for a lane, in one event loop. No more is handed to the workers than they can begin."""

    def __init__(self, processes: int) -> None:
        self._turn = asyncio.Semaphore(processes)
        self._owners: Counter[object] = Counter()
        self.waiting = 0

    async def enter(self, owner: object) -> None:
        if self.waiting >= MOST_WAITING or self._owners[owner] >= MOST_PER_OWNER:
            raise Busy
        self.waiting += 1
        self._owners[owner] += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._forget(owner)
            raise

    def leave(self, owner: object) -> None:
        self._turn.release()
        self._forget(owner)

    def _forget(self, owner: object) -> None:
        self.waiting -= 1
        self._owners[owner] -= 1
        if not self._owners[owner]:
            del self._owners[owner]


_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Lane, _Line]] = WeakKeyDictionary()


def _line(lane: Lane) -> _Line:
    lines = _lines.setdefault(asyncio.get_running_loop(), {})
    if lane not in lines:
        lines[lane] = _Line(_processes(lane))
    return lines[lane]


def _tell(loop: asyncio.AbstractEventLoop, line: _Line, owner: object, _future: Future[Any]) -> None:
    with suppress(RuntimeError):  # the loop has ended, and its line with it
        loop.call_soon_threadsafe(line.leave, owner)


# --- processes ---------------------------------------------------------------------------------------------


class _Pools:
    """The processes of each lane, started when they are needed and again when they were lost."""

    def __init__(self) -> None:
        self._pools: dict[Lane, ProcessPool] = {}
        self._lock = threading.Lock()

    def schedule(
        self, lane: Lane, function: Callable[..., Any], args: tuple[Any, ...], seconds: float
    ) -> Future[Any]:
        with self._lock:
            pool = self._pools.get(lane)
            if pool is None or not pool.active:
                pool = self._pools[lane] = self._start(lane)
            found: Future[Any] = pool.schedule(_compute, args=(function, args), timeout=seconds)
            return found

    def stop(self) -> None:
        with self._lock:
            for pool in self._pools.values():
                pool.stop()  # type: ignore[no-untyped-call]
                pool.join()
            self._pools.clear()

    @staticmethod
    def _start(lane: Lane) -> ProcessPool:
        context = get_context("forkserver")  # a process without threads, in which all is imported already
        context.set_forkserver_preload(["__main__", "visualizer.preloaded"])
        pool = ProcessPool(
            max_workers=_processes(lane),
            initializer=_begin,
            initargs=(settings.WORKER_MEMORY_MB, NICE[lane]),
            context=context,
        )
        _ = pool.active  # a pool that has not started is not active
        return pool


def _begin(megabytes: int, nice: int) -> None:
    """In a worker, before its first task."""
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    with suppress(ImportError, ValueError, OSError):  # not every system bounds memory
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, 2 * megabytes << 20))
    os.nice(nice)
    django.setup()


@contextmanager
def twice_the_memory() -> Iterator[None]:
    """For a moment a worker may take twice what it may compute with: what was computed can be written down,
    however large it has become. To remember what has been written takes half as much as a world itself.
    """
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        yield
        return
    bounded = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (bounded[1], bounded[1]))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, bounded)


def end_with(parent: int) -> None:
    """End this process when that one, which began it, is no more: who was killed cannot stop others."""
    while os.getppid() == parent != 1:
        time.sleep(1)
    os._exit(1)


def _compute(function: Callable[..., R], args: tuple[Any, ...]) -> R:
    try:
        return function(*args)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (KeyboardInterrupt, SystemExit, CancelledError) as error:
        raise NotComputed(str(error)) from None


_pools = _Pools()
