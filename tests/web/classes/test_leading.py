"""A teacher leads: steps, devices, nodes, names, time and plans."""

import re

import pytest
from asgiref.sync import sync_to_async

from tests.web.classes.classroom import ASK, GUESS_TIME, GUESS_WHO, KILL, LAST, Classroom, polled
from tests.web.pupils import Pupil
from visualizer.lessons.models import Course

pytestmark = pytest.mark.django_db(transaction=True)


async def test_students_follow_the_teachers_step(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.say("lesson", step=GUESS_TIME)
    assert (await student.hear("lesson", step=GUESS_TIME))["ask"]["id"] == ASK


async def test_students_cannot_go_on_for_all(school: Classroom) -> None:
    student = await school.join()
    await student.say("lesson", step=0)
    assert (await student.hear("error"))["message"]["en"] == "The teacher goes on for all."


async def test_a_late_joiner_sees_the_exact_state(school: Classroom) -> None:
    teacher = await school.teach()
    await teacher.go(KILL, over=False)
    t = await teacher.pause()
    late = await school.join()
    assert late.last["snapshot"]["t"] == t
    assert late.last["lesson"]["step"] == KILL


async def test_the_teacher_goes_on_from_another_device(school: Classroom) -> None:
    first = await school.teach()
    await first.go(GUESS_TIME)
    second = await school.teach()
    await second.say("poll", ask=ASK, action="open")
    await polled(first, "open")
    await second.go(GUESS_WHO)
    await first.hear("lesson", step=GUESS_WHO)


async def test_the_teachers_frame_goes_to_the_teacher_alone(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await student.say("name", nickname="Ada")
    while [s["name"]["en"] for s in (await teacher.hear("class"))["students"]] != ["Ada"]:
        pass
    assert "class" not in student.last


async def node_of(student: Pupil, node: str) -> None:
    """Once this student owns that node."""
    while (await student.hear("answers"))["node"] != node:
        pass


async def test_nodes_are_assigned_or_given_to_all_and_each_acts_on_the_own_alone(school: Classroom) -> None:
    teacher, ada, bob = await school.teach(), await school.join(), await school.join()
    await teacher.go(7, over=False)
    await teacher.say("lead", mode="roles")
    frame = await teacher.hear("class")
    assert [one["node"] for one in frame["students"]] == ["", ""]
    assert frame["nodes"] == ["n1", "n2", "n3"]
    await teacher.say("assign", student=frame["students"][1]["id"], node="n1")
    await node_of(bob, "n1")
    await teacher.say("deal", out=True)
    await node_of(ada, "n2")
    for student, answer in ((ada, "rejected"), (bob, "accepted")):
        await student.say("command", id="a", seenT=0, do="start-kubelet", target="n1", now=True)
        await student.hear(answer)
    await teacher.say("deal", out=False)
    await node_of(bob, "")
    await teacher.say("assign", student=frame["students"][1]["id"], node="master")
    assert "no such node" in (await teacher.hear("error"))["message"]["en"]


async def test_whoever_gives_no_nickname_has_a_friendly_name_of_their_own(school: Classroom) -> None:
    teacher = await school.teach()
    for _ in range(3):
        await school.join()
    while len((frame := await teacher.hear("class"))["students"]) < 3:
        pass
    names = [one["name"] for one in frame["students"]]
    assert len({name["en"] for name in names}) == 3
    assert all(re.fullmatch("[a-z]+ [a-z]+", name["en"]) for name in names)
    assert all(re.fullmatch("[\u4e00-\u9fff]+", name["zh"]) for name in names)


async def test_what_students_write_is_for_the_teacher_until_it_is_shown_without_a_name(
    school: Classroom,
) -> None:
    teacher, ada, bob = await school.teach(), await school.join(), await school.join()
    await teacher.go(LAST)
    await ada.say("reflect", step="explain", text="Nobody heard it.")
    while not (written := (await teacher.hear("class"))["reflections"]):
        pass
    assert bob.last["lesson"]["reflections"] == []
    await teacher.say("show-reflection", reflection=written[0]["id"], on=True)
    await bob.hear("lesson", reflections=["Nobody heard it."])
    await ada.say("reflect", step="look", text="x")
    assert "Nobody asks" in (await ada.hear("error"))["message"]["en"]


async def test_a_reload_keeps_nickname_and_answers(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(GUESS_TIME)
    await teacher.say("poll", ask=ASK, action="open")
    await polled(student, "open")
    await student.answer(ASK, 40)
    await student.say("name", nickname="Ada")
    await student.hear("answers", nickname="Ada")
    again = await Pupil(school.room, student.client).join()
    assert again.last["answers"]["nickname"] == "Ada"
    assert again.last["answers"]["asks"][ASK]["given"] == [40]
    await again.leave()


async def test_time_is_given_and_taken_back(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.say("timer", seconds=60)
    while (left := (await student.hear("lesson"))["leftSeconds"]) is None:
        pass
    assert 0 < left <= 60
    await teacher.say("timer", seconds=0)
    await student.hear("lesson", leftSeconds=None)


async def test_the_teacher_chooses_the_short_form_and_steps_and_minutes_follow(hour: Classroom) -> None:
    teacher, student = await hour.teach(), await hour.join()
    whole = await teacher.hear("class")
    desk = await sync_to_async(teacher.client.get)(f"/rooms/{hour.room.code}/class/")
    assert [one["id"] for one in desk.context["plans"]] == ["whole", "short"]
    await teacher.say("plan", plan="short")
    left_out: list[str] = []
    while not left_out:
        lesson = await student.hear("lesson")
        left_out = [step["id"] for step in lesson["steps"] if not step["planned"]]
    assert left_out == ["your-turn"]
    short = (await teacher.hear("class"))["pace"]
    while short["plan"] != "short":
        short = (await teacher.hear("class"))["pace"]
    assert short["steps"] == whole["pace"]["steps"] - 1
    assert short["allMinutes"] < whole["pace"]["allMinutes"] == 25


async def test_students_choose_no_plan(hour: Classroom) -> None:
    student = await hour.join()
    await student.say("plan", plan="short")
    await student.hear("error")
    room = hour.room
    assert (await sync_to_async(Course.objects.get)(room=room)).plan == "whole"


async def test_a_lesson_without_a_short_form_has_no_plan_to_choose(school: Classroom) -> None:
    teacher = await school.teach()
    desk = await sync_to_async(teacher.client.get)(f"/rooms/{school.room.code}/class/")
    assert desk.context["plans"] == []
    await teacher.say("plan", plan="short")
    assert (await teacher.hear("error"))["message"]["en"] == "This lesson has no short form."
