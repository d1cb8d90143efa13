"""Polls and answers in the database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

from django.db import IntegrityError, transaction

from clustersim.lesson import Ask, AskKind
from clustersim.lesson.expressions.kinds import unit_word
from visualizer.lessons.frames import BarItem
from visualizer.lessons.models import Answer, Poll
from visualizer.lessons.part_names import part_names
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.texts import Texts

MOST_BARS: Final = 8


def of_room(room: int) -> list[Answer]:
    """All answers that count, oldest first."""
    return list(Answer.objects.filter(room_id=room, past=False).order_by("round", "pk"))


def add(given_now: Sequence[Answer]) -> list[bool]:
    """Lock answers, all in one transaction; False for each whose round had been answered."""
    try:
        with transaction.atomic():
            Answer.objects.bulk_create(given_now)
    except IntegrityError:
        return [_add(one) for one in given_now]
    return [True] * len(given_now)


def _add(answer: Answer) -> bool:
    answer.pk = None
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError:
        return False
    return True


def judge(room_lesson: RoomLesson, answers: Iterable[Answer]) -> None:
    """Write down which answers are right, where the run has come to it."""
    changed = []
    for answer in answers:
        ask = room_lesson.ask(answer.ask)
        if answer.right is None and ask is not None and room_lesson.judged(answer.ask):
            answer.right = room_lesson.right(ask, given(answer.answer))[0]
            changed.append(answer)
    Answer.objects.bulk_update(changed, ["right"])


def given(answer: Any) -> str | float | tuple[str, ...] | None:
    """An answer as it was given, from the database."""
    return tuple(answer) if isinstance(answer, list) else answer


def given_by(answers: Iterable[Answer], ask: str, who: str) -> list[Answer]:
    """What one person answered to a question, by round."""
    return [answer for answer in answers if answer.ask == ask and answer.who == who]


def of_last_rounds(room_lesson: RoomLesson, answers: Iterable[Answer]) -> dict[str, list[Any]]:
    """What everybody answered last, by question."""
    last = {(one.ask, one.who): given(one.answer) for one in answers if room_lesson.asked(one.ask)}
    found: dict[str, list[Any]] = {}
    for (ask, _who), answer in last.items():
        found.setdefault(ask, []).append(answer)
    return found


def forget(room: int, asks: Sequence[str]) -> None:
    """The lesson goes back to before these questions: they can be asked again."""
    Answer.objects.filter(room_id=room, ask__in=asks, past=False).update(past=True)
    Poll.objects.filter(room_id=room, ask__in=asks).delete()


def valid(ask: Ask, answer: Any) -> bool:
    """Whether this is an answer to that question at all."""
    ids = [option.id for option in ask.options]
    match ask.kind:
        case AskKind.CHOICE:
            return answer in ids
        case AskKind.NUMBER:
            return isinstance(answer, int | float)
        case AskKind.SELECT:
            return bool(answer) and answer == tuple(name for name in ids if name in answer)
        case AskKind.ORDER:
            return isinstance(answer, tuple) and sorted(answer) == sorted(ids)
    return isinstance(answer, str) and bool(answer)


def unit_words(ask: Ask) -> Texts:
    """The unit of a question in each language; nothing where it has none."""
    return {language: unit_word(ask.unit, language) for language in ("en", "zh")}


def with_unit(number: str, ask: Ask) -> Texts:
    """A number with the unit of its question."""
    return {language: f"{number} {unit}".strip() for language, unit in unit_words(ask).items()}


def in_words(room_lesson: RoomLesson, ask: Ask, answer: Any) -> Texts:
    """An answer for people to read."""
    if answer is None:
        return {"en": "–", "zh": "–"}
    if ask.kind is AskKind.NUMBER:
        return with_unit(f"{answer:g}", ask)
    if ask.kind is AskKind.POINT:
        parts = [answer] if isinstance(answer, str) else list(answer)
        return part_names(parts, ask.kind.between, room_lesson.lesson_run.cluster)
    ask = room_lesson.lesson_run.whole(ask)
    known = {option.id: room_lesson.words(option.text) for option in ask.options}
    ids = [answer] if isinstance(answer, str) else list(answer)
    found = [known.get(name, {"en": name, "zh": name}) for name in ids]
    return {language: ask.kind.between.join(text[language] for text in found) for language in ("en", "zh")}


def bars(room_lesson: RoomLesson, ask: Ask, answers: Iterable[Answer], *, revealed: bool) -> list[BarItem]:
    """How often each answer was given: every option, the numbers in their order, the rest by frequency."""
    counts = Counter(given(answer.answer) for answer in answers if answer.answer is not None)
    if ask.kind is AskKind.NUMBER:
        return _numbers(room_lesson, ask, counts, revealed=revealed)
    if ask.kind is AskKind.CHOICE:
        order: list[Any] = [option.id for option in ask.options]
    else:
        order = [answer for answer, _count in counts.most_common(MOST_BARS)]
    return [
        BarItem(
            label=in_words(room_lesson, ask, answer),
            count=counts[answer],
            right=room_lesson.right(ask, answer)[0] if revealed else None,
        )
        for answer in order
    ]


def _numbers(room_lesson: RoomLesson, ask: Ask, counts: Counter[Any], *, revealed: bool) -> list[BarItem]:
    values = sorted(counts)
    if len(values) > MOST_BARS:
        width = (values[-1] - values[0]) / MOST_BARS
        edges = [values[0] + width * place for place in range(MOST_BARS + 1)]
        found = []
        for low, high in pairwise(edges):
            last = high == edges[-1]
            inside = [v for v in values if low <= v and (v < high or last)]
            right = any(room_lesson.right(ask, v)[0] for v in inside) if revealed else None
            label = with_unit(f"{low:g}–{high:g}", ask)
            found.append(BarItem(label=label, count=sum(counts[v] for v in inside), right=right))
        return found
    return [
        BarItem(
            label=in_words(room_lesson, ask, value),
            count=counts[value],
            right=room_lesson.right(ask, value)[0] if revealed else None,
        )
        for value in values
    ]
