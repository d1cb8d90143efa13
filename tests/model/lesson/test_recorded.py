"""What somebody did becomes a lesson that passes its check."""

import msgspec
import pytest

from clustersim import Command
from clustersim.engine.time import SECOND
from clustersim.lesson import check, load_lesson
from clustersim.lesson.checking.sweep import sweep
from clustersim.lesson.recorded import BASE, UNDONE, Closed, Done, Recorded, open_questions
from clustersim.lesson.recorded_text import write

STOP = Done(5_123_456, Command("stop-kubelet", "n1"))
START = Done(200 * SECOND, Command("start-kubelet", "n1"))
LOOK = Closed(3 * SECOND, {"en": "Three nodes."})
STOPPED = Closed(65 * SECOND + 77, {"en": "The kubelet of n1 stops."}, "n1.status")


def text_of(recorded: Recorded) -> str:
    return write(recorded, {"en": "Recorded"}, {"en": "See."}, {"en": "Why?"}, "recorded")


def complaints(text: str) -> list[str]:
    return [failure.text() for failure in check(load_lesson(text)).failures]


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_recording_becomes_a_lesson_that_passes_its_check(release: str) -> None:
    text = text_of(Recorded(BASE, release, (STOP,), (LOOK, STOPPED)))
    assert complaints(text) == []
    steps = {step.id: step for step in load_lesson(text).steps}
    assert list(steps) == ["step-1", "guess-2", "step-2", "mend", "think"]
    assert [(action.at, action.do, action.target) for action in steps["step-2"].do] == [
        (2_100_000, "stop-kubelet", "n1")
    ]
    assert steps["step-2"].run.duration == 62 * SECOND  # type: ignore[union-attr]
    assert steps["step-2"].checks[0].source == "n1.status == 'NotReady'"
    assert steps["mend"].task.done  # type: ignore[union-attr]


def test_a_recording_is_written_the_same_every_time() -> None:
    recorded = Recorded(BASE, "v1.7", (STOP,), (LOOK, STOPPED))
    assert text_of(recorded) == text_of(recorded)


def test_a_step_can_be_left_to_students() -> None:
    closed = (STOPPED, Closed(230 * SECOND, {"en": "Start it again."}, task=True))
    text = text_of(Recorded(BASE, "v1.7", (STOP, START), closed))
    assert complaints(text) == []
    steps = {step.id: step for step in load_lesson(text).steps}
    assert steps["task-2"].task.solution[0].do == "start-kubelet"  # type: ignore[union-attr]
    assert "start-kubelet" in steps["task-2"].allow
    assert "mend" not in steps


def test_what_could_be_asked_is_what_changed() -> None:
    recorded = Recorded(BASE, "v1.7", (STOP,), (LOOK,))
    asked = {one.text: one.said.text() for one in open_questions(recorded, 66 * SECOND)}
    assert asked["n1.status"] == "What STATUS will n1 have at the end?"
    assert "elapsed(action:act-2, node-not-ready[n1])" in asked
    assert "n2.status" not in asked


def test_how_long_something_takes_is_asked_with_room_for_the_phases() -> None:
    question = "elapsed(action:act-1, node-not-ready[n1])"
    closed = (msgspec.structs.replace(STOPPED, question=question),)
    lesson = load_lesson(text_of(Recorded(BASE, "v1.7", (STOP,), closed)))
    assert sweep(lesson, "v1.7", range(1, 6)).outside == ()


def test_a_recording_without_acts_is_still_a_lesson_and_says_what_it_lacks() -> None:
    assert "no step has `ask`" in complaints(text_of(Recorded(BASE, "v1.7", (), (LOOK,))))


def test_what_the_cluster_refuses_is_left_out() -> None:
    refused = Done(SECOND, Command("delete-pod", "pods/default/none"))
    text = text_of(Recorded(BASE, "v1.7", (refused, STOP), (STOPPED,)))
    assert "delete-pod" not in text
    assert complaints(text) == []


def test_a_sentence_with_signs_of_yaml_stays_what_it_is() -> None:
    said = 'A: "b", [c] # d'
    text = text_of(Recorded(BASE, "v1.7", (STOP,), (msgspec.structs.replace(STOPPED, say={"zh": said}),)))
    say = next(step.say for step in load_lesson(text).steps if step.id == "step-1")
    assert say is not None
    assert say.raw("en") == say.raw("zh") == said


@pytest.mark.parametrize(
    "verb", [verb for verb in UNDONE if "kubelet" in verb or verb in ("power-off", "cordon")]
)
def test_what_was_done_last_is_put_right_at_the_end(verb: str) -> None:
    acts = (Done(2 * SECOND, Command(verb, "n2")),)
    text = text_of(Recorded(BASE, "v1.7", acts, (Closed(90 * SECOND, {"en": "Look."}),)))
    task = next(step.task for step in load_lesson(text).steps if step.id == "mend")
    assert task is not None
    assert task.solution[0].do == UNDONE[verb]
    assert not [text for text in complaints(text) if "task" in text and "no step" not in text]
