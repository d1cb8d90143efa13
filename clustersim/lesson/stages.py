"""The stages of a step, one after another: run, checks, and what a learner does, a task or a commitment.

A step is over when it has no stage left. What is drawn for somebody decides which there are.
"""

from typing import Final

import msgspec

from clustersim.engine.time import Micros
from clustersim.lesson.expressions.expression import Expression
from clustersim.lesson.file.schema import Check, Run, Step
from clustersim.lesson.progress import Progress

NOTHING_MORE: Micros = 1 << 62
"""No limit: a learner takes as long as it takes."""
RUN: Final = "run"
CHECK: Final = "check"
TASK: Final = "task"
COMMIT: Final = "commit"
"""Somebody commits themselves to a cause."""


class Stage(msgspec.Struct, frozen=True):
    """A part of a step in which time passes: to `ends` at most, or until the condition holds.

    what: RUN, CHECK, TASK or COMMIT; source: the condition as the file has it.
    """

    what: str
    ends: Micros
    until: Expression | None = None
    source: str = ""
    check: Check | None = None


def stages(step: Step, progress: Progress) -> tuple[Stage, ...]:
    """Of a step that is under way."""
    found = [Stage(RUN, *_span(step.run, progress.began))] if step.run is not None else []
    found += [
        Stage(CHECK, progress.stage_began + check.within, check.that, check.source, check)
        for check in step.checks
    ]
    if step.task is not None and (not step.draw or step.id in progress.drawn):
        found.append(Stage(TASK, NOTHING_MORE, step.task.done, step.task.source))
    elif step.id in progress.drawn:
        if step.diagnosis is not None:
            found.append(Stage(RUN, progress.began + step.diagnosis.span))
        found.append(Stage(COMMIT, NOTHING_MORE))
    return tuple(found)


def _span(run: Run, began: Micros) -> tuple[Micros, Expression | None, str]:
    if run.duration is not None:
        return began + run.duration, None, ""
    return began + run.limit, run.until, run.source
