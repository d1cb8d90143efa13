"""A server that is killed at any instant loses nothing, and nobody sees time go back."""

import asyncio
import json
import random

import pytest

from tests.conftest import Server
from tests.wire.client import Browser, Frame, watching

REPLAY = """
import json
from visualizer.rooms.kept.log import history
from visualizer.rooms.models import Room
from visualizer.rooms.computing.replay import replay
room = Room.objects.select_related("branch").get(code={code!r})
cluster = replay(room.scenario, history(room.branch)).head
{until}
print(json.dumps({{"t": cluster.now, "hash": cluster.state_hash(), "mark": room.branch.mark,
    "log": [[entry.t, entry.command["do"]] for entry in room.branch.commands.all()]}}))
"""


def replayed(server: Server, code: str, until: int | None = None) -> Frame:
    """What the log of this room says, computed by another process: at the mark, or at a time after it."""
    advance = "" if until is None else f"cluster.run_until({until})"
    found: Frame = json.loads(server.shell(REPLAY.format(code=code, until=advance)))
    return found


async def live(server: Server, code: str) -> Frame:
    """Time and state hash of the room as it runs."""
    found: Frame = json.loads(await asyncio.to_thread(Browser(server).get, f"/rooms/{code}/state-hash"))
    return found


@pytest.mark.parametrize("speed", [1, 600])
async def test_a_killed_server_brings_its_room_back_at_a_time_nobody_has_seen_pass(
    own_server: Server, speed: int
) -> None:
    own_server.start()
    code = own_server.new_room()
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        await viewer.say(type="transport", action="speed", speed=speed)
        await viewer.say(type="transport", action="play")
        await viewer.hear("tick")
        await viewer.say(type="command", id="1", seenT=0, do="stop-kubelet", target="n1", now=True)
        accepted = await viewer.hear("accepted")
        await viewer.watch(seconds=random.uniform(1.0, 2.0))
        seen = viewer.latest
        own_server.kill()

    logged = replayed(own_server, code)
    assert logged["log"] == [[accepted["t"], "stop-kubelet"]]
    assert logged["t"] == logged["mark"] >= seen

    own_server.start()
    async with watching(own_server, code) as viewer:
        snapshot = await viewer.hear("snapshot")
        assert snapshot["playing"]
        assert snapshot["t"] >= logged["mark"]
        await viewer.pause()
        now = await live(own_server, code)
    assert now["t"] >= logged["mark"]
    assert replayed(own_server, code, now["t"])["hash"] == now["hash"]


async def test_a_paused_room_comes_back_exactly_where_it_stood(own_server: Server) -> None:
    own_server.start()
    code = own_server.new_room()
    async with watching(own_server, code) as viewer:
        await viewer.hear("snapshot")
        await viewer.say(type="transport", action="speed", speed=600)
        await viewer.say(type="transport", action="play")
        while (await viewer.hear("tick"))["t"] < 60_000_000:
            pass
        await viewer.pause()
        before = await live(own_server, code)
        own_server.kill()

    own_server.start()
    async with watching(own_server, code) as viewer:
        assert (await viewer.hear("snapshot"))["t"] == before["t"] == viewer.latest
        assert await live(own_server, code) == before


async def test_a_server_killed_again_and_again_under_commands_loses_none_that_was_accepted(
    own_server: Server,
) -> None:
    code = own_server.new_room(playing=True, speed=60.0)
    accepted = []
    seen = 0
    for _ in range(3):
        own_server.start()
        async with watching(own_server, code) as viewer:
            snapshot = await viewer.hear("snapshot")
            assert snapshot["t"] >= seen
            for verb in ("cordon", "uncordon"):
                await viewer.say(type="command", id=verb, seenT=0, do=verb, target="n2", now=True)
                accepted.append([(await viewer.hear("accepted"))["t"], verb])
            seen = viewer.latest
            own_server.kill()
    logged = replayed(own_server, code)
    assert [entry for entry in logged["log"] if entry in accepted] == accepted
