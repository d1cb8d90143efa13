"""A step of a lesson binds the console as it binds clicks."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from tests.web.pupils import Frame, Pupil
from visualizer.lessons.catalogue import Offer, offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

TASK: Final = 7
"""The step of the lesson that lets the learner start the kubelet, and nothing else."""


def with_console(one: Offer) -> Offer:
    """The lesson as if its task let the learner type."""
    text = one.text.replace("allow: [start-kubelet]", "allow: [console, start-kubelet]")
    assert text != one.text
    return Offer(one.lesson, text)


@pytest.fixture
async def learner(transactional_db: None) -> AsyncIterator[Pupil]:
    room = await sync_to_async(open_room)(with_console(offer("kubelet-dies")), "v1.7", Mode.ALONE)
    pupil = await Pupil(room, Client()).join()
    yield pupil
    await rooms.close_all()
    await pupil.leave()


async def typed(learner: Pupil, line: str, where: str = "") -> Frame:
    await learner.say("console", id="1", line=line, where=where)
    return await learner.hear("console-output")


async def test_what_a_step_does_not_allow_cannot_be_typed_either(learner: Pupil) -> None:
    await learner.go(TASK, over=False)
    refused = await typed(learner, "kubectl delete node n2")
    assert (refused["ok"], refused["note"]["en"]) == (False, "Not in this step.")
    assert (await typed(learner, "kubectl get nodes"))["ok"]


async def test_what_a_step_allows_can_be_typed(learner: Pupil) -> None:
    await learner.go(TASK, over=False)
    assert (await typed(learner, "systemctl start kubelet", "n1"))["ok"]
    assert (await learner.hear("lesson", over=True))["hints"] == []
