"""Lessons that go on by what was answered: played with every answer that leads somewhere else."""

from collections.abc import Iterable, Iterator
from typing import Final

from clustersim.i18n import _
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.checking.writing import objection
from clustersim.lesson.expressions.expression import Answered, Expression, Right, parts
from clustersim.lesson.file.schema import AskKind, Lesson
from clustersim.lesson.judging import Answer, choices
from clustersim.lesson.play import Answers, play
from clustersim.lesson.runner import LessonRun

MOST_RUNS: Final = 40
"""Of more answers, these are played."""


def runs(lesson: Lesson, release: str) -> Iterator[LessonRun]:
    """A run for each other answer to each question by which the lesson goes on."""
    for instead in _ways(lesson):
        yield play(lesson, release, instead=instead)


def without_way(lesson: Lesson, played: Iterable[LessonRun]) -> Iterator[Finding]:
    """Steps to which none of these runs came."""
    begun = {entry.step for run in played for entry in run.progress.transcript if entry.what == "step"}
    for step in lesson.steps:
        if step.id not in begun:
            yield objection(step.id, _("nothing that is answered leads here"))


def _ways(lesson: Lesson) -> list[Answers]:
    asked = dict.fromkeys(name for step in lesson.steps if step.when for name in _asks_in(step.when))
    found: list[Answers] = []
    for _index, ask in lesson.asks():
        if ask.id in asked:
            several = ask.kind is AskKind.SELECT
            answers: list[Answer | None] = [(one,) if several else one for one in choices(ask)]
            found += [{ask.id: answer} for answer in (*answers, None)]
    return found[:MOST_RUNS]


def _asks_in(condition: Expression) -> Iterator[str]:
    """The questions whose answers a condition depends on."""
    for part in parts(condition):
        if isinstance(part, Answered | Right):
            yield part.ask
