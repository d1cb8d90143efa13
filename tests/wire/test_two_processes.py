"""Two processes with one database: a room runs in one of them at a time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets

from tests.conftest import Server
from tests.wire.client import watching

RUN_OUT = """
from django.utils import timezone
from visualizer.rooms.models import Room
Room.objects.update(lease_until=timezone.now())
"""
"""The lease has run out of a process that is dead, or whose room is paused."""


@pytest.fixture
def processes(tmp_path: Path, migrated: Path) -> Iterator[tuple[Server, Server]]:
    """Two with one database. Standing still on a busy machine, neither loses its rooms to the other."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    servers = tuple(Server(tmp_path, ROOM_LEASE_SECONDS="600") for _ in range(2))
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.kill()
        server.end_shell()


async def test_a_room_that_plays_elsewhere_is_left_alone_and_taken_over_when_its_process_dies(
    processes: tuple[Server, Server],
) -> None:
    own_server, other_server = processes
    code = own_server.new_room(playing=True)
    async with watching(own_server, code) as viewer:
        await viewer.hear("tick")
        async with watching(other_server, code) as refused:
            assert "another process" in (await refused.hear("error"))["message"]["en"]
            with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
                await refused.hear("tick")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4503
        assert (await viewer.hear("tick"))["playing"]
        own_server.kill()
    own_server.shell(RUN_OUT)
    async with watching(other_server, code) as taken_over:
        assert (await taken_over.hear("snapshot"))["t"] >= viewer.latest


async def test_a_process_that_lost_a_paused_room_sends_its_viewers_to_the_new_one(
    processes: tuple[Server, Server],
) -> None:
    own_server, other_server = processes
    code = own_server.new_room()
    async with watching(own_server, code) as left_behind:
        await left_behind.hear("snapshot")
        own_server.shell(RUN_OUT)
        async with watching(other_server, code) as viewer:
            await viewer.hear("snapshot")
            await left_behind.say(type="command", id="1", seenT=0, do="cordon", target="n1")
            with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
                await left_behind.hear("accepted")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4503
            await viewer.say(type="command", id="1", seenT=0, do="drain", target="n2")
            await viewer.hear("accepted")
    log = f"for e in Room.objects.get(code={code!r}).branch.commands.all(): print(e.command['do'])"
    assert own_server.shell(f"from visualizer.rooms.models import Room\n{log}") == "drain"
