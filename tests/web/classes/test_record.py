"""The teacher's pages: the record of a class, its table, and who may see them."""

import csv
import io

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from tests.web.classes.classroom import ASK, GUESS_TIME, Classroom
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Answer, Course, Mode, Student
from visualizer.lessons.views import open_room

pytestmark = pytest.mark.django_db(transaction=True)

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


@pytest.fixture
def answered(db: None) -> Course:
    room = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW)
    Student.objects.create(room=room, who="a" * 16, nickname="=SUM(1)")
    Answer.objects.create(room=room, ask=ASK, round=1, who="a" * 16, answer=40, right=True)
    return Course.objects.get(room=room)


def test_answers_are_exported_without_formulas(answered: Course, staff: User, client: Client) -> None:
    client.force_login(staff)
    text = client.get(f"/rooms/{answered.room.code}/answers.csv").content.decode()
    assert text.startswith("\ufeff"), "Excel reads names of all languages"
    assert text.splitlines()[1].startswith("kubelet-dies,q-notready,1,1,'=SUM(1),40,yes,")


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
    assert {(row["answer"], row["in words"]) for row in rows} == {("40", "40 s")}


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
