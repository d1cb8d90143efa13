"""A question of a class, from opening to revealing."""

import pytest
from asgiref.sync import sync_to_async

from clustersim.lesson import load_lesson
from tests.model.lesson.small import changed
from tests.web.classes.classroom import ASK, GUESS_TIME, KILL, Classroom, polled
from visualizer.lessons.catalogue import Offer
from visualizer.lessons.codes import code_of
from visualizer.lessons.models import Answer, Mode, Student
from visualizer.lessons.views import open_room

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert bars == [{"label": {"en": "40 s", "zh": "40 秒"}, "count": 1, "right": None}]


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
