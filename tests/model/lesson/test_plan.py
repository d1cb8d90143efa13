"""The short form of a lesson: where it stops, how long it takes, and what it must not leave open."""

import pytest

from clustersim.lesson import Lesson, load_lesson, shipped
from clustersim.lesson.checking.writing import complaints
from clustersim.lesson.plan import SHORT, WHOLE, has_short_form, minutes, next_stop, stops
from tests.model.lesson.small import TEXT

SHORTENED = TEXT.replace("  - id: guess\n", "  - id: guess\n    core: true\n")


def objections(lesson: Lesson) -> list[str]:
    return [finding.text("en") for finding in complaints(lesson)]


def test_a_whole_lesson_stops_at_every_step() -> None:
    lesson = load_lesson(TEXT)
    assert not has_short_form(lesson)
    assert stops(lesson, WHOLE) == tuple(range(len(lesson.steps)))
    assert minutes(lesson, WHOLE) == lesson.minutes


def test_a_short_form_stops_at_its_own_steps_alone() -> None:
    lesson = load_lesson(SHORTENED)
    assert stops(lesson, SHORT) == (0,)
    assert next_stop(lesson, SHORT, -1) == 0
    assert next_stop(lesson, SHORT, 0) is None
    assert 0 < minutes(lesson, SHORT) < lesson.minutes


def test_a_short_form_that_asks_without_an_answer_or_has_no_end_is_complained_of() -> None:
    found = " ".join(objections(load_lesson(SHORTENED)))
    assert "asks this and leaves out its answer" in found
    assert "leaves out the last step" in found


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_time_passes_with_every_step_of_a_plan(path: object) -> None:
    lesson = load_lesson(path)  # type: ignore[arg-type]
    for plan in (WHOLE, SHORT):
        passed = [minutes(lesson, plan, stop) for stop in stops(lesson, plan)]
        assert passed == sorted(passed)
        assert not passed or passed[-1] < minutes(lesson, plan)
