"""Blind steps checked: whatever is drawn, the lesson goes on, and the evidence tells each cause apart."""

from collections.abc import Iterator

from clustersim.cluster import Cluster
from clustersim.i18n import _
from clustersim.lesson.blind import evidence, tells, to_draw
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.checking.writing import objection
from clustersim.lesson.file.loader import scenario_of
from clustersim.lesson.file.schema import Cause, Lesson
from clustersim.lesson.play import play_on
from clustersim.lesson.runner import LessonRun


def runs(lesson: Lesson, release: str) -> Iterator[tuple[LessonRun, tuple[Finding, ...]]]:
    """A run for everything that can be drawn, with what the evidence of causes fails to tell apart."""
    for lot in range(max(len(to_draw(step)) for step in lesson.steps)):
        run = LessonRun(lesson, Cluster(scenario_of(lesson, release)))
        run.progress.lot = lot
        found: list[Finding] = []
        for index in range(len(lesson.steps)):
            if play_on(run, index):
                found += _untold(run)
        yield run, tuple(found)


def _untold(run: LessonRun) -> Iterator[Finding]:
    """Of the step that has just been played; the cluster stands where somebody would begin to look."""
    diagnosis, drawn = run.step.diagnosis, run.drawn
    if diagnosis is None or drawn is None:
        return
    for cause in diagnosis.causes:
        if _shows(run, cause) and cause is not drawn:
            text = _("with {drawn}, {command} shows the evidence of {cause}: {shows}")
        elif cause is drawn and not _shows(run, cause):
            text = _("with {drawn}, {command} does not show {shows}")
        else:
            continue
        found = cause.evidence
        yield objection(
            run.step.id,
            text,
            drawn=drawn.id,
            cause=cause.id,
            command=found.command,
            shows=found.shows,
        )


def _shows(run: LessonRun, cause: Cause) -> bool:
    return tells(cause.evidence, evidence(run.cluster, cause).output)
