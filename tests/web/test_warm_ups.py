"""A lesson opens with two questions of earlier ones that these people got wrong."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from clustersim.lesson import load_lesson
from tests.web.pupils import Pupil
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Answer, Course, Mode, Student
from visualizer.lessons.views import open_room
from visualizer.lessons.warm_ups import PREFIX, earlier, with_warm_ups
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)


def answered(who: str, lesson: str, **asks: bool) -> None:
    """Somebody took an earlier lesson."""
    room = open_room(offer(lesson), "v1.7", Mode.FOLLOW)
    for ask, right in asks.items():
        Answer.objects.create(room=room, ask=ask.replace("_", "-"), round=1, who=who, answer="x", right=right)


def test_what_most_got_wrong_comes_first_and_the_newest_answer_counts() -> None:
    answered("ada", "kubelet-and-docker", q_alone=False, q_frozen=True)
    answered("bob", "kubelet-and-docker", q_alone=False, q_frozen=False)
    answered("bob", "unknown", q_status=False)
    lesson = offer("kubelet-dies").lesson
    found = [one.ask for one in earlier(lesson, ["ada", "bob"], 0)]
    assert found[0] == "q-alone"
    assert "q-status" not in found
    answered("ada", "kubelet-and-docker", q_alone=True)
    answered("bob", "kubelet-and-docker", q_alone=True)
    assert earlier(lesson, ["ada", "bob"], 0)[0].ask != "q-alone"
    assert earlier(lesson, ["eve"], 0) == []


def test_every_shipped_lesson_takes_a_warm_up() -> None:
    step = {
        "id": f"{PREFIX}up-q",
        "ask": {
            "kind": "choice",
            "id": f"{PREFIX}q",
            "text": {"en": "Which?", "zh": "哪个？"},
            "options": [{"id": "a", "en": "a", "zh": "a", "when": "true"}],
        },
    }
    for name in ("kubelet-dies", "nothing-rescheduled", "the-post", "at-most-one"):
        lesson = load_lesson(with_warm_ups(offer(name).text, [step]))
        assert [one.id for one in lesson.steps][:2] == [step["id"], offer(name).lesson.steps[0].id]


async def test_a_class_opens_with_what_it_got_wrong(staff: User) -> None:
    room = await sync_to_async(open_room)(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, staff)
    client = Client()
    await sync_to_async(client.force_login)(staff)
    student = await Pupil(room, Client()).join()
    teacher = await Pupil(room, client).join()
    who = await sync_to_async(lambda: Student.objects.get().who)()
    await sync_to_async(answered)(who, "kubelet-and-docker", q_alone=False, q_frozen=False)
    frame = await teacher.go(0)
    assert frame["ask"]["id"].startswith(PREFIX)
    assert len(frame["steps"]) == len(offer("kubelet-dies").lesson.steps) + 2
    ask = frame["ask"]["id"]
    await teacher.say("poll", ask=ask, action="open")
    while ask not in (await student.hear("lesson"))["polls"]:
        pass
    await student.answer(ask, frame["ask"]["options"][0]["id"])
    await teacher.say("poll", ask=ask, action="reveal")
    while (told := (await student.hear("answers"))["asks"][ask]["told"]) is None:
        pass
    assert told["answer"]["en"]
    again = await sync_to_async(lambda: Course.objects.get(room=room).text.count(f"{PREFIX}up-"))()
    await teacher.back(0)
    assert (
        await sync_to_async(lambda: Course.objects.get(room=room).text.count(f"{PREFIX}up-"))() == again == 2
    )
    await rooms.close_all()
    for pupil in (teacher, student):
        await pupil.leave()
