"""A room whose run breaks: it loses the command that is to blame, tells why, and goes on."""

import asyncio
import re
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from clustersim import Cluster, Command, default_scenario, recovery
from clustersim.faults import ACTIONS
from clustersim.scenario_schema import ActionSpec
from tests.breaking import Break
from tests.web.viewers import Viewer, Visit
from visualizer import trouble, workers
from visualizer.rooms.kept.branches import tree
from visualizer.rooms.models import Branch, CommandEntry, Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.hub import Hub

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = 1_000_000

POD = """kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: a, image: x, resources: {requests: {memory: 128m}}}]}"""


@pytest.fixture
def breakable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue has an action that breaks the run, and workers are threads that know it."""

    async def run(function: Callable[..., Any], *args: Any, **_: Any) -> Any:
        return await asyncio.to_thread(function, *args)

    monkeypatch.setitem(ACTIONS, "break", Break)
    monkeypatch.setattr(workers, "run", run)


def running(room: Room) -> Hub:
    hub = rooms.running(room.code)
    assert hub is not None
    return hub


async def left_out() -> list[str]:
    found = CommandEntry.objects.filter(left_out__isnull=False)
    return [entry.command["do"] async for entry in found]


async def test_what_breaks_at_once_is_refused_and_taken_out(
    breakable: None, room: Room, visit: Visit
) -> None:
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    await viewer.say(type="command", id="b", seenT=0, do="break", now=True)
    told = [await viewer.hear("rejected", "notice") for _ in range(2)]
    found = {frame["type"]: frame for frame in told}
    assert "ZeroDivisionError" in found["rejected"]["reason"]["en"]
    assert "break" in found["notice"]["text"]["zh"]
    assert await left_out() == ["break"]
    assert (await viewer.act("start-kubelet", "n1"))["type"] == "accepted"


async def test_what_breaks_later_is_taken_out_and_the_room_plays_on(
    breakable: None, room: Room, visit: Visit
) -> None:
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    assert (await viewer.act("break", None, args={"after": 30}))["type"] == "accepted"
    await viewer.act("cordon", "n2")
    await viewer.play_until(60 * SECOND)
    assert await left_out() == ["break"]
    head = running(room).runner.player.run
    assert [given.command.do for given in head.commands] == ["stop-kubelet", "cordon"]
    fresh = Cluster(head.scenario)
    for given in head.commands:
        fresh.run_until(given.t)
        fresh.apply(given.command, given.actor)
    fresh.run_until(head.now)
    assert fresh.state_hash() == head.head.state_hash()


async def test_a_room_broken_by_its_log_opens_without_the_offender_and_says_so(
    breakable: None, room: Room, visit: Visit
) -> None:
    assert room.branch is not None
    for seq, (t, command) in enumerate(
        ((1, Command("break", None, {"after": 20})), (2, Command("stop-kubelet", "n1"))), 1
    ):
        await CommandEntry.objects.acreate(
            branch=room.branch, seq=seq, t=t, actor="a", command=msgspec.to_builtins(command), epoch=0
        )
    await Branch.objects.filter(pk=room.branch.pk).aupdate(mark=90 * SECOND)
    viewer = Viewer(room.code)
    assert (await viewer.join())["t"] == 90 * SECOND
    notice = await viewer.hear("notice")
    assert notice["text"]["en"].startswith("“break @ ")
    assert await left_out() == ["break"]
    await rooms.close_all()


async def test_branches_that_share_a_command_lose_it_and_keep_their_own(
    breakable: None, room: Room, visit: Visit
) -> None:
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    await viewer.act("break", None, args={"after": 300})
    await viewer.act("cordon", "n2")
    await viewer.play_until(20 * SECOND)
    answer = await viewer.act("cordon", "n3", at=10 * SECOND)
    assert answer["type"] == "accepted"
    await viewer.play_until(320 * SECOND)
    assert await left_out() == ["break"]
    fork = await Branch.objects.aget(pk=answer["branch"])
    assert fork.inherited == 2
    given = [given.command.target for given in running(room).runner.player.run.commands]
    assert given == ["n1", "n2", "n3"]
    shown = await asyncio.to_thread(tree, room.pk)
    assert "✕ break" in shown.branches[0].differs["en"] or "✕ break" in shown.branches[1].differs["en"]


async def test_what_breaks_and_cannot_be_found_pauses_the_room_and_names_a_reference(
    room: Room, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await visit(room)
    with monkeypatch.context() as broken:
        broken.setattr(Cluster, "run_until", Mock(side_effect=ZeroDivisionError))
        await viewer.say(type="transport", action="play")
        told = await viewer.hear("trouble")
        assert re.search(r"ZeroDivisionError.*00:00:00.*under \w{8}", told["text"]["en"])
        assert told["good"] == 0
    await viewer.say(type="transport", action="play")  # it was not the run: the next time it works
    assert (await viewer.hear("trouble"))["text"] is None
    assert (await viewer.act("stop-kubelet", "n1"))["type"] == "accepted"


async def test_a_run_that_fails_each_time_stands_at_its_last_good_moment(
    breakable: None, room: Room, visit: Visit
) -> None:
    action = ActionSpec(at=60 * SECOND, do="break", target="", args={"after": 20})
    scenario = msgspec.structs.replace(default_scenario(), actions=(action,))
    fails = await asyncio.to_thread(Room.objects.open_with, scenario)
    viewer = await visit(fails)
    await viewer.say(type="transport", action="speed", speed=600)
    await viewer.say(type="transport", action="play")
    told = await viewer.hear("trouble")
    assert re.search(r"fails right after.*no_such_method.*under \w{8}", told["text"]["en"])
    hub = running(fails)
    assert hub.runner.player.now == told["good"] < 80 * SECOND
    assert rooms.states()["failed"] == 1
    await viewer.say(type="transport", action="play")
    assert (await viewer.hear("error"))["message"] == told["text"]
    late = await visit(fails)
    assert (await late.hear("trouble"))["good"] == told["good"]
    earlier = await viewer.act("cordon", "n1", at=10 * SECOND)
    assert earlier["type"] == "accepted"
    assert (await late.hear("trouble"))["text"] is None
    assert rooms.states()["failed"] == 0


async def test_a_room_that_cannot_boot_says_why_once_in_the_log(
    room: Room, visit: Visit, breakable: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "build_view", Mock(side_effect=KeyError("n1")))
    reported = Mock(return_value="abcd1234")
    monkeypatch.setattr(trouble, "report", reported)
    for _ in range(2):
        viewer = Viewer(room.code)
        await viewer.socket.connect()
        error = await viewer.hear("error")
        assert "KeyError" in error["message"]["en"]
        assert "abcd1234" in error["message"]["en"]
        assert await viewer.closed() == 4422
    assert reported.call_count == 1


async def test_a_pasted_pod_never_costs_the_room(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.say(type="console", id="c", line=POD)
    await viewer.hear("console-output")
    await viewer.play_until(20 * SECOND)
    await rooms.close(room.code)
    again = Viewer(room.code)
    assert (await again.join())["t"] >= 20 * SECOND
    await rooms.close_all()


async def test_a_command_whose_check_fails_is_refused_with_a_reference(
    breakable: None, room: Room, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await visit(room)
    monkeypatch.setattr(Break, "check", Mock(side_effect=KeyError("x")))
    answer = await viewer.act("break", None)
    assert answer["type"] == "rejected"
    assert "log" in answer["reason"]["en"]
    assert await CommandEntry.objects.acount() == 0
