"""The lessons that can be opened: those that come with the model."""

from functools import cache
from typing import NamedTuple

import msgspec
import structlog

from clustersim import Scenario
from clustersim.lesson import Lesson, LessonError, load_lesson, scenario_of, shipped

logger = structlog.get_logger()


class Offer(NamedTuple):
    """A lesson and the text of its file."""

    lesson: Lesson
    text: str


class NoSuchLesson(Exception):
    """There is no lesson of that id."""


@cache
def offers() -> tuple[Offer, ...]:
    """All lessons in their order. One that cannot be read is left out, and the log says why: it hides no
    other.
    """
    found = []
    for path in shipped():
        try:
            found.append(Offer(load_lesson(path), path.read_text("utf-8-sig")))
        except (LessonError, OSError) as error:
            logger.error("lesson left out", lesson=path.name, why=str(error))
    return tuple(found)


def offer(lesson: str) -> Offer:
    """The lesson of this id. Raises NoSuchLesson."""
    for found in offers():
        if found.lesson.id == lesson:
            return found
    raise NoSuchLesson(lesson)


def scenario(lesson: Lesson, release: str) -> Scenario:
    """The cluster in which the lesson begins, called as the lesson is."""
    found = scenario_of(lesson, release)
    return msgspec.structs.replace(found, title={"en": lesson.title.en, "zh": lesson.title.zh})
