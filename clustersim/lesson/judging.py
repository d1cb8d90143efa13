"""Questions judged: what the run says is right, and what to say to an answer."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.lesson.expressions.evaluate import evaluate, holds, times
from clustersim.lesson.expressions.expression import Expression, Happened
from clustersim.lesson.expressions.kinds import Kind, unit_word, written
from clustersim.lesson.expressions.terms import Term, terms
from clustersim.lesson.file.schema import Ask, AskKind, Text, Trap
from clustersim.lesson.look import Given, Look

UNITS: Final = {"ms": SECOND // 1000, "s": SECOND, "min": MINUTE}
"""Microseconds of the units in which a time can be asked for."""

Answer = str | float | Sequence[str]
"""The id of an option or part, a number in the unit asked for, or ids in their order."""


class Truth(msgspec.Struct, frozen=True):
    """What was right when the question was judged.

    right: ids of options or parts, in their order where order is asked; number: in the question's unit;
    shown: for people. Both empty: the run has no answer.
    """

    right: tuple[str, ...] = ()
    number: float | None = None
    shown: str = ""

    @property
    def known(self) -> bool:
        """There is a right answer."""
        return bool(self.right) or self.number is not None


class Judgement(msgspec.Struct, frozen=True):
    """An answer judged. `reply`: what to say to it; `misconception`: the one behind it, 0 for none."""

    right: bool
    reply: Text | None = None
    misconception: int = 0


def truth(ask: Ask, look: Look, since: Micros) -> Truth:
    """The right answer, as the run has it now. `since`: when it was asked: what it puts in order is
    what happened first after that, or else what happened at all."""
    match ask.kind:
        case AskKind.CHOICE | AskKind.SELECT:
            options = [option for option in ask.options if option.when is not None]
            return _of_ids(tuple(option.id for option in options if option.when and holds(option.when, look)))
        case AskKind.POINT:
            return _of_ids(ask.parts)
        case AskKind.ORDER:
            return _order(ask, look, since)
    return _number(ask, look)


def undecided(ask: Ask, look: Look) -> tuple[Term, ...]:
    """The values for which the run has no answer to a question."""
    found: dict[str, Term] = {}
    asked: list[Expression] = [option.when for option in ask.options if option.when is not None]
    asked += [Happened(option.moment) for option in ask.options if option.moment is not None]
    asked += [] if ask.answer is None else [ask.answer]
    for expression in asked:
        found.update({term.text: term for term in terms(expression, look)})
    return tuple(found.values())


def _order(ask: Ask, look: Look, since: Micros) -> Truth:
    if ask.chain is not None:
        links = tuple(option.id for option in ask.options)
        return Truth(links, None, str(len(links))) if links else Truth()
    found: list[tuple[Micros, str]] = []
    for option in ask.options:
        all_times = times(option.moment, look) if option.moment is not None else []
        if not all_times:
            return Truth()
        found.append((next((t for t in all_times if t >= since), all_times[0]), option.id))
    return _of_ids(tuple(name for _t, name in sorted(found, key=lambda pair: pair[0])))


def _of_ids(ids: tuple[str, ...]) -> Truth:
    return Truth(ids, None, ", ".join(ids))


def _number(ask: Ask, look: Look) -> Truth:
    value = evaluate(ask.answer, look) if ask.answer is not None else None
    if ask.answer is None or not isinstance(value, int | float):
        return Truth()
    return Truth((), value / scale(ask), written(value, ask.answer.type.kind))


def scale(ask: Ask) -> int:
    """How much one of the question's unit is in values of expressions."""
    is_time = ask.answer is not None and ask.answer.type.kind is Kind.TIME
    return UNITS.get(ask.unit, SECOND) if is_time else 1


def in_unit(number: float, ask: Ask, language: str) -> str:
    """A number in the unit in which it was asked for: "40 s", "303.2 s (5 min 3.2 s)"."""
    assert ask.answer is not None
    text = f"{round(number, 1):g} {unit_word(ask.unit, language)}".strip()
    if ask.answer.type.kind is not Kind.TIME:
        return text
    time = number * scale(ask)
    if ask.unit != "s" or time < MINUTE:
        return text
    said = written(time, Kind.TIME, language)
    return f"{text}（{said}）" if language.startswith("zh") else f"{text} ({said})"


def judge(ask: Ask, answer: Answer, right: Truth, look: Look) -> Judgement:
    """What to say to an answer."""
    match ask.kind:
        case AskKind.CHOICE:
            return _choice(ask, str(answer), right)
        case AskKind.SELECT:
            return _selection(ask, answer, right)
        case AskKind.POINT:
            if str(answer) in right.right:
                return Judgement(True)
            return _trapped(ask, next((trap for trap in ask.traps if str(answer) in trap.parts), None))
        case AskKind.ORDER:
            given = _ids(answer)
            return Judgement(given == right.right, None if given == right.right else ask.reply)
    return _judged_number(ask, answer, right, look)


def is_right(ask: Ask, answer: Answer | None, right: Truth) -> bool:
    """Whether an answer is right."""
    match ask.kind:
        case _ if answer is None:
            return False
        case AskKind.CHOICE | AskKind.POINT:
            return str(answer) in right.right
        case AskKind.SELECT:
            return sorted(_ids(answer)) == sorted(right.right)
        case AskKind.ORDER:
            return _ids(answer) == right.right
    if right.number is None or not isinstance(answer, int | float):
        return False
    return abs(answer - right.number) * scale(ask) <= ask.tolerance


def together(ask: Ask, answers: Sequence[Answer | None], right: Truth | None) -> Given:
    """Everybody's answers to a question as one. None: somebody was not sure."""
    ids = Counter(name for answer in answers for name in (_ids(answer) or (str(answer),)))
    most = max(ids.values(), default=0)
    known = right is not None and right.known and bool(answers)
    hits = sum(is_right(ask, answer, right) for answer in answers) if right is not None else 0
    chosen = tuple(name for name in choices(ask) if ids[name] == most > 0)
    return Given(chosen, 2 * hits >= len(answers) if known else None)


def right_one(ask: Ask, truth: Truth) -> Answer | None:
    """An answer that is right."""
    if ask.kind in (AskKind.SELECT, AskKind.ORDER):
        return truth.right
    return truth.right[0] if truth.right else truth.number


def _parts_of(ask: Ask) -> tuple[str, ...]:
    """The parts of the picture that a question knows: the right ones, and its traps."""
    return (*ask.parts, *(part for trap in ask.traps for part in trap.parts))


def choices(ask: Ask) -> tuple[str, ...]:
    """What an answer to a question can be called by; nothing where it is a number or an order."""
    if ask.kind in (AskKind.NUMBER, AskKind.ORDER):
        return ()
    return tuple(option.id for option in ask.options) or _parts_of(ask)


def explanations(ask: Ask, right: Truth) -> tuple[Text, ...]:
    """Why the answer is what it is: of the options that are right, and of the question."""
    found = [option.explain for option in ask.options if option.id in right.right]
    return tuple(text for text in (*found, ask.explain) if text is not None)


def _choice(ask: Ask, answer: str, right: Truth) -> Judgement:
    option = next((option for option in ask.options if option.id == answer), None)
    if answer in right.right or option is None:
        return Judgement(option is not None)
    return Judgement(False, option.reply or ask.reply, option.misconception)


def _selection(ask: Ask, answer: Answer, right: Truth) -> Judgement:
    """All that are right and no other. Of several wrong ones the first with a reply is spoken of."""
    given = _ids(answer)
    if sorted(given) == sorted(right.right):
        return Judgement(True)
    wrong = [option for option in ask.options if option.id in given and option.id not in right.right]
    for option in wrong:
        if option.reply is not None:
            return Judgement(False, option.reply, option.misconception)
    return Judgement(False, ask.reply)


def _ids(answer: Answer | None) -> tuple[str, ...]:
    return tuple(answer) if isinstance(answer, Sequence) and not isinstance(answer, str) else ()


def _judged_number(ask: Ask, answer: Answer, right: Truth, look: Look) -> Judgement:
    if right.number is None or not isinstance(answer, int | float):
        return Judgement(False, ask.reply)
    unit = scale(ask)
    if abs(answer - right.number) * unit <= ask.tolerance:
        return Judgement(True)
    for trap in ask.traps:
        near = evaluate(trap.near, look) if trap.near is not None else None
        if isinstance(near, int | float) and abs(answer * unit - near) <= trap.within:
            return _trapped(ask, trap)
    return _trapped(ask, None)


def _trapped(ask: Ask, trap: Trap | None) -> Judgement:
    if trap is None:
        return Judgement(False, ask.reply)
    return Judgement(False, trap.reply, trap.misconception)
