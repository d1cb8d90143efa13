import re
from pathlib import Path

import msgspec
import pytest

from clustersim.lesson import check_file, load_lesson, shipped
from clustersim.lesson.checking.check import shipped_needs
from clustersim.lesson.checking.writing import misconceptions, without_notes
from clustersim.lesson.file.places import STEP
from tests.conftest import ROOT


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


each_page = pytest.mark.parametrize("page", ["instructors.md", "zh/instructors.md"])


def _rows(page: str) -> dict[str, list[str]]:
    """The cells of the table of lessons, by the number of each."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    return {row[1].strip(): [cell.strip() for cell in row[1:]] for row in rows}


@each_page
def test_the_page_for_instructors_lists_every_lesson_with_its_minutes(page: str) -> None:
    lessons = [lesson for lesson in map(load_lesson, shipped()) if lesson.number]
    rows = _rows(page)
    assert {one.number: rows[str(one.number)][3] for one in lessons} == {
        one.number: str(one.minutes) for one in lessons
    }


@each_page
def test_the_page_for_instructors_names_the_lessons_to_take_before(page: str) -> None:
    lessons = [lesson for lesson in map(load_lesson, shipped()) if lesson.number]
    numbers = {one.id: one.number for one in lessons}
    rows = _rows(page)
    assert {one.number: re.findall("[0-9]+", rows[str(one.number)][4]) for one in lessons} == {
        one.number: [str(numbers[name]) for name in one.needs] for one in lessons
    }


@pytest.mark.parametrize("page", ["lessons.md", "zh/lessons.md"])
def test_the_page_of_lesson_files_has_every_function_and_every_part_of_a_step(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    words = [*(f"{name}(" for name in ("happened", "elapsed", "did", "typed", "answered", "right"))]
    words += [f"`{name}`" for name in ("count", "all", "any", "min", "max", "distinct") if page[:2] == "zh"]
    words += [f"`{place.key}`" for place in STEP if place.key != "id"]
    assert [word for word in words if word not in text] == []
