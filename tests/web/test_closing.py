"""Closing a room: what it was made of is given back, and who comes in meanwhile is sent to open it again."""

import asyncio
import gc
import weakref

import pytest
from channels.db import database_sync_to_async
from pytest_django import Settings

from clustersim import default_scenario
from clustersim.engine import collecting
from tests.conftest import PATIENCE
from tests.web.viewers import Viewer
from visualizer.rooms import registry
from visualizer.rooms.models import Room
from visualizer.rooms.registry import Rooms, rooms
from visualizer.rooms.running.hub import TRY_AGAIN, Hub

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_the_last_room_was_made_of_is_given_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "COLLECT_AFTER", 0.05)
    cluster = weakref.ref((await rooms.open(room.code)).runner.player.cluster)
    gc.disable()
    try:
        await rooms.close(room.code)
        async with asyncio.timeout(PATIENCE):
            while cluster() is not None:
                await asyncio.sleep(0.01)
    finally:
        gc.enable()


async def test_the_world_of_a_room_that_closes_goes_without_a_look_at_the_rooms_that_stay(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "COLLECT_AFTER", 0.05)
    stays = await database_sync_to_async(Room.objects.open_with)(default_scenario())
    await rooms.open(stays.code)
    etcd = weakref.ref((await rooms.open(room.code)).runner.player.cluster.world.etcd)
    gc.disable()
    try:
        await rooms.close(room.code)
        async with asyncio.timeout(PATIENCE):
            while etcd() is not None:
                await asyncio.sleep(0.01)
    finally:
        gc.enable()
        await rooms.close(stays.code)


async def test_who_comes_in_while_the_room_closes_is_sent_to_open_it_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = rooms.open

    async def closed_meanwhile(code: str) -> object:
        hub = await opened(code)
        await rooms.close(code)
        return hub

    monkeypatch.setattr(rooms, "open", closed_meanwhile)
    viewer = Viewer(room.code)
    await viewer.socket.connect(timeout=PATIENCE)
    assert await viewer.closed() == TRY_AGAIN


async def test_a_room_that_is_asked_for_again_and_again_stays_open_also_without_viewers(
    room: Room, settings: Settings
) -> None:
    settings.ROOM_IDLE_SECONDS = 0.05
    hub = await rooms.open(room.code)
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert await rooms.open(room.code) is hub
    while rooms.running(room.code) is not None:
        await asyncio.sleep(0.01)


async def test_a_room_whose_opening_is_given_up_at_the_last_moment_is_not_open(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_moment = asyncio.Event()

    async def forever(_hub: Hub) -> None:
        last_moment.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(Hub, "open", forever)
        opening = asyncio.create_task(rooms.open(room.code))
        await last_moment.wait()
        opening.cancel()
        await asyncio.wait({opening})
    assert rooms.running(room.code) is None
    hub = await rooms.open(room.code)
    assert hub.runner.alive
    await rooms.close_all()


async def test_a_viewer_that_left_is_forgotten_without_a_search_for_garbage(room: Room) -> None:
    hub, viewer = await rooms.open(room.code), Viewer(room.code)
    await viewer.join()
    await viewer.say(type="console", id="1", line="kubectl get pods")
    await viewer.hear("console-output")
    await viewer.say(type="look", t=0)
    await viewer.hear("past")
    connection = weakref.ref(next(iter(hub.viewers)))
    gc.disable()
    try:
        await viewer.socket.disconnect()
        del viewer
        async with asyncio.timeout(PATIENCE):
            while connection() is not None:
                await asyncio.sleep(0.01)
    finally:
        gc.enable()
        await rooms.close_all()


async def test_garbage_is_found_although_rooms_were_opened_while_it_was_of_use(room: Room) -> None:
    class Circle:
        def __init__(self) -> None:
            self.me = self

    connection = Circle()
    garbage = weakref.ref(connection)
    await rooms.open(room.code)
    gc.disable()
    try:
        del connection
        assert garbage() is not None
        gc.collect()
        assert garbage() is None
    finally:
        gc.enable()
        await rooms.close_all()


@pytest.mark.parametrize(
    ("beside", "much", "searched"),
    [(False, False, [0, 0, 1]), (True, False, [0, 0, 1]), (True, True, [0, 0, 0])],
)
async def test_garbage_that_was_put_aside_with_worlds_is_searched_when_that_holds_up_nobody(
    room: Room, monkeypatch: pytest.MonkeyPatch, beside: bool, much: bool, searched: list[int]
) -> None:
    """Whether others are open, and whether so much was put aside that it takes long."""
    searches: list[str] = []
    times = [0]
    monkeypatch.setattr(registry, "COLLECT_AFTER", 0.0)
    monkeypatch.setattr(registry, "WORTH_A_SEARCH", 3)
    monkeypatch.setattr(collecting, "search_all", lambda: searches.append(room.code))
    monkeypatch.setattr(collecting, "times_put_aside", lambda: times[0])
    monkeypatch.setattr(collecting, "how_many_aside", lambda: registry.MOST_SEARCHED + much)
    own = Rooms()
    other = await database_sync_to_async(_another)() if beside else None
    if other is not None:
        await own.open(other.code)
    found = []
    for number in range(3):
        times[0] += beside or number == 2
        hub = await own.open(room.code)
        world = weakref.ref(hub.runner.player.cluster)
        del hub
        await own.close(room.code)
        async with asyncio.timeout(PATIENCE):
            while world() is not None or own._closed < (number + 1) % 3:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        found.append(len(searches))
    await own.close_all()
    assert found == searched


def _another() -> Room:
    return Room.objects.open_with(default_scenario())
