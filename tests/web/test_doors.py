"""Every door asks the same table: what one may not do, no other door does for one."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from clustersim.faults import ACTIONS
from clustersim.lesson.file.steps import POWERS
from tests.web.pupils import Pupil
from visualizer.lessons.catalogue import offer
from visualizer.lessons.csv_cells import cell
from visualizer.lessons.models import Answer, Course, Mode, Student
from visualizer.lessons.views import open_room
from visualizer.rooms.flow import Allowances
from visualizer.rooms.models import Room
from visualizer.rooms.pages import moments, views
from visualizer.rooms.permissions import DOWNLOAD, EXPLORE, LEAD, SEE, TEACH, Actor, may
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role
from visualizer.rooms.socket import consumers

ACTS: Final = (*POWERS, *ACTIONS, SEE, TEACH, LEAD, EXPLORE, DOWNLOAD)
MODES: Final = ("", *Mode.values)
STEPS: Final[tuple[tuple[str, ...], ...]] = ((), ("inspect",), POWERS, (*POWERS, *ACTIONS))


@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("role", Role)
def test_a_step_that_allows_more_never_forbids(role: Role, mode: str, past: bool) -> None:
    for act in ACTS:
        allowed = [may(Actor(role, mode, step, node="n1"), act, "n1", past=past) is None for step in STEPS]
        assert allowed == sorted(allowed), act


@pytest.mark.parametrize("mode", MODES)
def test_nobody_may_more_than_staff(mode: str) -> None:
    staff = Actor(Role.STAFF, mode)
    refused = [act for act in ACTS for past in (False, True) if may(staff, act, "n1", past=past) is not None]
    assert refused == []


@pytest.mark.parametrize("mode", MODES)
def test_who_watches_never_acts(mode: str) -> None:
    watcher = Actor(Role.WATCH, mode, ACTS, free=True)
    assert [verb for verb in ACTIONS if may(watcher, verb, "n1") is None] == []


@pytest.mark.parametrize("free", [False, True], ids=["in a step", "free"])
def test_in_roles_nothing_reaches_beyond_ones_own_node(free: bool) -> None:
    student = Actor(Role.ACT, Mode.ROLES, ACTS, free=free, node="n1")
    assert [verb for verb in ACTIONS if may(student, verb, "n2") is None] == []
    assert [verb for verb in ACTIONS if may(student, verb, None) is None] == []
    assert [verb for verb in ACTIONS if may(student, verb, "n1", past=True) is None] == []
    own = [verb for verb in ACTIONS if may(student, verb, "n1") is None]
    assert own == [verb for verb in ACTIONS if ACTIONS[verb].target.value == "node"]


# --- by HTTP

PAGES: Final = {"past.json": "rewind", "timeline.json": "rewind", "run.json": DOWNLOAD}


@pytest.fixture
async def lesson_of(transactional_db: None) -> AsyncIterator[Callable[..., Any]]:
    async def lesson_of(mode: str, lesson: str = "kubelet-dies") -> Room:
        return await sync_to_async(open_room)(offer(lesson), "v1.7", mode)

    yield lesson_of
    await rooms.close_all()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("mode", Mode.values)
async def test_a_page_shows_no_more_than_a_frame(
    lesson_of: Callable[..., Any], staff: User, mode: str, page: str
) -> None:
    room = await lesson_of(mode)
    for is_open in (False, True):
        if is_open:
            await rooms.open(room.code)
        client = AsyncClient()
        assert (await client.get(f"/rooms/{room.code}/{page}")).status_code == 403
        await client.aforce_login(staff)
        assert (await client.get(f"/rooms/{room.code}/{page}")).status_code == 200


async def test_a_class_is_not_compared_from_outside(lesson_of: Callable[..., Any]) -> None:
    room = await lesson_of(Mode.FOLLOW)
    answer = await AsyncClient().get(f"/compare.json?a={room.code}&b={room.code}")
    assert answer.status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", PAGES)
async def test_a_room_without_a_lesson_shows_its_past_to_everybody(room: Room, page: str) -> None:
    assert (await AsyncClient().get(f"/rooms/{room.code}/{page}")).status_code == 200


# --- the console


async def test_a_step_without_the_console_takes_no_line(lesson_of: Callable[..., Any]) -> None:
    pupil = await Pupil(await lesson_of(Mode.ALONE), Client()).join()
    await pupil.say("console", id="1", line="kubectl get nodes")
    answer = await pupil.hear("console-output")
    assert (answer["ok"], answer["note"]["en"]) == (False, "Not in this step.")
    await pupil.leave()


async def test_a_step_with_the_console_takes_lines(lesson_of: Callable[..., Any]) -> None:
    pupil = await Pupil(await lesson_of(Mode.ALONE, "is-it-alive"), Client()).join()
    await pupil.go(0, over=False)
    await pupil.say("console", id="1", line="kubectl get nodes")
    assert (await pupil.hear("console-output"))["ok"]
    await pupil.leave()


# --- a class


@pytest.mark.django_db
def test_only_who_joined_a_class_takes_a_copy_home(room: Room) -> None:
    Course.objects.create(room=room, lesson="x", text=offer("kubelet-dies").text, mode=Mode.FOLLOW)
    stranger = Client()
    stranger.post(f"/rooms/{room.code}/explore/")
    assert Room.objects.count() == 1
    pupil = Client()
    session = pupil.session
    session["who"] = "abc"
    session.save()
    Student.objects.create(room=room, who="abc")
    pupil.post(f"/rooms/{room.code}/explore/")
    assert Room.objects.count() == 2


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "-cmd|A0", "=1", "＝1+1", "--1", "+"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ada", "-1", "+2", "-3.5", "40", "a=b", "", "1-1"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert cell(text) == text


@pytest.mark.django_db
def test_nicknames_and_answers_leave_as_text(client: Client, staff: User, room: Room) -> None:
    Course.objects.create(room=room, lesson="x", text=offer("kubelet-dies").text, mode=Mode.FOLLOW)
    Student.objects.create(room=room, who="w", nickname="=1+1")
    Answer.objects.create(room=room, ask="q", round=1, who="w", answer="+1+1")
    client.force_login(staff)
    lines = client.get(f"/rooms/{room.code}/answers.csv").content.decode().splitlines()
    assert lines[1].split(",")[4:6] == ["'=1+1", "'+1+1"]


# --- codes


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    few = Allowances(0.0, 3, most=10)
    for door in (views, moments, consumers):
        monkeypatch.setattr(door, "entrance", few)


@pytest.mark.django_db
@pytest.mark.parametrize("right", [True, False])
def test_trying_codes_is_bounded_by_address_whether_they_are_right_or_wrong(
    client: Client, room: Room, narrow: None, right: bool
) -> None:
    code = room.code if right else "AAAAAA"
    for _ in range(3):
        client.post("/join/", {"code": code})
    page = client.post("/join/", {"code": room.code}, follow=True)
    assert "Too many attempts" in page.content.decode()
    assert client.get(f"/rooms/{room.code}/").status_code == 302
    elsewhere = client.post("/join/", {"code": room.code}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.headers["Location"] == f"/rooms/{room.code}/"
