"""How much of a lesson a class takes: all of it, or its short form.

In the short form a class stops at the steps that are marked `core` alone. The lesson plays those between by
itself, so every step finds the cluster as the whole lesson leaves it, and what it claims stays true.
"""

from collections.abc import Callable
from typing import Final

from clustersim.lesson.file.schema import Lesson, Step

WHOLE: Final = "whole"
SHORT: Final = "short"

_LOOKING: Final = 1.0
_ASKING: Final = 2.0
_DOING: Final = 4.0


def has_short_form(lesson: Lesson) -> bool:
    """Some of its steps are marked."""
    return any(step.core for step in lesson.steps)


def stops(lesson: Lesson, plan: str) -> tuple[int, ...]:
    """The steps at which a class stops, by their index."""
    return tuple(index for index, step in enumerate(lesson.steps) if plan == WHOLE or step.core)


def next_stop(
    lesson: Lesson, plan: str, index: int, comes: Callable[[int], bool] = lambda _step: True
) -> int | None:
    """The step to go on with after this one; None after the last. comes: whether a step is not left out."""
    return next((stop for stop in stops(lesson, plan) if stop > index and comes(stop)), None)


def minutes(lesson: Lesson, plan: str, until: int | None = None) -> int:
    """About how long it takes, or how long until this step begins: the minutes of the lesson, shared among
    its steps by what is done in them.
    """
    whole = sum(_weight(step) for step in lesson.steps)
    taken = (lesson.steps[stop] for stop in stops(lesson, plan) if until is None or stop < until)
    return round(lesson.minutes * sum(_weight(step) for step in taken) / whole)


def _weight(step: Step) -> float:
    if step.own_copy:
        return _DOING
    if step.ask is not None:
        return _ASKING * step.ask.rounds
    return _ASKING if step.reflect is not None else _LOOKING
