"""A server that cannot write: rooms stand still and say why, nothing is lost, and all is well afterwards."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from tests.conftest import PATIENCE
from tests.web.pupils import Pupil
from tests.web.viewers import Viewer
from visualizer import storage, views
from visualizer.lessons import standings
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.kept import log, writing
from visualizer.rooms.models import Branch, CommandEntry, Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = 1_000_000
ERRORS = {
    "database or disk is full": "disk is full",
    "database is locked": "locked",
    "attempt to write a readonly database": "read-only",
    "something else": "cannot write",
}
Fail = Callable[[Any, str, str], Callable[[], None]]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Lets a function fail as the database does, until it is told to work again."""
    monkeypatch.setattr(writing, "TRY_AGAIN", 0.01)

    def failing(module: Any, name: str, error: str) -> Callable[[], None]:
        works = getattr(module, name)
        broken = [True]

        def fails(*args: Any, **kwargs: Any) -> Any:
            if broken:
                raise OperationalError(error)
            return works(*args, **kwargs)

        monkeypatch.setattr(module, name, fails)
        return broken.clear

    return failing


@pytest.mark.parametrize("error", ERRORS)
async def test_a_command_waits_until_it_can_be_written(
    room: Room, viewer: Viewer, failing: Fail, error: str
) -> None:
    works_again = failing(log, "append", error)
    await viewer.say(type="command", id="1", seenT=0, do="stop-kubelet", target="n1", now=True)
    assert ERRORS[error] in (await viewer.hear("trouble"))["text"]["en"]
    assert await CommandEntry.objects.acount() == 0
    late = Viewer(room.code)  # whoever comes meanwhile is told, too
    await late.join()
    assert ERRORS[error] in (await late.hear("trouble"))["text"]["en"]
    works_again()
    told = [await viewer.hear("accepted", "rejected", "notice", "trouble") for _ in range(3)]
    assert {frame["type"] for frame in told} == {"accepted", "notice", "trouble"}
    assert (await late.hear("trouble"))["text"] is None
    assert await CommandEntry.objects.acount() == 1


async def test_a_room_that_plays_stands_still_and_goes_on(room: Room, viewer: Viewer, failing: Fail) -> None:
    await viewer.say(type="transport", action="speed", speed=600)
    await viewer.say(type="transport", action="play")
    while (await viewer.hear("tick"))["t"] < 60 * SECOND:
        pass
    works_again = failing(log, "write_mark", "database is locked")
    await viewer.hear("trouble")
    hub = rooms.running(room.code)
    assert hub is not None
    while (stands := hub.runner.player.now) < hub.runner.player.mark:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    assert hub.runner.player.now == stands <= (await Branch.objects.aget(room=room)).mark
    works_again()
    while (await viewer.hear("tick"))["t"] <= stands:
        pass


async def test_a_room_plays_on_while_its_mark_is_written_and_no_further(
    room: Room, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.say(type="transport", action="speed", speed=60)
    await viewer.say(type="transport", action="play")
    while (await viewer.hear("tick"))["t"] == 0:
        pass
    hub = rooms.running(room.code)
    assert hub is not None
    player, write_mark = hub.runner.player, log.write_mark
    asked, answered = threading.Event(), threading.Event()

    def takes_long(*args: Any, **kwargs: Any) -> None:
        if player.now < player.mark:  # there is time left to play
            asked.set()
            answered.wait(PATIENCE)
        write_mark(*args, **kwargs)

    monkeypatch.setattr(log, "write_mark", takes_long)
    await asyncio.to_thread(asked.wait, PATIENCE)
    mark = player.mark
    while player.now < mark:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    assert player.now == player.mark == mark
    answered.set()
    while (await viewer.hear("tick"))["t"] <= mark:
        pass


async def test_a_step_of_a_lesson_is_shown_only_when_it_is_written(failing: Fail) -> None:
    room = await asyncio.to_thread(open_room, offer("kubelet-dies"), "v1.7", Mode.ALONE)
    pupil = await Pupil(room, Client()).join()
    works_again = failing(standings, "keep", "database or disk is full")
    await pupil.say("lesson", step=0)
    assert "full" in (await pupil.hear("trouble"))["text"]["en"]
    works_again()
    await pupil.hear("lesson", step=0)
    await rooms.close_all()
    await pupil.leave()


async def test_a_room_that_cannot_be_opened_now_says_why(room: Room, failing: Fail) -> None:
    failing(log, "claim", "database is locked")
    viewer = Viewer(room.code)
    await viewer.socket.connect()
    assert "locked" in (await viewer.hear("error"))["message"]["en"]
    assert await viewer.closed() == 4503


def test_a_page_says_why_the_server_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Room.objects, "open_with", fails)
    client = Client(raise_request_exception=False)
    answer = client.post("/try/")
    assert answer.status_code == 503
    assert "disk is full" in answer.content.decode()
    chinese = client.post("/try/", headers={"accept-language": "zh-hans"})
    assert "磁盘已满" in chinese.content.decode()


def test_a_page_that_fails_names_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise KeyError

    monkeypatch.setattr(Room.objects, "open_with", fails)
    answer = Client(raise_request_exception=False).post("/try/")
    assert answer.status_code == 500
    assert "under " in answer.content.decode()


def test_healthz_says_what_is_wrong(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").json()["wrong"] == {}
    monkeypatch.setattr(storage, "free_bytes", lambda: 1000)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["wrong"] == {"disk": "full"}
    monkeypatch.setattr(storage, "database_trouble", lambda: "database is locked")
    assert client.get("/healthz").json()["wrong"]["database"] == "database is locked"


def test_healthz_tries_to_write(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            answer = client.get("/healthz")
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert (answer.status_code, list(answer.json()["wrong"])) == (503, ["database"])
    assert "readonly" in answer.json()["wrong"]["database"]


def test_a_lease_of_before_the_clock_was_set_back_holds_nobody_up(
    room: Room,
) -> None:
    log.claim(room)
    Room.objects.update(owner="another", lease_until="2099-01-01T00:00Z")
    room.refresh_from_db()
    assert log.claim(room).epoch == 2


async def test_a_crash_in_the_middle_of_a_step_ends_at_the_steps_end(transactional_db: None) -> None:
    room = await asyncio.to_thread(open_room, offer("kubelet-dies"), "v1.7", Mode.ALONE)
    pupil = await Pupil(room, Client()).join()
    await pupil.say("lesson", step=0)
    await pupil.hear("tick", playing=True)
    hub = rooms._hubs.pop(room.code)
    task = hub.runner._task
    assert task is not None
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task  # what it was writing is written
    # The room had leave to go far beyond the step's end, at 20 s.
    await Branch.objects.filter(room=room).aupdate(mark=500 * SECOND)
    again = await Pupil(room, pupil.client).join()
    lesson = again.last["lesson"]
    assert (lesson["step"], lesson["over"]) == (0, True)
    assert again.last["snapshot"]["t"] == 20 * SECOND
    await rooms.close_all()


async def test_a_write_that_takes_long_is_told_before_the_database_gives_up(
    room: Room, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "LONG", 0.05)
    append, answered = log.append, threading.Event()

    def takes_long(*args: Any, **kwargs: Any) -> None:
        answered.wait(PATIENCE)
        append(*args, **kwargs)

    monkeypatch.setattr(log, "append", takes_long)
    await viewer.say(type="command", id="1", seenT=0, do="stop-kubelet", target="n1", now=True)
    assert "takes its time" in (await viewer.hear("trouble"))["text"]["en"]
    answered.set()
    told = [await viewer.hear("accepted", "rejected", "trouble") for _ in range(2)]
    assert [frame["text"] for frame in told if frame["type"] == "trouble"] == [None]
    assert await CommandEntry.objects.acount() == 1


@pytest.mark.parametrize(("method", "again"), [("GET", True), ("POST", False)])
def test_a_page_that_could_not_be_made_is_asked_for_again_and_nothing_is_sent_twice(
    method: str, again: bool
) -> None:
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        answer = views.server_error(RequestFactory().generic(method, "/"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.has_header("Refresh") is again
    assert ("tries again by itself" in answer.content.decode()) is again
