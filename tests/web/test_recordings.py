"""Runs and lessons as data that a page plays without a server, and the files made of them."""

import gzip
import json
import re
import threading
from base64 import b64decode
from functools import reduce
from typing import Any

import msgspec
import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import AsyncClient, Client
from django.utils.translation import get_language

from clustersim import Command, default_scenario
from clustersim.lesson import AskKind
from clustersim.run import Given, Inputs, Run
from clustersim.view import build_view
from tests.changes import applied
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.recordings import page, views
from visualizer.recordings.played import Played, played
from visualizer.recordings.recorder import LONGEST, NotRecorded, record
from visualizer.rooms.models import Room

SECOND = 1_000_000
INPUTS = Inputs(default_scenario(), (Given(10 * SECOND, Command("stop-kubelet", "n1")),))


def plain(recording: Any) -> dict[str, Any]:
    """A recording as a page reads it."""
    found: dict[str, Any] = json.loads(gzip.decompress(b64decode(page.packed(recording))))
    return found


def after(data: dict[str, Any], until: int) -> dict[str, Any]:
    """The view that the ticks up to a time lead to."""
    ticks = [tick["changes"] for tick in data["ticks"] if tick["t"] <= until]
    return reduce(applied, ticks, data["view"])


@pytest.fixture(scope="module")
def stopped() -> dict[str, Any]:
    return plain(record(INPUTS, 60 * SECOND))


@pytest.fixture(scope="module")
def lesson() -> Played:
    return played(offer("kubelet-dies").lesson, "v1.7")


def test_the_ticks_lead_from_the_first_view_to_the_last(stopped: dict[str, Any]) -> None:
    last = json.loads(msgspec.json.encode(build_view(Run(INPUTS, 60 * SECOND).head)))
    found = after(stopped, 60 * SECOND)
    assert {name: found[name] for name in ("nodes", "workloads", "deadlines")} == {
        name: last[name] for name in ("nodes", "workloads", "deadlines")
    }


def test_the_cause_of_a_lost_node_is_in_the_recording(stopped: dict[str, Any]) -> None:
    _t, event = stopped["about"]["n1"][-1]
    chain = [stopped["table"][place] for place in stopped["whys"][str(event)]]
    assert "NotReady" in chain[-1]["text"]["en"] or "Unknown" in chain[-1]["text"]["en"]
    assert any("top" in link["text"]["en"] and link["role"] in ("act", "fault") for link in chain)
    assert all(link["inputs"] == [] for link in chain)


def test_what_is_armed_says_when_it_did_fire(stopped: dict[str, Any]) -> None:
    since = [place for t, place in stopped["armed"]["n1"] if 12 * SECOND < t < 30 * SECOND]
    lost = next(t for t, _event in stopped["about"]["grace/n1"])
    assert any(one["predicted"] == lost for place in since for one in stopped["table"][place])


def test_nothing_can_be_done_to_the_parts_of_a_recording(stopped: dict[str, Any]) -> None:
    places = {place for held in stopped["parts"].values() for _t, place in held}
    assert all(not stopped["table"][place]["actions"] for place in places if stopped["table"][place])


def test_a_recording_is_the_same_every_time() -> None:
    assert page.packed(record(INPUTS, 20 * SECOND)) == page.packed(record(INPUTS, 20 * SECOND))


def test_a_run_that_is_too_long_is_refused() -> None:
    with pytest.raises(NotRecorded, match="too long"):
        record(INPUTS, LONGEST + 1)


def test_a_recording_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_BYTES", 1000)
    with pytest.raises(NotRecorded, match="too large"):
        page.packed(record(INPUTS, SECOND))


def test_a_lesson_is_recorded_step_by_step_with_what_every_answer_comes_to(lesson: Played) -> None:
    found = offer("kubelet-dies").lesson
    data = plain(record(lesson.inputs, lesson.until, found, lesson.stands))
    stands = data["lesson"]
    assert sorted({stand["frame"]["step"] for stand in stands}) == list(range(len(found.steps)))
    assert [stand["ticks"] for stand in stands] == sorted(stand["ticks"] for stand in stands)
    verdicts = {name: value for stand in stands for name, value in stand["verdicts"].items()}
    for _index, ask in found.asks():
        told = verdicts[ask.id]
        assert told["skipped"]["answer"]["en"]
        if ask.kind is AskKind.CHOICE:
            assert [told["answers"][option.id]["right"] for option in ask.options].count(True) == 1
        if ask.kind is AskKind.NUMBER:
            assert told["ranges"][0]["told"]["right"]
        assert not told["other"]["right"]


def test_what_the_next_step_does_is_not_in_the_step_before(lesson: Played) -> None:
    """An action at the beginning of a step has the same time as the end of the step before it."""
    found = offer("kubelet-dies").lesson
    data = plain(record(lesson.inputs, lesson.until, found, lesson.stands))
    over = max(stand["ticks"] for stand in data["lesson"] if stand["frame"]["step"] == 0)
    view = reduce(applied, [tick["changes"] for tick in data["ticks"][:over]], data["view"])
    assert view["nodes"]["n1"]["parts"]["kubelet"]["state"] == "running"


def test_the_command_writes_a_file_that_fetches_nothing(tmp_path: Any) -> None:
    file = tmp_path / "lesson.html"
    call_command("recording", "kubelet-dies", language="zh-hans", output=file, verbosity=0, stdout=_Quiet())
    text = file.read_text("utf-8")
    assert 'lang="zh-Hans"' in text
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', text)
    assert "default-src 'none'" in text
    assert len(text) < 1_500_000


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["no-such-lesson", "missing.yaml", "missing.json"])
def test_the_command_says_what_it_cannot_record(what: str) -> None:
    with pytest.raises(CommandError, match=what.split(".", maxsplit=1)[0]):
        call_command("recording", what)


@pytest.mark.django_db
def test_only_instructors_get_a_lesson_with_its_answers(client: Client, staff: User) -> None:
    assert client.get("/lessons/kubelet-dies/recording.html").status_code == 403
    client.force_login(staff)
    assert client.get("/lessons/no-such/recording.html").status_code == 404
    response = client.get("/lessons/kubelet-dies/recording.html")
    assert response["Content-Disposition"] == 'attachment; filename="kubelet-dies.html"'
    assert b'id="recording"' in response.content


@pytest.mark.django_db(transaction=True)
async def test_a_room_gives_its_run_as_a_file(async_client: AsyncClient, room: Room) -> None:
    response = await async_client.get(f"/rooms/{room.code}/recording.html")
    assert response["Content-Disposition"] == f'attachment; filename="{room.code}.html"'
    assert "Class 7b" in response.content.decode()


@pytest.mark.django_db(transaction=True)
async def test_rooms_tick_while_the_file_of_one_is_made(
    async_client: AsyncClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by = []

    def made(*_args: object, **_options: object) -> str:
        made_by.append(threading.get_ident())
        return get_language()

    monkeypatch.setattr(views, "page", made)
    response = await async_client.get(
        f"/rooms/{room.code}/recording.html", headers={"accept-language": "zh-hans"}
    )
    assert response.content == b"zh-hans"  # the language of who asked goes along
    assert threading.get_ident() not in made_by


@pytest.mark.django_db(transaction=True)
async def test_a_lesson_that_is_going_on_is_not_given_away(async_client: AsyncClient) -> None:
    room = await database_sync_to_async(open_room)(offer("kubelet-dies"), "v1.7", Mode.ALONE)
    assert (await async_client.get(f"/rooms/{room.code}/recording.html")).status_code == 403


class _Quiet:
    def write(self, text: str) -> None:
        pass
