"""Looking back, asking why, acting in the past: what one viewer gets, and what everybody hears."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from clustersim import Command
from clustersim.run import Given, Inputs, Run
from clustersim.view import far
from tests.conftest import PATIENCE
from tests.web.viewers import Frame, Viewer, cookie_of
from visualizer import workers
from visualizer.rooms import inquiries, progress, recalling
from visualizer.rooms.branches import tree
from visualizer.rooms.models import Branch, CommandEntry, Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = 1_000_000
Visit = Callable[..., Awaitable[Viewer]]


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    viewers = []

    async def visit(room: Room, cookie: str = "") -> Viewer:
        viewer = Viewer(room.code, cookie)
        await viewer.join()
        await viewer.hear("branches")
        viewers.append(viewer)
        return viewer

    yield visit
    await rooms.close_all()
    for viewer in viewers:
        with suppress(asyncio.CancelledError):
            await viewer.socket.disconnect()


@pytest.fixture
async def lost(room: Room, visit: Visit) -> Viewer:
    """A viewer of a room in which a kubelet was stopped at zero, 120 s or more ago."""
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    await viewer.play_until(120 * SECOND)
    return viewer


def live(room: Room) -> Run:
    hub = rooms.running(room.code)
    assert hub is not None
    return hub.runner.player.run


# --- looking


async def test_the_past_is_the_view_of_that_time(room: Room, lost: Viewer) -> None:
    await lost.say(type="look", t=20 * SECOND)
    past = await lost.hear("past")
    assert (past["t"], past["branch"]) == (20 * SECOND, room.branch_id)
    assert past["view"]["nodes"]["n1"]["state"] == "Ready"
    assert past["view"]["nodes"]["n1"]["parts"]["kubelet"]["state"] == "stopped"
    assert past["head"] == live(room).now


async def test_of_many_nodes_what_is_on_some_is_shown_when_it_is_asked_for_now_and_then(
    room: Room, lost: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far, "FAR", 2)
    await lost.say(type="live")
    assert "pods" not in (await lost.hear("snapshot"))["view"]["nodes"]["n2"]
    await lost.say(type="closer", nodes=["n2", "none"], app="tomcat")
    now = await lost.hear("closer")
    assert [pod["app"] for pod in now["nodes"]["n2"]["pods"]] == ["tomcat"]
    assert len(now["rows"]) == 3
    hub = rooms.running(room.code)
    assert hub is not None
    assert "n2" in hub.runner.player.closer.names
    await lost.say(type="closer", nodes=["n1", "n2"], known=["n2"])
    assert list((await lost.hear("closer"))["nodes"]) == ["n1"]
    await lost.say(type="closer", nodes=["n1"], t=0)
    assert (await lost.hear("closer"))["nodes"]["n1"]["containers"]
    await lost.say(type="closer", nodes=["n1"] * 41)
    await lost.hear("error")
    await lost.socket.disconnect()
    for _ in range(100):
        if not hub.runner.player.closer.names:
            return
        await asyncio.sleep(PATIENCE / 100)
    raise AssertionError


async def test_who_asks_about_a_large_run_hears_how_far_it_is_and_may_give_up(
    room: Room, lost: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    monkeypatch.setattr(inquiries, "TELL_SECONDS", 0.01)
    monkeypatch.setattr(progress, "OLD", 10 * PATIENCE)
    run, ended = workers.run, asyncio.Event()

    async def for_ever(work: Any, told: str, *args: Any, **options: Any) -> Any:
        progress.Teller(told).tell(progress.REPLAY, 0.4)
        try:
            return await asyncio.sleep(60)
        finally:
            ended.set()

    monkeypatch.setattr(workers, "run", for_ever)
    await lost.say(type="why", id="q", object="n1")
    told = await lost.hear("looking")
    assert (told["id"], told["phase"], told["share"]) == ("q", "replay", 0.4)
    await lost.say(type="give-up", id="q")
    async with asyncio.timeout(PATIENCE):
        await ended.wait()
    ended.clear()
    await lost.say(type="look", t=5 * SECOND)
    assert (await lost.hear("looking"))["id"] == ""
    await lost.say(type="live")
    async with asyncio.timeout(PATIENCE):
        await ended.wait()
    monkeypatch.setattr(workers, "run", run)
    await lost.say(type="why", id="again", object="n1")
    assert (await lost.hear("why"))["links"]
    await lost.say(type="look", t=5 * SECOND)
    assert (await lost.hear("past"))["t"] == 5 * SECOND


async def test_a_past_that_is_too_large_for_a_frame_is_fetched_without_computing_it_again(
    room: Room, lost: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "MAX_SNAPSHOT", 10)
    await lost.say(type="look", t=100 * SECOND, step="previous")
    frame = await lost.hear("past")
    assert frame["view"] is None
    monkeypatch.setattr(workers, "run", None)
    answer = await AsyncClient().get(frame["href"], headers={"accept-encoding": "gzip"})
    fetched = json.loads(gzip.decompress(answer.content))
    assert (fetched["t"], fetched["event"]) == (frame["t"], frame["event"])
    assert fetched["view"]["nodes"]


async def test_others_do_not_see_what_one_looks_at(room: Room, lost: Viewer, visit: Visit) -> None:
    other = await visit(room)
    await lost.say(type="look", t=0)
    await lost.hear("past")
    await other.say(type="resync")
    assert (await other.hear("snapshot", "past"))["type"] == "snapshot"


async def test_the_previous_event_is_the_one_before_and_the_next_the_one_after(lost: Viewer) -> None:
    await lost.say(type="look", t=100 * SECOND, step="previous")
    before = await lost.hear("past")
    assert 0 < before["t"] < 100 * SECOND
    assert before["events"][-1]["t"] == before["t"]
    await lost.say(type="look", t=before["t"] - 1, step="next")
    assert (await lost.hear("past"))["event"] is not None


async def test_before_the_first_event_is_the_beginning(lost: Viewer) -> None:
    await lost.say(type="look", t=0, step="previous")
    assert (await lost.hear("past"))["t"] == 0


async def test_who_scrubs_is_shown_the_newest_moment_in_the_end(lost: Viewer) -> None:
    for t in range(10):
        await lost.say(type="look", t=t * SECOND)
    while (await lost.hear("past"))["t"] != 9 * SECOND:
        pass


async def test_back_to_live_is_a_snapshot(lost: Viewer) -> None:
    await lost.say(type="look", t=0)
    await lost.hear("past")
    await lost.say(type="live")
    assert (await lost.hear("snapshot"))["t"] >= 120 * SECOND


async def test_a_part_is_inspected_as_it_was(lost: Viewer) -> None:
    await lost.say(type="inspect", part="n1.kubelet", t=5 * SECOND)
    found = await lost.hear("inspect")
    assert found["t"] == 5 * SECOND
    assert found["data"]["part"] == "n1.kubelet"


# --- why


async def test_a_node_that_is_lost_is_explained_from_the_command_on(room: Room, lost: Viewer) -> None:
    await lost.say(type="why", id="q", object="grace/n1")
    links = (await lost.hear("why"))["links"]
    assert links[0]["role"] == "act"
    assert links[0]["inputs"][0]["kind"] == "command"
    assert links[-1]["rule"]["id"] == "node-controller.grace-exceeded"
    assert links[-1]["rule"]["settings"][0]["value"] == "40s"
    assert set(links[-1]["text"]) == {"en", "zh"}


async def test_an_event_is_explained_by_its_number(lost: Viewer) -> None:
    await lost.say(type="look", t=60 * SECOND)
    event = (await lost.hear("past"))["events"][-1]
    await lost.say(type="why", id="q", event=event["id"], t=event["t"])
    assert (await lost.hear("why"))["links"][-1]["id"] == event["id"]


async def test_what_has_not_happened_yet_has_its_time(lost: Viewer) -> None:
    await lost.say(type="why-not", id="q", object="n1", t=100 * SECOND)
    armed = (await lost.hear("why-not"))["armed"][0]
    assert armed["rule"]["id"] == "node-controller.eviction-due-from-heartbeat"
    assert armed["left"] == armed["predicted"] - 100 * SECOND
    assert armed["terms"]


@pytest.mark.parametrize(
    "question",
    [
        {"type": "why", "object": "n9"},
        {"type": "why", "event": 10**9},
        {"type": "why", "object": "pod:nobody", "branch": 10**6},
        {"type": "why-not", "object": "nothing/of/this"},
        {"type": "what-if", "input": {"kind": "command", "index": 7}},
        {"type": "foresee", "commands": [{"do": "stop-kubelet", "target": "n9"}]},
        {"type": "foresee", "commands": [{"do": "make-coffee"}]},
    ],
    ids=json.dumps,
)
async def test_a_question_without_an_answer_says_why(lost: Viewer, question: Frame) -> None:
    await lost.say(id="q", **question)
    failed = await lost.hear("failed", "why", "why-not", "made", "foresee")
    assert failed["type"] == "failed"
    assert failed["reason"]["en"]
    assert failed["reason"]["zh"]


async def test_too_many_questions_at_once_are_refused(lost: Viewer, no_refill: None) -> None:
    for number in range(20):
        await lost.say(type="why-not", id=str(number), object="n1")
    answers = [(await lost.hear("why-not", "failed"))["type"] for _ in range(20)]
    assert "why-not" in answers
    assert "failed" in answers


async def test_trying_out_shows_bands_and_changes_nothing(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    before = live(room).head.state_hash()
    await viewer.say(
        type="foresee", id="q", commands=[{"do": "stop-kubelet", "target": "n1"}], ahead=90 * SECOND
    )
    answer = await viewer.hear("foresee")
    band = next(band for band in answer["bands"] if band["name"] == "node-not-ready")
    assert answer["seeds"] == band["seeds"] == 20
    assert 30 * SECOND <= band["earliest"] < band["latest"] <= 46 * SECOND
    assert live(room).head.state_hash() == before
    assert await CommandEntry.objects.acount() == 0


# --- branches


async def test_acting_in_the_past_begins_a_branch_there(room: Room, lost: Viewer, visit: Visit) -> None:
    other = await visit(room)
    accepted = await lost.act("start-kubelet", "n1", at=20 * SECOND)
    assert accepted["t"] == 20 * SECOND
    assert accepted["branch"] != room.branch_id
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


# --- over HTTP


async def test_a_link_to_a_moment_shows_that_moment(room: Room, lost: Viewer) -> None:
    address = f"/rooms/{room.code}/past.json?branch={room.branch_id}&t={30 * SECOND}"
    past = json.loads((await AsyncClient().get(address)).content)
    assert (past["type"], past["t"]) == ("past", 30 * SECOND)


async def test_a_branch_nobody_plays_is_computed_from_its_log(room: Room, lost: Viewer) -> None:
    await lost.say(type="fork", id="f", t=10 * SECOND)
    await lost.hear("accepted")
    await rooms.close(room.code)
    address = f"/rooms/{room.code}/past.json?branch={room.branch_id}&t={60 * SECOND}"
    past = json.loads((await AsyncClient().get(address)).content)
    assert past["view"]["nodes"]["n1"]["state"] == "Unknown"


async def test_the_timeline_tells_states_heartbeats_and_milestones(room: Room, lost: Viewer) -> None:
    found = json.loads((await AsyncClient().get(f"/rooms/{room.code}/timeline.json")).content)
    assert [span["state"] for span in found["nodes"]["n1"]] == ["Ready", "Unknown"]
    assert found["heartbeats"]["n2"]
    shown = next(m for m in found["milestones"] if m["name"] == "node-not-ready")
    assert shown["event"] in [event["id"] for event in found["events"]]
    assert shown["text"]["en"] == "n1 is no longer Ready"
    assert sum(window["succeeded"] for window in found["requests"]) > 0


async def test_the_timeline_of_what_a_room_plays_is_known_without_computing_it_again(
    room: Room, lost: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/rooms/{room.code}/timeline.json?branch={room.branch_id}"
    computed = json.loads((await AsyncClient().get(f"{address}&since=0")).content)
    monkeypatch.setattr(workers, "run", None)
    known = json.loads((await AsyncClient().get(address)).content)
    assert known["until"] == known["head"] == live(room).now
    for what in ("events", "nodes", "owners", "cut"):
        assert known[what] == computed[what]
    assert known["heartbeats"]["n2"]
    assert known["milestones"] == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/rooms/NOROOM/past.json", 404),
        ("/rooms/{code}/past.json?branch=999999", 404),
        ("/rooms/{code}/past.json?t=noon", 400),
        ("/rooms/{code}/timeline.json?since=99999999999999999999", 400),
        ("/compare.json?a={code}", 400),
        ("/compare.json?a={code}&b=NOROOM", 404),
        ("/compare.json?a={code}&b={code}:9999999", 404),
        ("/rooms/{code}/run.json?branch=999999", 404),
    ],
)
async def test_an_address_of_nothing_is_refused(room: Room, address: str, status: int) -> None:
    assert (await AsyncClient().get(address.format(code=room.code))).status_code == status


async def test_who_asks_more_than_can_be_computed_is_told_to_wait(
    room: Room, lost: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MOST_WAITING", 0)
    assert (await AsyncClient().get(f"/rooms/{room.code}/past.json")).status_code == 503
    await lost.say(type="why-not", id="q", object="n1")
    assert (await lost.hear("failed", "why-not"))["type"] == "failed"


# --- files


async def export(room: Room) -> bytes:
    answer = await AsyncClient().get(f"/rooms/{room.code}/run.json")
    assert "attachment" in answer["Content-Disposition"]
    return bytes(answer.content)


def upload(data: bytes) -> Any:
    return Client().post("/import/", {"run": SimpleUploadedFile("a.run.json", data)}, follow=True)


async def test_an_exported_run_is_the_same_run_where_it_is_imported(room: Room, lost: Viewer) -> None:
    data = await export(room)
    left = live(room).head
    answer = await sync_to_async(upload)(data)
    code = answer.redirect_chain[-1][0].split("/")[2]
    assert code != room.code
    imported = Viewer(code)
    assert (await imported.join())["t"] == left.now
    assert live(await Room.objects.aget(code=code)).head.state_hash() == left.state_hash()


@pytest.mark.parametrize("data", [b"", b"hello", b"[]", b"{}", b'{"format":"clustersim-run/1"}', b"\xff\xfe"])
async def test_a_foreign_file_makes_no_room(room: Room, data: bytes) -> None:
    await sync_to_async(upload)(data)
    assert await Room.objects.acount() == 1


async def test_a_changed_file_makes_no_room(room: Room, lost: Viewer) -> None:
    data = (await export(room)).replace(b"stop-kubelet", b"power-off")
    answer = await sync_to_async(upload)(data)
    assert "changed" in answer.content.decode()
    assert await Room.objects.acount() == 1


# --- who may do what: every role and every action

CHANGES = [
    {"type": "command", "id": "q", "seenT": 0, "do": "stop-kubelet", "target": "n1", "at": 0},
    {"type": "fork", "id": "q", "t": 0},
    {"type": "rename", "id": "q", "branch": 0, "name": "mine"},
    {"type": "switch", "id": "q", "branch": 0},
    {"type": "foresee", "id": "q", "commands": [{"do": "stop-kubelet", "target": "n1"}], "ahead": SECOND},
    {
        "type": "what-if",
        "id": "q",
        "input": {"kind": "release"},
        "instead": {"value": "v1.8"},
    },
]
LOOKS = [
    {"type": "look", "t": 0},
    {"type": "live"},
    {"type": "why-not", "id": "q", "object": "n1"},
    {"type": "why", "id": "q", "object": "n1"},
    {"type": "inspect", "part": "n1", "t": 0},
]


def name_of(frame: Frame) -> str:
    return str(frame["type"])


async def answer_to(room: Room, viewer: Viewer, frame: Frame) -> str:
    if "branch" in frame:
        frame = {**frame, "branch": room.branch_id}
    await viewer.say(**frame)
    types = (
        "accepted",
        "rejected",
        "failed",
        "made",
        "foresee",
        "why",
        "why-not",
        "past",
        "inspect",
        "snapshot",
    )
    return str((await viewer.hear(*types))["type"])


@pytest.mark.parametrize("frame", CHANGES, ids=name_of)
@pytest.mark.parametrize("role", ["staff", "act", "watch"])
async def test_only_who_may_act_changes_branches(
    room: Room, visit: Visit, staff: User, role: str, frame: Frame
) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=role == "act")
    viewer = await visit(room, await cookie_of(staff) if role == "staff" else "")
    found = await answer_to(room, viewer, frame)
    assert (found in ("rejected", "failed")) == (role == "watch")
    if role == "watch":
        assert await Branch.objects.acount() == 1


@pytest.mark.parametrize("frame", LOOKS, ids=name_of)
@pytest.mark.parametrize("role", ["staff", "act", "watch"])
async def test_everybody_may_look_back_and_ask(
    room: Room, visit: Visit, staff: User, role: str, frame: Frame
) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=role == "act")
    viewer = await visit(room, await cookie_of(staff) if role == "staff" else "")
    assert await answer_to(room, viewer, frame) not in ("rejected", "failed")
