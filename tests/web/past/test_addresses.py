"""The past over HTTP: moments, timelines, and runs as files."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from tests.web.past.runs import SECOND, live
from tests.web.viewers import Viewer
from visualizer import workers
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)


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
