"""A lesson taken alone: steps, time that stops where they end, questions, going back, and nothing lost."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from clustersim.lesson import load_lesson
from tests.model.lesson.small import TEXT
from tests.web.pupils import Pupil
from visualizer.lessons.catalogue import Offer, offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.models import Branch, Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

LOOK, GUESS_TIME, GUESS_WHO, KILL = range(4)
AFTER, TASK = 6, 7


@pytest.fixture
async def learner(transactional_db: None) -> AsyncIterator[Pupil]:
    room = await sync_to_async(open_room)(offer("kubelet-dies"), "v1.7", Mode.ALONE)
    pupil = await Pupil(room, Client()).join()
    yield pupil
    await rooms.close_all()
    await pupil.leave()


async def reload(pupil: Pupil) -> Pupil:
    await pupil.leave()
    await rooms.close_all()
    return await Pupil(pupil.room, pupil.client).join()


async def test_a_lesson_begins_with_its_goal_and_no_step(learner: Pupil) -> None:
    lesson = learner.last["lesson"]
    assert lesson["step"] == -1
    assert lesson["goal"]["zh"]
    assert len(lesson["steps"]) == 9


async def test_a_step_runs_at_its_own_speed_and_time_stops_at_its_end(learner: Pupil) -> None:
    await learner.say("lesson", step=LOOK)
    await learner.hear("tick", playing=True, speed=2.0)
    await learner.say("transport", action="speed", speed=60)
    await learner.hear("lesson", step=LOOK, over=True)
    assert await learner.stands() == 20_000_000


async def test_time_does_not_go_on_by_itself_after_a_step(learner: Pupil) -> None:
    await learner.go(GUESS_TIME)
    await learner.say("transport", action="play")
    assert "Go on" in (await learner.hear("error"))["message"]["en"]


async def test_a_question_tells_nothing_before_the_run_has_answered_it(learner: Pupil) -> None:
    await learner.go(GUESS_TIME)
    await learner.answer("q-notready", 40)
    own = await learner.answer("q-notready", 45, 2)
    assert own["asks"]["q-notready"]["given"] == [40, 45]
    assert own["asks"]["q-notready"]["told"] is None


async def test_the_run_reveals_the_answer_beside_ones_own(learner: Pupil) -> None:
    await learner.go(GUESS_TIME)
    await learner.answer("q-notready", 40)
    await learner.answer("q-notready", 2, 2)
    lesson = await learner.go(KILL, over=False)
    await learner.say("transport", action="speed", speed=600)
    lesson = await learner.hear("lesson", over=True)
    assert [ask["id"] for ask in lesson["reveals"]] == ["q-notready"]
    assert lesson["why"] > 0
    assert lesson["shows"][0]["en"].startswith("Nobody told")
    told = (await learner.hear("answers"))["asks"]["q-notready"]["told"]
    assert not told["right"]
    assert told["reply"]["en"].startswith("Nobody is told")


async def test_while_the_step_runs_what_was_asked_is_beside_it(learner: Pupil) -> None:
    await learner.go(GUESS_TIME)
    await learner.answer("q-notready", 40)
    await learner.answer("q-notready", 45, 2)
    lesson = await learner.go(KILL, over=False)
    assert [ask["id"] for ask in lesson["awaits"]] == ["q-notready"]
    await learner.say("transport", action="speed", speed=600)
    assert (await learner.hear("lesson", over=True))["awaits"] == []


async def test_the_data_plane_is_to_be_seen_from_the_first_step_that_speaks_of_it(learner: Pupil) -> None:
    assert not (await learner.go(KILL))["requests"]
    assert (await learner.go(AFTER))["requests"]
    assert (await learner.go(TASK))["requests"]


async def test_an_answer_is_locked(learner: Pupil) -> None:
    await learner.go(GUESS_WHO)
    await learner.answer("q-who", "etcd")
    assert (await learner.answer("q-who", "controller-manager"))["type"] == "error"


async def test_an_answer_after_the_reveal_is_refused(learner: Pupil) -> None:
    await learner.go(TASK)
    assert (await learner.answer("q-notready", 40))["type"] == "error"


async def test_going_back_makes_a_branch_where_the_step_began(learner: Pupil) -> None:
    await learner.go(GUESS_WHO)
    await learner.go(KILL, over=False)
    await learner.back(KILL)
    branches = await sync_to_async(list)(Branch.objects.order_by("pk"))
    assert [branch.forked_at for branch in branches] == [None, 20_000_000]
    await learner.back(LOOK)
    assert learner.last["snapshot"]["t"] < 20_000_000


async def test_a_step_that_is_begun_anew_can_be_answered_anew(learner: Pupil) -> None:
    await learner.go(GUESS_WHO)
    await learner.answer("q-who", "etcd")
    await learner.back(GUESS_WHO)
    own = await learner.answer("q-who", "controller-manager")
    assert own["asks"]["q-who"]["told"]["right"]


async def test_a_reload_loses_nothing(learner: Pupil) -> None:
    await learner.go(GUESS_TIME)
    await learner.answer("q-notready", 40)
    await learner.go(KILL, over=False)
    again = await reload(learner)
    assert again.last["lesson"]["step"] == KILL
    assert again.last["answers"]["asks"]["q-notready"]["given"] == [40]
    await again.say("transport", action="play")
    await again.say("transport", action="speed", speed=600)
    assert (await again.hear("lesson", over=True))["why"] > 0
    await again.leave()


async def test_the_task_gives_hints_and_ends_when_it_is_done(learner: Pupil) -> None:
    lesson = await learner.go(TASK, over=False)
    assert lesson["hints"][0]["en"] == "The kubelet is still down."
    await learner.say("command", id="a", seenT=0, do="start-kubelet", target="n1", now=True)
    await learner.hear("accepted")
    await learner.say("transport", action="speed", speed=60)
    assert (await learner.hear("lesson", over=True))["hints"] == []


async def test_what_a_step_does_not_allow_is_refused(learner: Pupil) -> None:
    await learner.go(TASK, over=False)
    await learner.say("command", id="a", seenT=0, do="power-off", target="n2", now=True)
    assert (await learner.hear("rejected"))["reason"]["en"] == "Not in this step."
    await learner.say("transport", action="next-event")
    assert (await learner.hear("error"))["message"]["en"] == "Not in this step."


async def test_a_lesson_that_is_over_leaves_the_cluster_to_the_learner(learner: Pupil) -> None:
    lesson = await learner.go(TASK + 1)
    assert lesson["free"]
    await learner.say("transport", action="play")
    await learner.hear("tick", playing=True)


async def test_several_answers_are_chosen_at_once(transactional_db: None) -> None:
    text = TEXT.replace("kind: choice", "kind: select").replace("judge-after: mend", "judge-after: choose")
    room = await sync_to_async(open_room)(Offer(load_lesson(text), text), "v1.7", Mode.ALONE)
    pupil = await Pupil(room, Client()).join()
    await pupil.go(2)
    for nonsense in ([], ["gone", "back"], ["back", "back"], "back", ["nowhere"]):
        assert (await pupil.answer("which", nonsense))["type"] == "error"
    own = (await pupil.answer("which", ["back", "gone"]))["asks"]["which"]
    assert own["shown"]["en"] == "back, gone"
    assert own["told"]["right"] is False
    assert own["told"]["reply"]["en"] == "Look again."
    await rooms.close_all()
    await pupil.leave()


def test_every_shipped_lesson_opens_from_the_catalogue(client: Client) -> None:
    page = client.get("/lessons/").content.decode()
    assert "The experiment: the kubelet dies" in page
    answer = client.post("/lessons/kubelet-dies/start/", {"release": "v1.8"})
    room = Room.objects.get()
    assert (answer["location"], room.release) == (room.get_absolute_url(), "v1.8")
