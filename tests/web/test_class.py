"""A class: polls from opening to revealing, who hears what, takeover, exploring, export."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clustersim.lesson import load_lesson
from tests.model.lesson.small import changed
from tests.web.pupils import Pupil
from visualizer.lessons.catalogue import Offer, offer
from visualizer.lessons.codes import code_of
from visualizer.lessons.models import Answer, Course, Mode, Student
from visualizer.lessons.views import open_room
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

GUESS_TIME, GUESS_WHO, KILL = 1, 2, 3
TASK, LAST = 7, 8
ASK = "q-notready"


class Classroom:
    """A room, its teacher, and whoever joins."""

    def __init__(self, room: Room, staff: User) -> None:
        self.room = room
        self.staff = staff
        self.people: list[Pupil] = []

    async def join(self) -> Pupil:
        self.people.append(await Pupil(self.room, Client()).join())
        return self.people[-1]

    async def teach(self) -> Pupil:
        """A session of the staff, on whatever device."""
        client = Client()
        await sync_to_async(client.force_login)(self.staff)
        self.people.append(await Pupil(self.room, client).join())
        return self.people[-1]


@pytest.fixture
async def school(transactional_db: None) -> AsyncIterator[Classroom]:
    staff = await sync_to_async(User.objects.create_superuser)("alice", password="not a secret")
    room = await sync_to_async(open_room)(offer("kubelet-dies"), "v1.7", Mode.FOLLOW)
    school = Classroom(room, staff)
    yield school
    await rooms.close_all()
    for person in school.people:
        await person.leave()


async def polled(person: Pupil, phase: str, round_: int = 1) -> dict[str, object]:
    """The poll as this person hears of it."""
    while True:
        lesson = await person.hear("lesson")
        poll: dict[str, object] = lesson["polls"].get(ASK, {})
        if poll.get("phase") == phase and poll["round"] == round_:
            return poll


async def test_students_follow_the_teachers_step(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.say("lesson", step=GUESS_TIME)
    assert (await student.hear("lesson", step=GUESS_TIME))["ask"]["id"] == ASK


async def test_students_cannot_go_on_for_all(school: Classroom) -> None:
    student = await school.join()
    await student.say("lesson", step=0)
    assert (await student.hear("error"))["message"]["en"] == "The teacher goes on for all."


async def test_a_question_is_answered_only_while_it_is_open(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(GUESS_TIME)
    assert (await student.answer(ASK, 40))["type"] == "error"
    await teacher.say("poll", ask=ASK, action="open")
    await polled(student, "open")
    assert (await student.answer(ASK, 40))["type"] == "answers"
    await teacher.say("poll", ask=ASK, action="lock")
    await polled(student, "locked")
    other = await school.join()
    assert (await other.answer(ASK, 40))["type"] == "error"


async def test_distributions_are_hidden_until_the_question_is_locked(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(GUESS_TIME)
    await teacher.say("poll", ask=ASK, action="open")
    await polled(student, "open")
    await student.answer(ASK, 40)
    while (poll := await polled(teacher, "open"))["answered"] != 1:
        pass
    assert poll["bars"] == []
    await teacher.say("poll", ask=ASK, action="lock")
    bars = (await polled(student, "locked"))["bars"]
    assert bars == [{"label": {"en": "40 s", "zh": "40 s"}, "count": 1, "right": None}]


async def test_the_second_round_stands_beside_the_first_and_is_revealed_after_the_run(
    school: Classroom,
) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(GUESS_TIME)
    for round_, (action, answer) in enumerate((("open", 5), ("again", 40)), 1):
        await teacher.say("poll", ask=ASK, action=action)
        await polled(student, "open", round_)
        await student.answer(ASK, answer, round_)
        await teacher.say("poll", ask=ASK, action="lock")
        poll = await polled(student, "locked", round_)
    assert [len(poll[part]) for part in ("before", "bars")] == [1, 1]  # type: ignore[arg-type]
    await teacher.say("poll", ask=ASK, action="reveal")
    assert "not come" in (await teacher.hear("error"))["message"]["en"]
    await teacher.go(KILL, over=False)
    await teacher.say("transport", action="speed", speed=600)
    await teacher.hear("lesson", over=True)
    await teacher.say("poll", ask=ASK, action="reveal")
    poll = await polled(student, "revealed", 2)
    assert [bar["right"] for bar in poll["bars"]] == [True]  # type: ignore[attr-defined]
    own = await student.hear("answers")
    assert own["asks"][ASK]["told"]["right"]


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


@pytest.fixture
def answered(db: None) -> Course:
    room = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW)
    Student.objects.create(room=room, who="a" * 16, nickname="=SUM(1)")
    Answer.objects.create(room=room, ask=ASK, round=1, who="a" * 16, answer=40, right=True)
    return Course.objects.get(room=room)


def test_answers_are_exported_without_formulas(answered: Course, staff: User, client: Client) -> None:
    client.force_login(staff)
    text = client.get(f"/rooms/{answered.room.code}/answers.csv").content.decode()
    assert text.splitlines()[1].startswith("kubelet-dies,q-notready,1,1,'=SUM(1),40,yes,")


NICKNAMES = {
    "=1+1": "'=1+1",
    "+1": "+1",
    "-2": "-2",
    "-2+3": "'-2+3",
    "@x": "'@x",
    "\t=1": "'=1",
    "\r=2": "'=2",
    "a\t=3": "a\t=3",
    "＝4": "'＝4",
    '",=5': '",=5',
    "Ada": "Ada",
}
"""What students call themselves, and what a spreadsheet is given."""


async def test_whatever_students_call_themselves_is_no_formula_in_the_table(school: Classroom) -> None:
    teacher = await school.teach()
    await teacher.go(GUESS_TIME)
    await teacher.say("poll", ask=ASK, action="open")
    for nickname in NICKNAMES:
        student = await school.join()
        await student.say("name", nickname=nickname)
        await student.hear("answers", nickname=nickname.strip())
        await student.answer(ASK, 40)
    table = await sync_to_async(teacher.client.get)(f"/rooms/{school.room.code}/answers.csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode(), newline="")))
    assert [row["nickname"] for row in rows] == list(NICKNAMES.values())
    assert {row["answer"] for row in rows} == {"40"}


def test_answers_can_be_deleted(answered: Course, staff: User, client: Client) -> None:
    client.force_login(staff)
    client.post(f"/rooms/{answered.room.code}/answers/delete/")
    assert not Answer.objects.exists()
    assert Student.objects.get().nickname == ""


@pytest.mark.parametrize("page", ["class/", "qr.svg", "answers.csv"])
def test_the_teachers_pages_ask_visitors_to_sign_in(page: str, answered: Course, client: Client) -> None:
    assert client.get(f"/rooms/{answered.room.code}/{page}").status_code == 302


def test_the_qr_code_is_drawn_here(answered: Course, staff: User, client: Client) -> None:
    client.force_login(staff)
    answer = client.get(f"/rooms/{answered.room.code}/qr.svg")
    assert (answer["content-type"], b"<svg" in answer.content) == ("image/svg+xml", True)


def test_only_staff_open_a_class(client: Client, staff: User) -> None:
    client.post("/lessons/kubelet-dies/start/", {"for": "class"})
    assert Course.objects.get().mode == Mode.ALONE
    client.force_login(staff)
    client.post("/lessons/kubelet-dies/start/", {"for": "class"})
    assert Course.objects.get(mode=Mode.FOLLOW).room.may_act is False


async def test_the_teacher_is_told_what_the_share_of_right_answers_suggests_before_the_run_answers(
    school: Classroom,
) -> None:
    teacher, ada, bob = await school.teach(), await school.join(), await school.join()
    await teacher.go(GUESS_TIME)
    await teacher.say("poll", ask=ASK, action="open")
    for student, answer in ((ada, 40), (bob, 500)):
        await polled(student, "open")
        await student.answer(ASK, answer)
    await teacher.say("poll", ask=ASK, action="lock")
    while (advice := (await teacher.hear("class"))["advice"]) is None:
        await teacher.say("anonymous", on=False)
    assert advice == {"percent": 50, "what": "discuss"}
    assert "advice" not in "".join(ada.heard)


async def test_time_is_given_and_taken_back(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.say("timer", seconds=60)
    while (left := (await student.hear("lesson"))["leftSeconds"]) is None:
        pass
    assert 0 < left <= 60
    await teacher.say("timer", seconds=0)
    await student.hear("lesson", leftSeconds=None)


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


async def test_not_sure_is_an_answer_where_confidence_is_asked(school: Classroom) -> None:
    text = changed(("id: small\n", "id: small\nkind: inventory\nform: A\n"))
    school.room = await sync_to_async(open_room)(
        Offer(load_lesson(text), text), "v1.7", Mode.FOLLOW, school.staff
    )
    teacher, ada, bob = await school.teach(), await school.join(), await school.join()
    assert ada.last["answers"]["code"] == code_of(
        await sync_to_async(lambda: Student.objects.get(pk=Student.objects.earliest("pk").pk).who)()
    )
    await teacher.go(2)
    await teacher.say("poll", ask="which", action="open")
    for student, answer, confidence in ((ada, None, None), (bob, "back", 3)):
        while not (await student.hear("lesson"))["polls"]:
            pass
        await student.say("answer", ask="which", round=1, answer=answer, confidence=confidence)
        while not (await student.hear("answers"))["asks"]["which"]["given"]:
            pass
    await teacher.say("poll", ask="which", action="lock")
    while not (poll := (await teacher.hear("lesson"))["polls"]["which"])["bars"]:
        pass
    assert (poll["answered"], poll["unsure"]) == (2, 1)
    kept = await sync_to_async(lambda: sorted(Answer.objects.values_list("answer", "confidence"), key=str))()
    assert kept == [("back", 3), (None, None)]


@pytest.fixture
async def hour(transactional_db: None) -> AsyncIterator[Classroom]:
    """A class of a lesson that has a short form."""
    staff = await sync_to_async(User.objects.create_superuser)("bob", password="not a secret")
    hour = Classroom(await sync_to_async(open_room)(offer("the-post"), "v1.7", Mode.FOLLOW), staff)
    yield hour
    await rooms.close_all()
    for person in hour.people:
        await person.leave()


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
