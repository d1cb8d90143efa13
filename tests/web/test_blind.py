"""A fault that is to be found out is hidden: no door shows it before somebody commits to a cause."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import URLPattern, URLResolver, get_resolver

from clustersim.lesson import load_lesson
from tests.model.lesson.small import changed
from tests.model.lesson.test_blind import CHANGE, STEP
from tests.web.pupils import Pupil
from visualizer.lessons import lesson_driver
from visualizer.lessons.catalogue import Offer
from visualizer.lessons.models import Course, Mode, PrivateCopy
from visualizer.lessons.views import open_room
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import HIDDEN, REVEALING, Actor, may
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role
from visualizer.texts import texts

pytestmark = pytest.mark.django_db(transaction=True)

CHALLENGE = """  - id: make
    allow: [stop-kubelet, console, play]
    challenge: {en: "Make a fault.", zh: "制造故障。"}
  - id: think
"""
TEXT: Final = changed(
    CHANGE,
    ("  - id: think\n", CHALLENGE),
    ("allow: [inspect]", "allow: [inspect, why, play, rewind, fork, console]"),
)
SECRETS: Final = ("stop-kubelet", "NodeNotReady", '"ready":"Unknown"', '"ready": "Unknown"')
"""What would tell that n2's kubelet was stopped."""
LOOKS: Final[tuple[dict[str, Any], ...]] = (
    {"type": "inspect", "part": "n2.kubelet"},
    {"type": "look", "t": 0},
    {"type": "why", "id": "1", "event": 1},
    {"type": "why-not", "id": "1", "object": "nodes/n2"},
    {"type": "what-if", "id": "1", "input": {"kind": "command", "index": 0}},
    {"type": "foresee", "id": "1", "commands": [{"do": "stop-kubelet", "target": "n1"}]},
    {"type": "fork", "id": "1", "t": 0, "name": "x"},
    {"type": "switch", "id": "1", "branch": 1},
    {"type": "rename", "id": "1", "branch": 1, "name": "x"},
    {"type": "console", "id": "1", "line": "kubectl get nodes", "t": 0},
    {"type": "command", "id": "1", "seenT": 0, "do": "start-kubelet", "target": "n2", "at": 0},
)
"""A frame for each way of looking behind."""
ANSWERS: Final = {"error": "message", "rejected": "reason", "failed": "reason", "console-output": "note"}


@pytest.fixture(autouse=True)
async def drawn(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The first cause: n2's kubelet is stopped."""
    monkeypatch.setattr(lesson_driver.secrets, "randbits", lambda _bits: 0)
    yield
    await rooms.close_all()


def made(mode: str = Mode.ALONE, owner: Any = None) -> Room:
    return open_room(Offer(load_lesson(TEXT), TEXT), "v1.7", mode, owner)


async def at_the_blind_step(pupil: Pupil) -> None:
    """Where somebody may commit; the fault has worked for a minute."""
    await pupil.go(STEP, over=False)
    await pupil.say("transport", action="speed", speed=600)
    while not (await pupil.hear("lesson"))["diagnosis"]["ripe"]:
        pass


async def type_line(pupil: Pupil, line: str, where: str = "") -> str:
    await pupil.say("console", id="c", line=line, where=where)
    return str((await pupil.hear("console-output"))["text"])


def pages(patterns: list[Any] | None = None, before: str = "") -> Iterator[str]:
    """Every address that is about one room."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from pages(one.url_patterns, route)
        elif isinstance(one, URLPattern) and "<str:code>" in route:
            yield "/" + route.replace("<str:code>", "CODE")


async def test_no_door_shows_what_was_drawn(staff: User) -> None:
    room = await sync_to_async(made)()
    pupil = await Pupil(room, Client()).join()
    await at_the_blind_step(pupil)
    pupil.heard.clear()
    for look in LOOKS:
        await pupil.socket.send_to(json.dumps(look))
        answer = await pupil.hear_any(*ANSWERS)
        assert answer[ANSWERS[answer["type"]]]["en"] == texts(HIDDEN)["en"], look
    late = await Pupil(room, Client()).join()
    heard = "".join(pupil.heard + late.heard)
    assert '"nodes":{}' in heard
    for client in (AsyncClient(), await signed_in(staff)):
        for page in dict.fromkeys(page for page in pages() if "<" not in page):
            reply = await client.get(page.replace("CODE", room.code))
            body = b"".join([part async for part in reply]) if reply.streaming else reply.content  # type: ignore[attr-defined]
            heard += body.decode("utf-8", "replace")
    data = await AsyncClient().get(f"/compare.json?a={room.code}&b={room.code}")
    assert data.status_code == 403
    for secret in SECRETS:
        assert secret not in heard, secret
    await pupil.leave()
    await late.leave()


async def signed_in(user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def test_the_doors_stay_shut_when_the_room_rests() -> None:
    room = await sync_to_async(made)()
    pupil = await Pupil(room, Client()).join()
    await at_the_blind_step(pupil)
    await rooms.close_all()
    for page in ("past.json", "timeline.json", "run.json"):
        assert (await AsyncClient().get(f"/rooms/{room.code}/{page}")).status_code == 403
    await pupil.leave()


@pytest.mark.parametrize("act", sorted(REVEALING))
@pytest.mark.parametrize("role", Role)
def test_nobody_looks_behind_what_is_hidden(role: Role, act: str) -> None:
    for free in (False, True):
        assert may(Actor(role, Mode.ALONE, (act,), free=free, joined=True, blind=True), act) is not None


async def test_committing_takes_a_cause_and_a_command_that_was_typed_and_then_all_is_shown() -> None:
    pupil = await Pupil(await sync_to_async(made)(), Client()).join()
    await at_the_blind_step(pupil)
    await pupil.say("lesson", step=STEP + 1)
    assert "First find out" in (await pupil.hear("error"))["message"]["en"]
    line = "systemctl status kubelet"
    await pupil.say("commit", cause="kubelet", line=line, where="n2")
    assert "Type the command" in (await pupil.hear("error"))["message"]["en"]
    assert "inactive (dead)" in await type_line(pupil, line, "n2")
    await pupil.say("commit", cause="sunshine", line=line, where="n2")
    assert "none of the causes" in (await pupil.hear("error"))["message"]["en"]
    await pupil.say("commit", cause="kubelet", line=line, where="n2")
    outcome = (await pupil.hear("lesson", over=True))["diagnosis"]["outcome"]
    assert (outcome["right"], outcome["tells"]) == (True, True)
    assert "inactive (dead)" in outcome["output"]
    await pupil.say("resync")
    assert (await pupil.hear("snapshot"))["view"]["nodes"]["n2"]["ready"]
    assert (await AsyncClient().get(f"/rooms/{pupil.room.code}/timeline.json")).status_code == 200
    await pupil.leave()


async def test_in_a_class_each_draws_in_a_copy_and_the_teacher_sees_what_and_whether_it_was_found(
    staff: User,
) -> None:
    room = await sync_to_async(made)(Mode.FOLLOW, staff)
    client = Client()
    await sync_to_async(client.force_login)(staff)
    teacher, student = await Pupil(room, client).join(), await Pupil(room, Client()).join()
    await teacher.go(STEP)
    assert teacher.last["lesson"]["ownCopy"]
    asked = teacher.last["lesson"]["diagnosis"]
    assert asked["text"]["en"]
    assert len(asked["causes"]) > 1
    assert not asked["ripe"]
    await sync_to_async(student.client.post)(f"/rooms/{room.code}/copy/")
    copy = await sync_to_async(lambda: PrivateCopy.objects.select_related("room").get().room)()
    own = await Pupil(copy, student.client).join()
    await own.say("transport", action="speed", speed=600)
    while not (frame := await own.hear("lesson"))["diagnosis"] or not frame["diagnosis"]["ripe"]:
        pass
    while (seen := (await teacher.hear("class"))["students"][0])["cause"] is None:
        pass
    assert seen["cause"]["en"] == "n2's kubelet is down"
    await type_line(own, "kubectl get nodes")
    await own.say("commit", cause="cordon", line="kubectl get nodes")
    outcome = (await own.hear("lesson", over=True))["diagnosis"]["outcome"]
    assert outcome["reply"]["en"] == "It takes pods."
    while (await teacher.hear("class"))["students"][0]["right"] is not False:
        pass
    for pupil in (teacher, student, own):
        await pupil.leave()


async def test_a_fault_made_for_a_neighbour_is_hidden_until_they_have_said_what_it_is() -> None:
    room = await sync_to_async(made)()
    maker = await Pupil(room, Client()).join()
    await maker.go(STEP + 1, over=False)
    await maker.say("command", id="a", seenT=0, do="stop-kubelet", target="n2", now=True)
    await maker.hear("accepted")
    await maker.say("hand-over", text="I stopped a kubelet.")
    while not (code := (await maker.hear("lesson"))["challenge"]["code"]):
        pass
    neighbour = await Pupil(await sync_to_async(Room.objects.get)(code=code), Client()).join()
    assert neighbour.last["lesson"]["diagnosis"]["blind"]
    assert neighbour.last["snapshot"]["view"]["nodes"] == {}
    assert "I stopped" not in "".join(neighbour.heard)
    assert (await AsyncClient().get(f"/rooms/{code}/timeline.json")).status_code == 403
    await type_line(neighbour, "systemctl status kubelet", "n2")
    await neighbour.say("commit", cause="The kubelet of n2", line="systemctl status kubelet", where="n2")
    while (outcome := (await neighbour.hear("lesson"))["diagnosis"]["outcome"]) is None:
        pass
    assert (outcome["drawn"]["en"], outcome["chosen"]["en"]) == ("I stopped a kubelet.", "The kubelet of n2")
    assert (await AsyncClient().get(f"/rooms/{code}/timeline.json")).status_code == 200
    assert await sync_to_async(Course.objects.filter(room__code=code, solution=None).count)() == 0
    for pupil in (maker, neighbour):
        await pupil.leave()


async def test_nothing_is_handed_over_where_nobody_asks_for_it() -> None:
    pupil = await Pupil(await sync_to_async(made)(), Client()).join()
    await pupil.go(0)
    await pupil.say("hand-over", text="x")
    assert "nothing to hand over" in (await pupil.hear("error"))["message"]["en"]
    await pupil.leave()
