from pathlib import Path

import msgspec
import pytest

from clustersim.lesson import check_file, load_lesson, shipped
from clustersim.lesson.check import shipped_needs
from clustersim.lesson.writing import misconceptions, without_notes


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_shipped_lesson_is_true(path: Path) -> None:
    assert check_file(path).failures == ()


def test_lessons_need_only_lessons_that_are_there() -> None:
    lessons = [load_lesson(path) for path in shipped()]
    known = [lesson.id for lesson in lessons]
    assert len(known) == len(dict.fromkeys(known, True))
    assert [name for lesson in lessons for name in lesson.needs if name not in known] == []
    assert shipped_needs() == {lesson.id: lesson.needs for lesson in lessons}


@pytest.mark.parametrize("form", ["a", "b"])
def test_each_form_of_the_inventory_names_every_misconception(form: str) -> None:
    path = next(path for path in shipped() if path.stem == f"00-inventory-{form}")
    assert misconceptions(load_lesson(path)) == tuple(range(1, 26))


def test_a_step_of_a_shipped_lesson_without_notes_is_told() -> None:
    lesson = load_lesson(next(path for path in shipped() if path.stem.startswith("01")))
    silent = msgspec.structs.replace(lesson.steps[0], notes=None)
    found = list(without_notes(msgspec.structs.replace(lesson, steps=(silent, *lesson.steps[1:]))))
    assert [one.where for one in found] == [silent.id]
