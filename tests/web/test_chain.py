"""What led to something, put in order: the options come from the run."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from tests.web.pupils import Pupil
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Answer, Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.registry import rooms


@pytest.mark.django_db(transaction=True)
async def test_the_links_of_why_are_put_in_order() -> None:
    lesson = offer("rescheduled").lesson
    step = lesson.step_index("chain")
    room = await sync_to_async(open_room)(offer("rescheduled"), "v1.7", Mode.ALONE)
    pupil = await Pupil(room, Client()).join()
    ask = (await pupil.go(step))["ask"]
    options = [option["id"] for option in ask["options"]]
    assert len(options) >= 3
    answer = await pupil.answer("q-chain", options[:-1])
    assert "no answer to that question" in answer["message"]["en"]
    answer = await pupil.answer("q-chain", sorted(options, key=lambda name: int(name[1:])))
    told = answer["asks"]["q-chain"]["told"]
    assert told["right"]
    assert told["order"] == sorted(options, key=lambda name: int(name[1:]))
    assert "bound to" in answer["asks"]["q-chain"]["shown"]["en"]
    kept = await Answer.objects.aget(ask="q-chain")
    told = kept.words["en"].split(" → ")
    assert (len(told), told[0]) == (len(options), "lesson: Stop the kubelet (n1)")
    await pupil.leave()
    await rooms.close_all()
