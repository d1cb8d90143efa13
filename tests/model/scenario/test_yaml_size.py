"""Texts that hold too much are refused before they are read with care."""

from pathlib import Path
from typing import NoReturn

import pytest
from ruamel.yaml import YAML

from clustersim import lesson
from clustersim.bounds import DEEPEST, LARGEST_LESSON, MOST_IN_LESSON
from clustersim.lesson.file.edit import Document, NotEditable
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.file.loader import load_lesson
from clustersim.scenario.document import parse
from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.yaml_size import check_size

SHIPPED = sorted((Path(lesson.__file__).parent / "lessons").glob("*.yaml"))
MUCH = {
    "a list in brackets": "[" + "a," * MOST_IN_LESSON + "a]",
    "a list of lines": "- a\n" * (MOST_IN_LESSON + 1),
    "keys": "\n".join(f"k{number}: v" for number in range(MOST_IN_LESSON)),
    "steps": "steps:\n" + "- {id: a, say: {en: b}}\n" * (MOST_IN_LESSON // 6),
    "brackets in brackets": "[" * 30_000,
    "braces in braces": "{" * 30_000,
    "keys of keys": "? " * 30_000,
    "lists of lists": "- " * (DEEPEST + 2) + "a",
    "aliases": "- &a b\n" + "- *a\n" * 10,
}


def careful(*_args: object, **_kwargs: object) -> NoReturn:
    raise AssertionError("read with care")


@pytest.mark.parametrize("text", MUCH.values(), ids=MUCH)
def test_what_holds_too_much_for_a_lesson_is_never_read_with_care(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(YAML, "load", careful)
    monkeypatch.setattr(YAML, "compose", careful)
    with pytest.raises(NotEditable):
        Document(text)
    with pytest.raises(LessonError, match=r"too large or too deep|aliases"):
        load_lesson(f"{text}\n")


def test_a_text_longer_than_a_lesson_may_be_is_not_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(YAML, "load", careful)
    with pytest.raises(NotEditable):
        Document("steps: [{}]\n" + "#" * LARGEST_LESSON)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_lesson_holds_a_third_of_what_it_may(path: Path) -> None:
    check_size(path.read_text("utf-8"), MOST_IN_LESSON // 3, longest=LARGEST_LESSON // 3)


def test_a_mistake_is_told_by_who_reads_with_care() -> None:
    check_size("a: [b\n", 10)
    with pytest.raises(ScenarioError, match="is not closed"):
        parse("a: [b\n")
