"""The desk of a class: set by plain forms, heard by everybody in the room."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from tests.web.classes.classroom import ASK, GUESS_TIME, Classroom, polled
from visualizer.lessons.models import Course, Student

pytestmark = pytest.mark.django_db(transaction=True)


async def post(school: Classroom, **data: object) -> str:
    """What the class screen says after a form was sent."""

    def send() -> str:
        client = Client()
        client.force_login(school.staff)
        address = f"/rooms/{school.room.code}/desk/"
        answer = client.post(address, data, follow=True)
        assert answer.redirect_chain == [(f"/rooms/{school.room.code}/class/", 302)]
        return answer.content.decode()

    return await sync_to_async(send, thread_sensitive=False)()  # as each request has a thread of its own


async def test_a_question_is_opened_and_locked_by_a_form(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await teacher.go(GUESS_TIME)
    await post(school, do="poll", ask=ASK, action="open")
    await polled(student, "open")
    await student.answer(ASK, 40)
    await post(school, do="poll", ask=ASK, action="lock")
    assert (await polled(student, "locked"))["answered"] == 1


async def test_what_cannot_be_is_said_on_the_page(school: Classroom) -> None:
    assert "This question has not been asked yet." in await post(school, do="poll", ask=ASK, action="open")
    for wrong in ({}, {"do": "dance"}, {"do": "timer", "seconds": "soon"}, {"do": "lead", "mode": "alone"}):
        assert "This cannot be set." in await post(school, **wrong)


async def test_time_mode_names_and_pace_are_set_by_forms(school: Classroom) -> None:
    student = await school.join()
    await post(school, do="lead", mode="roles")
    await student.hear("lesson", mode="roles")
    await post(school, do="deal", out="true")
    await student.hear("answers", node="n1")
    await post(school, do="timer", seconds="60")
    while (await student.hear("lesson"))["leftSeconds"] is None:
        pass
    await post(school, do="anonymous", on="true")
    await student.hear("lesson", anonymous=True)
    await post(school, do="open-until", step="2")
    await post(school, do="assign", student=await sync_to_async(_first)(), node="n3")
    page = await post(school, do="open-until", step="null")
    course = await sync_to_async(Course.objects.get)()
    assert (course.mode, course.anonymous, course.open_until) == ("roles", True, None)
    assert (await sync_to_async(Student.objects.get)()).node == "n3"
    assert await sync_to_async(lambda: Student.objects.get().friendly_name["en"])() in page


def _first() -> int:
    return Student.objects.get().pk


async def test_only_who_teaches_the_class_sets_anything(school: Classroom) -> None:
    answer = await sync_to_async(Client().post)(
        f"/rooms/{school.room.code}/desk/", {"do": "lead", "mode": "roles"}
    )
    assert answer.status_code == 302
    assert "/login/" in answer.url
    assert (await sync_to_async(Course.objects.get)()).mode == "follow"


async def test_a_class_is_led_by_forms_alone(school: Classroom) -> None:
    student = await school.join()
    page = await post(school, do="lesson", step=str(GUESS_TIME))
    assert (await student.hear("lesson", step=GUESS_TIME))["ask"]["id"] == ASK
    assert f"Step {GUESS_TIME + 1} of" in page
    assert 'name="action" value="open"' in page
    await post(school, do="poll", ask=ASK, action="open")
    await polled(student, "open")
    await student.answer(ASK, 40)
    page = await post(school, do="poll", ask=ASK, action="lock")
    assert "40 s: 1" in page
    assert f'value="{GUESS_TIME + 1}"' in page  # to go on with


async def test_what_the_teacher_is_told_is_fetched_in_parts(school: Classroom) -> None:
    teacher, student = await school.teach(), await school.join()
    await student.say("name", nickname="Ada")
    await student.hear("answers", nickname="Ada")
    await teacher.go(GUESS_TIME)

    def fetch() -> str:
        address = f"/rooms/{school.room.code}/class/"
        return teacher.client.get(address, headers={"HX-Request": "true"}).content.decode()

    parts = await sync_to_async(fetch, thread_sensitive=False)()
    assert parts.count('hx-swap-oob="innerHTML"') == 3
    assert "Ada" in parts
    assert "<html" not in parts


async def test_a_student_without_scripts_reads_along_and_answers(school: Classroom) -> None:
    teacher, client = await school.teach(), Client()
    address = f"/rooms/{school.room.code}/plain/"

    def ask(**answer: str) -> str:
        page = client.post(address, answer, follow=True) if answer else client.get(address)
        return page.content.decode()

    read = sync_to_async(ask, thread_sensitive=False)
    await teacher.go(GUESS_TIME)
    assert "The question is not open." in await read()
    await post(school, do="poll", ask=ASK, action="open")
    assert 'name="answer"' in await read()
    answer = {"ask": ASK, "kind": "number", "round": "1", "answer": "40"}
    assert "This is no answer" in await read(**{**answer, "answer": "soon"})
    assert "Your answer, locked:" in await read(**answer)
    assert "40 s" in await read()
    assert "Your answer is locked." in await read(**answer)
    await post(school, do="poll", ask=ASK, action="lock")
    assert (await polled(teacher, "locked"))["answered"] == 1
