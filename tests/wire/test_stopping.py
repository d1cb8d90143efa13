"""A server that is told to stop stops, whatever is being computed."""

import asyncio
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.wire.client import watching


@pytest.mark.parametrize("playing", [False, True])
async def test_sigterm_ends_the_server_within_five_seconds_while_questions_are_computed(
    own_server: Server, playing: bool
) -> None:
    own_server.start()
    code = own_server.new_room(playing=playing, speed=600.0)
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        for number in range(4):
            trial = {"do": "stop-kubelet", "target": "n1"}
            await viewer.say(type="foresee", id=str(number), commands=[trial], ahead=1_800_000_000)
        await asyncio.sleep(0.5)
        process = own_server.process
        assert process is not None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 30)
        took = time.monotonic() - began
    own_server.process = None
    assert took < 5


async def test_a_killed_server_leaves_no_worker_behind(own_server: Server) -> None:
    own_server.start()
    code = own_server.new_room()
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        assert len(processes(own_server)) > 1
        own_server.kill()
    give_up = time.monotonic() + 20
    while processes(own_server):
        assert time.monotonic() < give_up
        await asyncio.sleep(0.2)


def processes(server: Server) -> list[str]:
    """Those that run with this server's own directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"VAR_DIR={server.directory}\0".encode() in path.read_bytes():
                found.append(path.parent.name)
    return found
