"""Opening a room: who waits is told how far it is, and when nobody waits any more it ends."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from structlog.testing import capture_logs

from clustersim import default_scenario
from clustersim.lesson import Lesson
from clustersim.run import Inputs, Run
from tests.conftest import PATIENCE
from tests.web.viewers import Viewer
from visualizer import forks, memory, workers
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms import registry
from visualizer.rooms.computing import keeping, opening, progress, recalling, replay
from visualizer.rooms.entering import OUT_OF_BOUNDS
from visualizer.rooms.kept import saved
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.models import Room
from visualizer.rooms.registry import Rooms, rooms
from visualizer.workers import TooLarge, TooLong

pytestmark = pytest.mark.django_db(transaction=True)


async def test_who_waits_for_a_room_is_told_how_far_it_is(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "OLD", 10 * PATIENCE)
    told = progress.Teller(saved.path_of(room.branch_id or 0))
    told.tell(progress.BOOT, 0.25)
    go = asyncio.Event()
    opened = rooms._open

    async def slowly(code: str) -> object:
        await go.wait()
        return await opened(code)

    monkeypatch.setattr(rooms, "_open", slowly)
    viewer = Viewer(room.code)
    await viewer.socket.connect(timeout=PATIENCE)
    frame = await viewer.hear("opening")
    assert (frame["phase"], frame["share"]) == ("boot", 0.25)
    await viewer.say(type="inspect", part="n1")
    go.set()
    await viewer.hear("snapshot")
    assert (await viewer.hear("inspect"))["part"] == "n1"
    await viewer.socket.disconnect()
    await rooms.close_all()


async def test_rooms_tick_while_the_lesson_of_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    room = await database_sync_to_async(open_room)(offer("kubelet-dies"), "v1.7", Mode.ALONE)
    read_by, read = [], registry.load_lesson

    def reads(text: str) -> Lesson:
        read_by.append(threading.get_ident())
        return read(text)

    monkeypatch.setattr(registry, "load_lesson", reads)
    viewer = Viewer(room.code)
    await viewer.join()
    assert read_by
    assert threading.get_ident() not in read_by


@pytest.mark.parametrize(("fault", "word"), [(TooLarge, "WORKER_MEMORY_MB"), (TooLong, "Use fewer nodes")])
async def test_a_room_beyond_the_servers_bounds_says_so_and_is_not_tried_again(
    room: Room, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], word: str
) -> None:
    async def beyond(code: str) -> object:
        raise fault

    monkeypatch.setattr(rooms, "open", beyond)
    viewer = Viewer(room.code)
    await viewer.socket.connect(timeout=10)
    assert word in (await viewer.hear("error"))["message"]["en"]
    closed = await viewer.socket.receive_output(timeout=10)
    assert closed["code"] == OUT_OF_BOUNDS


async def test_a_room_with_a_long_past_opens_in_several_turns_as_long_as_each_comes_further(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, run, turns = saved.path_of(room.branch_id or 0), workers.run, []
    come_further = Run(Inputs(default_scenario())).head.snapshot()

    async def too_long_at_first(*args: Any, **options: Any) -> Any:
        turns.append(options["lane"])
        if len(turns) > 2:
            return await run(*args, **options)
        saved.write(kept, Inputs(default_scenario()), come_further)
        raise TooLong

    monkeypatch.setattr(workers, "run", too_long_at_first)
    assert (await rooms.open(room.code)).runner.alive
    assert turns == [workers.Lane.OPENING] * 3
    await rooms.close_all()


async def test_a_turn_that_comes_no_further_is_the_last(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = []

    async def too_long(*_args: Any, **_options: Any) -> Any:
        turns.append(1)
        raise TooLong

    monkeypatch.setattr(workers, "run", too_long)
    with pytest.raises(TooLong):
        await rooms.open(room.code)
    assert len(turns) == 1


async def test_a_large_room_opens_while_a_copy_of_the_server_writes_its_snapshot(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    path, go, write = saved.path_of(room.branch_id or 0), tmp_path / "go", saved.write

    def slowly(*args: Any) -> bool:
        while not go.exists():
            time.sleep(0.01)
        return write(*args)

    source = await opening.source_of_branch(room, room.branch_id or 0)
    write(path, source.inputs, Run(source.inputs).head.snapshot())
    hub = await rooms.open(room.code)
    before = saved.stamp(path)
    monkeypatch.setattr(saved, "write", slowly)
    hub.runner.snapshots.spend(2.0)
    task = keeping._being_kept[room.branch_id or 0]
    stood = hub.runner.player.now
    async with asyncio.timeout(PATIENCE):
        await rooms.close(room.code)
        hub = await rooms.open(room.code)
        assert hub.runner.alive
        hub.runner.player.run.run_until(stood + 10**6)
        assert saved.stamp(path) == before
        go.touch()
        await task
    assert saved.stamp(path) != before
    source = Source(hub.runner.player.run.inputs, hub.runner.player.now)
    assert saved.read(path, source).t == stood  # type: ignore[union-attr]
    await rooms.close_all()


async def test_a_large_room_whose_snapshot_cannot_be_read_is_computed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    file = Path(saved.path_of(room.branch_id or 0))
    source = await opening.source_of_branch(room, room.branch_id or 0)
    saved.write(str(file), source.inputs, Run(source.inputs).head.snapshot())
    stamp = saved.stamp(str(file))
    _spoil(file)
    hub = await rooms.open(room.code)
    assert hub.runner.player.now == source.until
    assert saved.stamp(str(file)) != stamp
    await rooms.close_all()


def _spoil(file: Path) -> None:
    """Another last byte, written at the same time as it seems."""
    data, told = file.read_bytes(), file.stat()
    file.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))


async def test_a_large_room_that_rests_while_it_is_written_is_kept_as_it_rests(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    copies: list[int] = []

    class Noted(forks.Fork):
        def __init__(self, work: Callable[[], object]) -> None:
            super().__init__(work)
            copies.append(self.pid)

    monkeypatch.setattr(forks, "Fork", Noted)
    hub = await rooms.open(room.code)
    player, snapshots = hub.runner.player, hub.runner.snapshots
    with monkeypatch.context() as patched:
        patched.setattr(saved, "write", lambda *_args: time.sleep(PATIENCE))
        snapshots.spend(2.0)
    first = keeping._being_kept[player.branch]
    player.run.run_until(player.now + 10**6)
    snapshots.spend(0.5)
    async with asyncio.timeout(PATIENCE):
        await snapshots.leave()
        await asyncio.gather(first, keeping._being_kept[player.branch], return_exceptions=True)
    assert first.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(copies[0], 0)
    kept = saved.read(saved.path_of(player.branch), Source(player.run.inputs, player.now))
    assert kept is not None
    assert kept.t == player.now
    await rooms.close_all()


async def test_a_large_room_is_not_written_where_memory_lacks_and_is_once_there_is_some(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    hub = await rooms.open(room.code)
    player, snapshots = hub.runner.player, hub.runner.snapshots
    with monkeypatch.context() as patched:
        patched.setattr(memory, "free_bytes", lambda: memory.own_bytes() // 2)
        patched.setattr(forks, "Fork", None)
        with capture_logs() as logs:
            snapshots.spend(2.0)
            snapshots.spend(2.0)
        assert player.branch not in keeping._being_kept
    (told,) = logs
    assert (told["event"], told["room"], told["log_level"]) == ("snapshot not kept", room.pk, "warning")
    assert "a copy of the server may take" in told["why"]
    snapshots.spend(2.0)
    async with asyncio.timeout(PATIENCE):
        await keeping._being_kept[player.branch]
    kept = saved.read(saved.path_of(player.branch), Source(player.run.inputs, player.now))
    assert kept is not None
    await rooms.close_all()


async def test_an_opening_ends_when_nobody_waits_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    registry, ended = Rooms(), asyncio.Event()

    async def forever(code: str) -> object:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    monkeypatch.setattr(registry, "_open", forever)
    first = asyncio.create_task(registry.open("ABC234"))
    second = asyncio.create_task(registry.open("ABC234"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0.01)
    assert not ended.is_set()
    second.cancel()
    await asyncio.wait_for(ended.wait(), PATIENCE)


def test_a_worker_tells_what_it_boots_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, float]] = []
    monkeypatch.setattr(progress.Teller, "tell", lambda self, phase, share: heard.append((phase, share)))
    replay.opened(Source(Inputs(default_scenario()), 1), str(tmp_path / "1.snapshot"))
    shares = [share for phase, share in heard if phase == progress.BOOT]
    assert shares == sorted(shares)
    assert shares[-1] > 0.9
    assert not list(tmp_path.glob("*.progress"))


def test_what_an_interrupted_worker_told_is_soon_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = str(tmp_path / "1.snapshot")
    progress.Teller(kept).tell(progress.BOOT, 0.5)
    found = progress.read(kept)
    assert found is not None
    assert found.share == 0.5
    monkeypatch.setattr(progress.time, "time", lambda: found.told + progress.OLD + 1)
    assert progress.read(kept) is None
