"""A lesson reviewed for its author, who waits: read at once, then checked and swept in parts. Plain data in,
plain data out, to be computed in a worker.
"""

from collections.abc import Iterable, Iterator

import msgspec

from clustersim.bounds import MOST_IN_LESSON
from clustersim.lesson.checking.check import Answered, check_release, shipped_needs, written
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.checking.sweep import sweep
from clustersim.lesson.checking.writing import Needs
from clustersim.lesson.expressions.kinds import unit_word
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.file.loader import load_lesson
from clustersim.lesson.file.schema import Lesson
from clustersim.lesson.timeline import line as timeline_line
from clustersim.scenario.document import Value, parse
from clustersim.scenario.errors import ScenarioError


class Complaint(msgspec.Struct, frozen=True):
    """What is wrong, in the language asked for, and where: line and column from 1 on, 0 for nowhere."""

    text: str
    line: int = 0
    column: int = 0


class Question(msgspec.Struct, frozen=True):
    """A question of the lesson: its id, its step's, its text, and its options' by their ids."""

    id: str
    step: str
    text: str
    line: int
    options: dict[str, str]
    unit: str = ""


class Reading(msgspec.Struct, frozen=True):
    """What reading found. id: the lesson's, empty where it cannot be read; titles: by language; begins: the
    line of each step, also where the lesson cannot be read but its YAML can.
    """

    id: str = ""
    titles: dict[str, str] = {}
    releases: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    begins: tuple[int, ...] = ()

    def step_at(self, line: int) -> int | None:
        """Which step that line belongs to, from 0; None for what stands above the steps."""
        found = [index for index, begin in enumerate(self.begins) if begin <= line]
        return found[-1] if found else None

    @property
    def readable(self) -> bool:
        """It can be opened and checked."""
        return bool(self.id)


def read(text: str, language: str, known: Needs | None = None) -> Reading:
    """Read a lesson; what a teacher would object to counts as complaints, too, if it can be read.
    known: lessons besides the shipped ones.
    """
    try:
        lesson = load_lesson(f"{text}\n")
    except LessonError as error:
        found = tuple(Complaint(one.said(language), one.line, one.column) for one in error.errors)
        return Reading(complaints=found, begins=_begins(text))
    lines = _lines(text)
    titles = {"en": lesson.title.raw("en"), "zh": lesson.title.raw("zh")}
    return Reading(
        id=lesson.id,
        titles=titles,
        releases=lesson.releases,
        steps=tuple(step.id for step in lesson.steps),
        questions=tuple(_questions(lesson, lines, language)),
        begins=_begins(text),
        complaints=tuple(
            _complaint(finding, lines, language)
            for finding in written(lesson, {**shipped_needs(), **(known or {})})
        ),
    )


def _questions(lesson: Lesson, lines: dict[str, int], language: str) -> Iterator[Question]:
    for index, ask in lesson.asks():
        options = {option.id: option.text.raw(language) for option in ask.options}
        text = ask.text.raw(language)
        unit = unit_word(ask.unit, language)
        yield Question(ask.id, lesson.steps[index].id, text, lines.get(ask.id, 0), options, unit)


class Part(msgspec.Struct, frozen=True):
    """What one piece of checking found. bands: of numbers, by question; timeline: what happened, by lines."""

    release: str
    complaints: tuple[Complaint, ...] = ()
    answers: tuple[Answered, ...] = ()
    bands: dict[str, tuple[float, float]] = {}
    timeline: tuple[str, ...] = ()


def check_part(text: str, release: str, language: str) -> Part:
    """Check a readable lesson in one release."""
    lesson = load_lesson(f"{text}\n")
    found = check_release(lesson, release)
    return Part(
        release,
        tuple(_complaint(finding, _lines(text), language) for finding in found.failures),
        found.answers,
        timeline=tuple(timeline_line(entry) for entry in found.transcript),
    )


def sweep_part(text: str, release: str, seeds: Iterable[int], language: str) -> Part:
    """Sweep a readable lesson in one release with these seeds."""
    lesson = load_lesson(f"{text}\n")
    found = sweep(lesson, release, seeds)
    lines = _lines(text)
    complaints = tuple(_complaint(finding, lines, language) for finding in (*found.outside, *found.failures))
    return Part(release, complaints, bands=found.bands)


def _complaint(finding: Finding, lines: dict[str, int], language: str) -> Complaint:
    return Complaint(finding.text(language), lines.get(finding.where, 0), 1)


# --- where things stand ------------------------------------------------------------------------------------


def _lines(text: str) -> dict[str, int]:
    """The line of each step and question, by its id, and of the title and the goal."""
    found: dict[str, int] = {}
    try:
        for key, value in parse(text, most=MOST_IN_LESSON).items():
            if key.text() in ("title", "goal", "needs"):
                found[key.text()] = key.line
            if key.text() == "steps":
                value.each(lambda step: _note(step, found))
    except ScenarioError:
        return found
    return found


def _begins(text: str) -> tuple[int, ...]:
    """The lines at which steps begin; none where they cannot be told."""
    try:
        steps = parse(text, most=MOST_IN_LESSON).at("steps")
        return () if steps is None else steps.each(lambda step: step.line)
    except ScenarioError:
        return ()


def _note(value: Value, found: dict[str, int]) -> None:
    """The line at which a step begins, and its question."""
    for key, inner in value.items():
        if key.text() == "id":
            found.setdefault(inner.text(), inner.line)
        elif key.text() == "ask":
            _note(inner, found)
