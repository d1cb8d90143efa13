"""Acting in the past begins a branch, and branches are kept."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from clustersim import Command
from clustersim.run import Given, Inputs, Run
from tests.web.past.runs import SECOND, live
from tests.web.viewers import Frame, Viewer, Visit
from visualizer.rooms.kept.branches import called, tree
from visualizer.rooms.models import Branch, Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)


async def test_acting_in_the_past_begins_a_branch_there(room: Room, lost: Viewer, visit: Visit) -> None:
    other = await visit(room)
    accepted = await lost.act("start-kubelet", "n1", at=20 * SECOND)
    assert accepted["t"] == 20 * SECOND
    assert accepted["branch"] != room.branch_id
    begun = await Branch.objects.aget(pk=accepted["branch"])
    assert await sync_to_async(called)(begun) == {"en": "branch 2", "zh": "分支 2"}
    assert (await other.hear("notice"))["branch"] == accepted["branch"]
    snapshot = await other.hear("snapshot")
    assert (snapshot["t"], snapshot["branch"]) == (20 * SECOND, accepted["branch"])


async def test_a_fork_is_the_run_that_was_given_those_commands(room: Room, lost: Viewer) -> None:
    await lost.act("start-kubelet", "n1", at=20 * SECOND)
    await lost.play_until(60 * SECOND)
    run = live(room)
    commands = (
        Given(0, Command("stop-kubelet", "n1"), "visitor"),
        Given(20 * SECOND, Command("start-kubelet", "n1"), "visitor"),
    )
    assert run.inputs.commands == commands
    assert run.head.state_hash() == Run(Inputs(run.scenario, commands), run.now).head.state_hash()


async def test_a_fork_survives_the_room(room: Room, lost: Viewer) -> None:
    await lost.act("start-kubelet", "n1", at=20 * SECOND)
    await lost.play_until(60 * SECOND)
    left = live(room).head
    await rooms.close(room.code)
    again = Viewer(room.code)
    assert (await again.join())["t"] == left.now
    assert live(room).head.state_hash() == left.state_hash()


async def test_a_branch_that_was_left_is_kept_where_it_was_left(room: Room, lost: Viewer) -> None:
    left = live(room).head
    end, digest = left.now, left.state_hash()
    await lost.say(type="fork", id="f", t=10 * SECOND, name="again")
    assert (await lost.hear("accepted", "rejected"))["type"] == "accepted"
    branches = await lost.hear("branches")
    assert [(b["name"], b["end"]) for b in branches["branches"]] == [("main", end), ("again", 10 * SECOND)]
    await lost.say(type="switch", id="s", branch=room.branch_id)
    assert (await lost.hear("accepted", "rejected")) == {
        "type": "accepted",
        "id": "s",
        "t": end,
        "branch": room.branch_id,
    }
    assert live(room).head.state_hash() == digest


async def test_the_tree_says_in_what_a_branch_differs(room: Room, lost: Viewer) -> None:
    await lost.act("power-off", "n2", at=20 * SECOND)
    found = (await lost.hear("branches"))["branches"][-1]
    assert found["parent"] == room.branch_id
    assert found["forkedAt"] == 20 * SECOND
    assert "power-off n2" in found["differs"]["en"]


async def test_whoever_asks_for_the_tree_hears_what_was_done_since_the_fork(room: Room, lost: Viewer) -> None:
    await lost.say(type="fork", id="f", t=10 * SECOND)
    await lost.hear("accepted")
    assert (await lost.hear("branches"))["branches"][-1]["differs"]["en"] == "the same so far"
    await lost.act("power-off", "n2")
    await lost.say(type="tree")
    assert "power-off n2" in (await lost.hear("branches"))["branches"][-1]["differs"]["en"]


async def test_a_branch_is_renamed(room: Room, lost: Viewer) -> None:
    await lost.say(type="rename", id="r", branch=room.branch_id, name="the real one")
    assert (await lost.hear("branches"))["branches"][0]["name"] == "the real one"


@pytest.mark.parametrize("at", [-1, 10**12])
async def test_there_is_no_acting_before_the_beginning_or_in_the_future(lost: Viewer, at: int) -> None:
    assert (await lost.act("start-kubelet", "n1", at=at))["type"] == "rejected"


async def test_what_the_model_refuses_makes_no_branch(room: Room, lost: Viewer) -> None:
    assert (await lost.act("stop-kubelet", "n9", at=0))["type"] == "rejected"
    assert await Branch.objects.acount() == 1


async def test_without_a_command_is_a_branch_beside_the_room(room: Room, lost: Viewer) -> None:
    run = live(room)
    await lost.say(type="what-if", id="q", input={"kind": "command", "index": 0})
    made = await lost.hear("made", "failed")
    assert live(room) is run
    data = json.loads((await AsyncClient().get(made["compare"].replace("compare/", "compare.json"))).content)
    lost_node = next(row for row in data["rows"] if row["name"] == "node-not-ready")
    assert lost_node["a"] is not None
    assert lost_node["b"] is None
    assert lost_node["differs"]
    assert data["nodes"] == ["n1"]
    await lost.say(type="switch", id="s", branch=made["branch"])
    assert (await lost.hear("accepted", "rejected"))["type"] == "accepted"
    assert live(room).head.state_hash() == Run(Inputs(run.scenario), run.now).head.state_hash()


@pytest.mark.parametrize(
    ("input_", "instead", "differs"),
    [
        (
            {"kind": "setting", "component": "controller-manager", "flag": "node-monitor-grace-period"},
            {"value": "20s"},
            "node-monitor-grace-period=20s",
        ),
        ({"kind": "release"}, {"value": "v1.8"}, "v1.8"),
        ({"kind": "command", "index": 0}, {"t": 5 * SECOND}, "stop-kubelet n1 @ 5s"),
    ],
)
async def test_an_input_can_be_changed(
    room: Room, lost: Viewer, input_: Frame, instead: Frame, differs: str
) -> None:
    await lost.say(type="what-if", id="q", input=input_, instead=instead)
    made = await lost.hear("made", "failed")
    assert made["type"] == "made"
    branch = (await sync_to_async(tree)(room.pk)).branches[-1]
    assert differs in branch.differs["en"]
