"""Asking why, why not yet, and what would be with other settings."""

import json

import pytest

from tests.web.past.runs import SECOND, live
from tests.web.viewers import Frame, Viewer, Visit
from visualizer.rooms.models import CommandEntry, Room

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_node_that_is_lost_is_explained_from_the_command_on(room: Room, lost: Viewer) -> None:
    await lost.say(type="why", id="q", object="grace/n1")
    links = (await lost.hear("why"))["links"]
    assert links[0]["role"] == "act"
    assert links[0]["inputs"][0]["kind"] == "command"
    assert links[-1]["rule"]["id"] == "node-controller.grace-exceeded"
    assert links[-1]["rule"]["settings"][0]["value"] == "40s"
    assert set(links[-1]["text"]) == {"en", "zh"}


async def test_an_event_is_explained_by_its_number(lost: Viewer) -> None:
    await lost.say(type="look", t=60 * SECOND)
    event = (await lost.hear("past"))["events"][-1]
    await lost.say(type="why", id="q", event=event["id"], t=event["t"])
    assert (await lost.hear("why"))["links"][-1]["id"] == event["id"]


async def test_what_has_not_happened_yet_has_its_time(lost: Viewer) -> None:
    await lost.say(type="why-not", id="q", object="n1", t=100 * SECOND)
    armed = (await lost.hear("why-not"))["armed"][0]
    assert armed["rule"]["id"] == "node-controller.eviction-due-from-heartbeat"
    assert armed["left"] == armed["predicted"] - 100 * SECOND
    assert armed["terms"]


@pytest.mark.parametrize(
    "question",
    [
        {"type": "why", "object": "n9"},
        {"type": "why", "event": 10**9},
        {"type": "why", "object": "pod:nobody", "branch": 10**6},
        {"type": "why-not", "object": "nothing/of/this"},
        {"type": "what-if", "input": {"kind": "command", "index": 7}},
        {"type": "foresee", "commands": [{"do": "stop-kubelet", "target": "n9"}]},
        {"type": "foresee", "commands": [{"do": "make-coffee"}]},
    ],
    ids=json.dumps,
)
async def test_a_question_without_an_answer_says_why(lost: Viewer, question: Frame) -> None:
    await lost.say(id="q", **question)
    failed = await lost.hear("failed", "why", "why-not", "made", "foresee")
    assert failed["type"] == "failed"
    assert failed["reason"]["en"]
    assert failed["reason"]["zh"]


async def test_too_many_questions_at_once_are_refused(lost: Viewer, no_refill: None) -> None:
    for number in range(20):
        await lost.say(type="why-not", id=str(number), object="n1")
    answers = [(await lost.hear("why-not", "failed"))["type"] for _ in range(20)]
    assert "why-not" in answers
    assert "failed" in answers


async def test_trying_out_shows_bands_and_changes_nothing(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    before = live(room).head.state_hash()
    await viewer.say(
        type="foresee", id="q", commands=[{"do": "stop-kubelet", "target": "n1"}], ahead=90 * SECOND
    )
    answer = await viewer.hear("foresee")
    band = next(band for band in answer["bands"] if band["name"] == "node-not-ready")
    assert answer["seeds"] == band["seeds"] == 20
    assert 30 * SECOND <= band["earliest"] < band["latest"] <= 46 * SECOND
    assert live(room).head.state_hash() == before
    assert await CommandEntry.objects.acount() == 0
