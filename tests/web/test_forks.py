"""Work in a copy of the process: it has what there is, changes nothing here, and is bounded."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.conftest import PATIENCE
from visualizer import forks
from visualizer.forks import Fork
from visualizer.workers import NotComputed, TooLarge, TooLong


async def test_a_copy_has_what_there_is_when_it_is_made_and_changes_nothing_here(tmp_path: Path) -> None:
    told, world = tmp_path / "told", {"t": 1}

    def work() -> None:
        told.write_text(str(world))
        world["t"] = 2

    fork = Fork(work)
    world["t"] = 3
    assert await fork.ended(PATIENCE) >= 0
    assert told.read_text() == "{'t': 1}"
    assert world == {"t": 3}


async def test_it_holds_no_file_or_socket_of_the_server_open_and_comes_last(tmp_path: Path) -> None:
    told, (reading, writing) = tmp_path / "told", os.pipe()

    def work() -> None:
        try:
            os.fstat(writing)
        except OSError:
            told.write_text(str(os.nice(0)))

    before = os.nice(0)
    await Fork(work).ended(PATIENCE)
    assert told.read_text() == str(min(before + forks.NICE, 19))
    os.close(reading)
    os.close(writing)


def fail() -> None:
    raise ValueError("so it is")


def fill() -> None:
    kept = []
    while True:
        kept.append(bytes(1 << 20))


def be_killed() -> None:
    os.kill(os.getpid(), 9)


@pytest.mark.parametrize(("work", "error"), [(fail, NotComputed), (fill, TooLarge), (be_killed, TooLarge)])
async def test_what_does_not_end_well_is_told(
    settings: Settings, work: Callable[[], None], error: type[Exception]
) -> None:
    settings.WORKER_MEMORY_MB = 128
    with pytest.raises(error):
        await Fork(work).ended(PATIENCE)


@pytest.mark.parametrize("how", ["too long", "cancelled"])
async def test_what_nobody_waits_for_ends(how: str) -> None:
    fork = Fork(lambda: time.sleep(PATIENCE))
    pid = fork.pid
    if how == "too long":
        with pytest.raises(TooLong):
            await fork.ended(0.05)
    else:
        task = asyncio.create_task(fork.ended(PATIENCE))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait({task})
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_it_can_be_made_while_other_threads_work(tmp_path: Path) -> None:
    over, told = threading.Event(), tmp_path / "told"

    def busy() -> None:
        while not over.is_set():
            sum(range(1000))

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            await Fork(lambda number=number: told.write_text(str(number))).ended(PATIENCE)  # type: ignore[misc]
            assert told.read_text() == str(number)
    finally:
        over.set()
        for thread in threads:
            thread.join()
