"""Tasks in private copies of the class's cluster, and rooms of those who explore."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.web.classes.classroom import KILL, TASK, Classroom
from tests.web.pupils import Pupil
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


async def own_copy(school: Classroom, student: Pupil) -> Pupil:
    """The student's private copy of the class, open."""
    answer = await sync_to_async(student.client.post)(f"/rooms/{school.room.code}/copy/")
    room = await sync_to_async(Room.objects.get)(code=answer["location"].split("/")[2])
    assert room != school.room
    school.people.append(await Pupil(room, student.client).join())
    return school.people[-1]


async def state_of_task(teacher: Pupil, **values: object) -> dict[str, object]:
    """The first student, once the teacher sees these values."""
    while True:
        student: dict[str, object] = (await teacher.hear("class"))["students"][0]
        if all(student[name] == value for name, value in values.items()):
            return student


async def test_a_task_is_done_in_a_private_copy_and_the_teacher_sees_how_far(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(TASK, over=False)
    await teacher.pause()
    copy = await own_copy(school, student)
    assert copy.last["lesson"]["confined"]
    await state_of_task(teacher, task="begun", hint=0, copy=copy.room.code)
    await copy.say("command", id="a", seenT=0, do="start-kubelet", target="n1", now=True)
    await copy.hear("accepted")
    await copy.say("transport", action="speed", speed=600)
    await copy.say("transport", action="play")
    await state_of_task(teacher, task="done", hint=None)
    assert not teacher.last["lesson"]["over"]
    again = await own_copy(school, student)
    assert again.room == copy.room


async def test_a_private_copy_stays_at_its_task_and_hears_that_the_class_went_on(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(TASK, over=False)
    copy = await own_copy(school, student)
    await copy.say("lesson", step=TASK + 1)
    assert "The class goes on together" in (await copy.hear("error"))["message"]["en"]
    await teacher.go(TASK + 1)
    await copy.hear("lesson", classOn=True)


async def test_going_on_from_a_task_the_lesson_does_it_for_the_class(school: Classroom) -> None:
    teacher = await school.teach()
    await teacher.go(TASK, over=False)
    await teacher.go(TASK + 1)
    late = await school.join()
    assert late.last["snapshot"]["view"]["nodes"]["n1"]["ready"] == "True"


async def test_the_projector_shows_a_copy_with_a_name_only_if_that_is_allowed(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await student.say("name", nickname="Ada")
    await teacher.go(TASK, over=False)
    copy = await own_copy(school, student)
    number = (await state_of_task(teacher, task="begun"))["id"]
    await teacher.say("show", student=number)
    await teacher.hear("lesson", showing=copy.room.code)
    assert (await copy.hear("lesson", shown=True))["whose"] is None
    await student.say("name", nickname="Ada", shown=True)
    while (whose := (await copy.hear("lesson", shown=True))["whose"]) is None:
        pass
    assert whose["en"] == "Ada"
    await teacher.say("anonymous", on=True)
    await teacher.say("show", student=0)
    assert (await copy.hear("lesson", shown=False))["whose"] is None


async def test_when_the_class_goes_on_so_does_the_projector(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(TASK, over=False)
    copy = await own_copy(school, student)
    await teacher.say("show", student=(await state_of_task(teacher, task="begun"))["id"])
    await teacher.hear("lesson", showing=copy.room.code)
    assert (await teacher.go(TASK + 1))["showing"] == ""
    await copy.hear("lesson", classOn=True, shown=False)


async def test_a_student_who_made_too_many_rooms_is_told_so_and_keeps_the_copies_there_are(
    school: Classroom, settings: Settings
) -> None:
    settings.ROOMS_PER_VISITOR, settings.VISITORS_MAKE_ROOMS = 1, False
    teacher, student = await school.teach(), await school.join()
    await teacher.go(TASK, over=False)
    copy = await own_copy(school, student)
    assert (await own_copy(school, student)).room == copy.room
    await sync_to_async(Room.objects.filter(pk=copy.room.pk).update)(stopped=timezone.now())
    again = await sync_to_async(student.client.post)(f"/rooms/{school.room.code}/copy/", follow=True)
    assert again.redirect_chain[0][0] == school.room.get_absolute_url()
    assert "You made many rooms" in again.content.decode()


@pytest.mark.django_db
def test_a_copy_is_for_students_of_a_class_with_a_task(client: Client) -> None:
    room = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW)
    client.get(room.get_absolute_url())
    client.post(f"/rooms/{room.code}/copy/")
    assert Room.objects.count() == 1


async def test_whoever_explores_has_a_room_that_begins_where_the_class_is(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(KILL, over=False)
    t = await teacher.pause()
    answer = await sync_to_async(student.client.post)(f"/rooms/{school.room.code}/explore/")
    own = await sync_to_async(Room.objects.get)(code=answer["location"].split("/")[2])
    alone = await Pupil(own, student.client).join()
    assert alone.last["lesson"]["step"] == KILL
    assert alone.last["lesson"]["left"] == school.room.code
    assert alone.last["snapshot"]["t"] == t
    assert alone.last["answers"]["leads"]
    await alone.leave()


async def test_whoever_explores_goes_as_far_as_the_teacher_has_opened(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(0, over=False)
    await teacher.say("open-until", step=1)
    await teacher.hear("lesson", openUntil=1)
    answer = await sync_to_async(student.client.post)(f"/rooms/{school.room.code}/explore/")
    own = await sync_to_async(Room.objects.get)(code=answer["location"].split("/")[2])
    alone = await Pupil(own, student.client).join()
    school.people.append(alone)
    await alone.say("lesson", step=2)
    assert "has not opened" in (await alone.hear("error"))["message"]["en"]
    await alone.go(1)
    await teacher.say("open-until", step=None)
    await alone.say("lesson", step=2)
    while (frame := await alone.hear_any("lesson", "error")).get("step") != 2:
        if frame["type"] == "error":  # it has not got about to the own room yet
            await asyncio.sleep(0.1)
            await alone.say("lesson", step=2)
