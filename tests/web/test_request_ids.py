"""What is asked has an id that goes with it, from the door to the log."""

import asyncio
import logging

import pytest
from django.test import AsyncClient, Client

from tests.web.viewers import Viewer
from visualizer import request_ids
from visualizer.owned import OwnedTasks
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.requests import RoomRequest
from visualizer.rooms.running.runner import Runner


@pytest.mark.django_db
def test_every_answer_names_its_request() -> None:
    first, second = (Client().get("/").headers[request_ids.HEADER] for _ in range(2))
    assert first
    assert first != second


@pytest.mark.django_db(transaction=True)
async def test_answers_of_asynchronous_views_do_too(room: Room) -> None:
    answer = await AsyncClient().get(f"/rooms/{room.code}/timeline.json")
    assert answer.headers[request_ids.HEADER]


def test_a_line_of_the_log_says_whose_it_is() -> None:
    request_ids.begin("abc.1")
    assert request_ids.add_request(None, "", {"event": "x"}) == {"event": "x", "request": "abc.1"}


def test_so_do_the_lines_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    request_ids.begin("abc.3")
    logging.getLogger("django.db").error("said by a library")
    line = capsys.readouterr().err
    assert "said by a library" in line
    assert "request=abc.3" in line


async def test_a_task_belongs_to_the_request_that_began_it() -> None:
    seen = []

    async def work() -> None:
        seen.append(request_ids.current())

    request_ids.begin("abc.2")
    await OwnedTasks().start(work())
    assert seen == ["abc.2"]


@pytest.mark.django_db(transaction=True)
async def test_the_frame_that_asked_for_something_is_known_where_it_is_done(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[RoomRequest] = []
    serve = Runner._serve

    async def record(self: Runner, request: RoomRequest, answer: asyncio.Future[int]) -> None:
        asked.append(request)
        await serve(self, request, answer)

    monkeypatch.setattr(Runner, "_serve", record)
    viewer = Viewer(room.code)
    await viewer.join()
    await viewer.act("cordon", "n1")
    await viewer.act("uncordon", "n1")
    first, second = (one.request.partition(".") for one in asked)
    assert first[0] == second[0]
    assert int(first[2]) < int(second[2])
    await rooms.close_all()
