"""What one viewer gets who looks back, and what all others hear."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from django.test import AsyncClient

from clustersim.view import far
from tests.conftest import PATIENCE
from tests.web.past.runs import SECOND, live
from tests.web.viewers import Viewer, Visit
from visualizer import workers
from visualizer.rooms.computing import progress, recalling
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.socket import inquiries, viewer_work

pytestmark = pytest.mark.django_db(transaction=True)


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
    monkeypatch.setattr(viewer_work, "TELL_SECONDS", 0.01)
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
