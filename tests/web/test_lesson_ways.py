"""What learners type and answer decides how a lesson goes on: alone, and in a class."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from clustersim.lesson import load_lesson
from tests.model.lesson.test_learners import BRANCH, DRAWN, HIDDEN, LOOK, WORDS, WORDY, with_step
from tests.web.pupils import Pupil
from visualizer.lessons import lesson_driver
from visualizer.lessons.catalogue import Offer
from visualizer.lessons.models import Mode, PrivateCopy
from visualizer.lessons.views import open_room
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = with_step(WORDY + LOOK + HIDDEN + DRAWN + BRANCH).replace("judge-after: mend", "judge-after: choose")
GUESS, KILL, CHOOSE, MEND, PART, SORT, TOLD, LOOKS, SECRET, REPAIR, WELL, AGAIN, THINK = range(13)


@pytest.fixture(autouse=True)
async def drawn(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The second draw: n2's docker is stopped."""
    monkeypatch.setattr(lesson_driver.secrets, "randbits", lambda _bits: 1)
    yield
    await rooms.close_all()


def made(mode: str, owner: User | None = None) -> Room:
    return open_room(Offer(load_lesson(TEXT), TEXT), "v1.7", mode, owner)


async def typed(pupil: Pupil, line: str, where: str = "") -> None:
    await pupil.say("console", id="c", line=line, where=where)
    await pupil.hear("console-output")


async def repaired(pupil: Pupil) -> None:
    """What was drawn has happened after two seconds; then it is mended."""
    began = (await pupil.hear_any("tick", "snapshot"))["t"]
    while (await pupil.hear_any("tick", "snapshot"))["t"] < began + 3_000_000:
        pass
    await typed(pupil, "systemctl start docker", "n2")


def stops(pupil: Pupil) -> list[str]:
    return [step["id"] for step in pupil.last["lesson"]["steps"] if step["planned"]]


async def test_alone_a_task_is_done_by_typing_and_the_way_is_that_of_the_answer() -> None:
    pupil = await Pupil(await sync_to_async(made)(Mode.ALONE), Client()).join()
    await pupil.go(CHOOSE)
    await pupil.answer("which", "gone")
    assert len((await pupil.go(TOLD, over=True))["shows"]) == len(WORDS)
    await pupil.go(LOOKS, over=False)
    assert stops(pupil)[-4:] == ["secret", "repair", "again", "think"]
    await typed(pupil, "kubectl get pods -o wide")
    await typed(pupil, "docker ps", "n1")
    await pupil.hear("lesson", over=True)
    frame = await pupil.go(SECRET, over=False)
    assert frame["covered"]
    assert (await AsyncClient().get(f"/rooms/{pupil.room.code}/timeline.json")).status_code == 403
    await pupil.hear("lesson", step=SECRET, over=True)
    frame = await pupil.go(REPAIR, over=False)
    assert frame["covered"]
    await pupil.say("lesson", step=AGAIN)
    assert "First find out" in (await pupil.hear("error"))["message"]["en"]
    await repaired(pupil)
    frame = await pupil.hear("lesson", step=REPAIR, over=True)
    assert not frame["covered"]
    await pupil.say("lesson", step=WELL)
    assert (await pupil.hear("lesson", step=AGAIN))["say"]["en"] == "Look again."
    await pupil.leave()


async def test_in_a_class_each_repairs_what_was_drawn_and_most_answers_decide(staff: User) -> None:
    room = await sync_to_async(made)(Mode.FOLLOW, staff)
    client = Client()
    await sync_to_async(client.force_login)(staff)
    teacher, student = await Pupil(room, client).join(), await Pupil(room, Client()).join()
    await teacher.go(CHOOSE)
    await teacher.say("poll", ask="which", action="open")
    while not student.last.get("lesson", {}).get("polls"):
        await student.hear("lesson")
    await student.answer("which", "back")
    await teacher.say("poll", ask="which", action="lock")
    while (poll := (await teacher.hear("lesson"))["polls"].get("which")) is None or poll["phase"] != "locked":
        pass
    assert "again" not in stops(teacher)
    assert len((await teacher.go(TOLD, over=True))["shows"]) == len(WORDS)
    await teacher.go(REPAIR, over=True)
    assert not teacher.last["lesson"]["covered"]
    await sync_to_async(student.client.post)(f"/rooms/{room.code}/copy/")
    copy = await sync_to_async(lambda: PrivateCopy.objects.select_related("room").get().room)()
    own = await Pupil(copy, student.client).join()
    while not own.last["lesson"]["covered"]:
        await own.hear("lesson")
    while (seen := (await teacher.hear("class"))["students"][0])["cause"] is None:
        pass
    assert seen["cause"]["en"] == "docker"
    await repaired(own)
    await own.hear("lesson", over=True)
    for pupil in (teacher, student, own):
        await pupil.leave()
