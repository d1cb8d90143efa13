"""What every possible answer to a question comes to, so that a page can say it without asking anybody."""

from collections.abc import Iterator
from itertools import combinations

from clustersim.lesson import Ask, AskKind
from clustersim.lesson.expressions.evaluate import evaluate
from clustersim.lesson.judging import scale
from visualizer.lessons.lesson_items import told
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.recordings.recording import RangeItem, Verdicts

NO_ANSWER = ""
FAR_AWAY = -1e12


def verdicts(room_lesson: RoomLesson, ask: Ask) -> Verdicts:
    """Of a question that the run has answered."""
    right = room_lesson.lesson_run.progress.truths[ask.id]
    known: list[str] = []
    other: str | float | tuple[str, ...] = NO_ANSWER
    answers = {}
    match ask.kind:
        case AskKind.CHOICE:
            known = [option.id for option in ask.options]
        case AskKind.POINT:
            known = [*ask.parts, *(part for trap in ask.traps for part in trap.parts)]
        case AskKind.SELECT:
            answers = {" > ".join(some): told(room_lesson, ask, some) for some in _selections(ask)}
            other = ()
        case AskKind.ORDER:
            answers[" > ".join(right.right)] = told(room_lesson, ask, right.right)
            other = right.right[::-1]
        case AskKind.NUMBER:
            other = FAR_AWAY
    return Verdicts(
        answers=answers | {answer: told(room_lesson, ask, answer) for answer in known},
        ranges=_ranges(room_lesson, ask, right.number),
        other=told(room_lesson, ask, other),
        skipped=told(room_lesson, ask, None),
    )


def _selections(ask: Ask) -> Iterator[tuple[str, ...]]:
    """Whatever can be selected, in the order of the lesson."""
    ids = [option.id for option in ask.options]
    for count in range(1, len(ids) + 1):
        yield from combinations(ids, count)


def _ranges(room_lesson: RoomLesson, ask: Ask, right: float | None) -> list[RangeItem]:
    """The right numbers, and then those that the question expects to be given instead."""
    if right is None:
        return []
    unit = scale(ask)
    spans = [(right, ask.tolerance / unit)]
    for trap in ask.traps:
        near = evaluate(trap.near, room_lesson.lesson_run.look) if trap.near is not None else None
        if isinstance(near, int | float):
            spans.append((near / unit, trap.within / unit))
    return [
        RangeItem(low=middle - width, high=middle + width, told=told(room_lesson, ask, middle))
        for middle, width in spans
    ]
