"""The lessons that can be opened: those that come with the model, and those that instructors published."""

from functools import cache, lru_cache
from typing import NamedTuple

import msgspec
import structlog

from clustersim import Scenario
from clustersim.lesson import Lesson, LessonError, load_lesson, scenario_of, shipped
from visualizer.library.models import Publication

logger = structlog.get_logger()


class Offer(NamedTuple):
    """A lesson and the text of its file."""

    lesson: Lesson
    text: str


class NoSuchLesson(Exception):
    """There is no lesson of that id."""


@cache
def shipped_offers() -> tuple[Offer, ...]:
    """The lessons that come with the model, in their order. One that cannot be read is left out, and the log
    says why: it hides no other.
    """
    found = []
    for path in shipped():
        try:
            found.append(Offer(load_lesson(path), path.read_text("utf-8-sig")))
        except (LessonError, OSError) as error:
            logger.error("lesson left out", lesson=path.name, why=str(error))
    return tuple(found)


def offers() -> tuple[Offer, ...]:
    """All lessons that everybody finds: the shipped ones, then the published ones."""
    published = Publication.objects.filter(listed=True).values_list("lesson", "text")
    found = (_published(lesson, text) for lesson, text in published)
    return (*shipped_offers(), *(one for one in found if one is not None))


def offer(lesson: str) -> Offer:
    """The lesson of this id among them. Raises NoSuchLesson."""
    for found in shipped_offers():
        if found.lesson.id == lesson:
            return found
    text = Publication.objects.filter(lesson=lesson, listed=True).values_list("text", flat=True).first()
    published = _published(lesson, text) if text is not None else None
    if published is None:
        raise NoSuchLesson(lesson)
    return published


def published_needs() -> dict[str, tuple[str, ...]]:
    """The published lessons, listed or not, each with those that it needs."""
    texts = Publication.objects.values_list("lesson", "text")
    found = ((lesson, _published(lesson, text)) for lesson, text in texts)
    return {lesson: one.lesson.needs if one is not None else () for lesson, one in found}


def shared_offer(token: str) -> Offer:
    """The published lesson that this link leads to, listed or not. Raises NoSuchLesson."""
    found = Publication.objects.filter(token=token).values_list("lesson", "text").first()
    published = _published(*found) if found is not None else None
    if published is None:
        raise NoSuchLesson(token)
    return published


@lru_cache(maxsize=256)
def _published(lesson: str, text: str) -> Offer | None:
    """A lesson of the library; None where this model cannot read it any more."""
    try:
        return Offer(load_lesson(f"{text}\n"), text)
    except LessonError as error:
        logger.error("published lesson left out", lesson=lesson, why=str(error))
        return None


def scenario(lesson: Lesson, release: str) -> Scenario:
    """The cluster in which the lesson begins, called as the lesson is."""
    found = scenario_of(lesson, release)
    return msgspec.structs.replace(found, title={"en": lesson.title.en, "zh": lesson.title.zh})
