"""Long computations in processes of their own: they end, fail and are stopped without harm to anybody."""

import asyncio
import os
import time

import pytest
from pytest_django import Settings

from visualizer import workers
from visualizer.workers import Busy, Lane, TooLarge, TooLong


def double(number: int) -> int:
    return 2 * number


def fail(reason: str) -> None:
    raise ValueError(reason)


def sleep(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def spin() -> None:
    while True:
        pass


def devour() -> int:
    return len(bytearray(1 << 33))


def die() -> None:
    os._exit(3)


async def test_a_result_comes_from_another_process() -> None:
    assert await workers.run(double, 21) == 42
    assert await workers.run(os.getpid) != os.getpid()


async def test_what_the_function_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="no reason"):
        await workers.run(fail, "no reason")


async def test_what_takes_too_long_is_stopped_and_the_next_one_runs() -> None:
    with pytest.raises(TooLong):
        await workers.run(spin, seconds=0.2)
    assert await workers.run(double, 1) == 2


async def test_what_needs_too_much_memory_is_stopped_and_the_next_one_runs() -> None:
    with pytest.raises(TooLarge):
        await workers.run(devour)
    assert await workers.run(double, 2) == 4


async def test_a_worker_that_dies_is_replaced() -> None:
    for _ in range(2):
        with pytest.raises(TooLarge):
            await workers.run(die)
    assert await workers.run(double, 3) == 6


async def test_what_nobody_waits_for_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE", 0.05)
    waiting = [asyncio.create_task(workers.run(spin, owner=n)) for n in range(6)]
    await asyncio.sleep(0.3)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await workers.run(double, 4) == 8
    assert workers.queue_lengths() == {"questions": 0, "opening": 0, "large": 0}


async def test_questions_never_keep_a_room_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE", 0.05)
    asking = [asyncio.create_task(workers.run(spin, owner=n, seconds=60)) for n in range(4)]
    await asyncio.sleep(0)
    assert await workers.run(double, 5, lane=Lane.OPENING) == 10
    assert not any(task.done() for task in asking)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await asyncio.sleep(0.1)


async def test_one_owner_cannot_take_all_turns() -> None:
    mine = [asyncio.create_task(workers.run(sleep, 0.1, owner="me")) for _ in range(9)]
    found = await asyncio.gather(*mine, return_exceptions=True)
    assert sum(isinstance(one, Busy) for one in found) == 1


def fill_twice() -> int:
    """More than the limit, in between."""
    with workers.twice_the_memory():
        much = bytes(96 << 20)
    return len(much) >> 20


def fill() -> int:
    return len(bytes(96 << 20))


async def test_what_was_computed_may_take_twice_the_memory_while_it_is_written(
    settings: Settings,
) -> None:
    workers.stop()
    settings.WORKER_MEMORY_MB = 128
    try:
        assert await workers.run(fill_twice) == 96
        with pytest.raises(TooLarge):
            await workers.run(fill)
    finally:
        workers.stop()


def test_a_view_in_a_thread_waits() -> None:
    assert workers.wait(double, 6) == 12
