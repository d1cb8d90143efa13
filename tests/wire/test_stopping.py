"""A server that is told to stop stops, whatever is being computed."""

import asyncio
import re
import time
import urllib.request
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.conftest import PATIENCE, Server
from tests.wire.client import Viewer, watching


@pytest.mark.parametrize("playing", [False, True])
async def test_sigterm_ends_the_server_while_questions_are_computed(
    own_server: Server, playing: bool
) -> None:
    own_server.start()
    code = own_server.new_room(playing=playing, speed=600.0)
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        asking = asyncio.create_task(ask_without_end(viewer))
        while not await asyncio.to_thread(questions, own_server):
            await asyncio.sleep(0.1)
        await asyncio.to_thread(own_server.stop)
        with pytest.raises(ConnectionClosed):
            await hear_all(viewer)
        with suppress(ConnectionClosed):
            await asking


async def hear_all(viewer: Viewer) -> None:
    while True:
        await viewer.hear("foresee", "failed")


async def ask_without_end(viewer: Viewer) -> None:
    trial = {"do": "stop-kubelet", "target": "n1"}
    for number in count():
        await viewer.say(type="foresee", id=str(number), commands=[trial], ahead=1_800_000_000)
        await asyncio.sleep(0.2)


async def test_a_killed_server_leaves_no_worker_behind(own_server: Server) -> None:
    own_server.start()
    code = own_server.new_room()
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        assert len(processes(own_server)) > 1
        own_server.kill()
    give_up = time.monotonic() + PATIENCE
    while processes(own_server):
        assert time.monotonic() < give_up
        await asyncio.sleep(0.2)


def questions(server: Server) -> float:
    """How many wait or are computed."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=PATIENCE) as answer:
        found = re.search(r'^clustersim_queue{lane="questions"} (.+)$', answer.read().decode(), re.MULTILINE)
    assert found is not None
    return float(found[1])


def processes(server: Server) -> list[str]:
    """Those that run with this server's own directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"VAR_DIR={server.directory}\0".encode() in path.read_bytes():
                found.append(path.parent.name)
    return found
