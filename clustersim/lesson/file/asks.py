"""The questions of a lesson file."""

from typing import Any, Final

from clustersim.i18n import Message, _
from clustersim.lesson.expressions.expression import Expression
from clustersim.lesson.expressions.kinds import Kind
from clustersim.lesson.file.schema import Ask, AskKind, Option, Trap
from clustersim.lesson.file.texts import Texts
from clustersim.lesson.judging import UNITS
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.objects import read_name

MISCONCEPTIONS: Final = 25
"""How many misconceptions the reference of the control plane's behaviour refutes."""

MOST_OPTIONS: Final = 12
MOST_TO_SELECT: Final = 8
"""Of these any number can be chosen, and something is said to every choice."""


class AskReader:
    """Reads questions of a lesson with these names; `confidence`: whether they ask for it unless they say."""

    def __init__(self, texts: Texts, *, confidence: bool = False) -> None:
        self.texts = texts
        self.confidence = confidence
        self.complaints = texts.complaints

    def read(self, value: Value) -> Ask:
        """One question."""
        kinds = [_kind(inner) for key, inner in value.items() if key.text() == "kind"]
        if not kinds:
            raise value.error(_("{name} is missing"), name="kind")
        common: Fields = {
            "kind": _kind,
            "id": read_name,
            "text": self.texts.read,
            "rounds": lambda inner: inner.integer(1, 2),
            "confidence": Value.boolean,
            "judge_after": read_name,
            "reply": self.texts.read,
            "explain": self.texts.read,
        }
        own, required = self._own(kinds[0], value)
        fields = self.complaints.whole(value, {**common, **own}, "id", "text", required)
        if "items" in fields:
            fields["options"] = fields.pop("items")
        if "answer" in fields:
            fields["answer"], fields["tolerance"] = fields["answer"]
        return Ask(**{"confidence": self.confidence, **fields})

    def _own(self, kind: AskKind, value: Value) -> tuple[Fields, str]:
        """The keys of a kind of question, and the one that must be there."""
        match kind:
            case AskKind.CHOICE:
                return {"options": self._options}, "options"
            case AskKind.SELECT:
                return {"options": lambda options: self._options(options, MOST_TO_SELECT)}, "options"
            case AskKind.ORDER if value.at("chain") is not None:
                return {"chain": self.texts.moment}, "chain"
            case AskKind.ORDER:
                return {"items": self._items}, "items"
            case AskKind.POINT:
                return {"parts": self._parts, "traps": self._part_traps}, "parts"
        return {"answer": self._answer, "unit": _unit, "traps": self._number_traps}, "answer"

    # --- choice and order --------------------------------------------------------------------------

    def _options(self, value: Value, most: int = MOST_OPTIONS) -> tuple[Option, ...]:
        options = value.each(self._option, most)
        _check_ids(value, options)
        if not any(option.when is not None for option in options):
            raise value.error(_("no option has a `when`, so none can be right"))
        return options

    def _option(self, value: Value) -> Option:
        known: Fields = {
            "id": read_name,
            "en": Value.text,
            "zh": Value.text,
            "when": self.texts.condition,
            "reply": self.texts.read,
            "explain": self.texts.read,
            "misconception": misconception,
        }
        before = len(self.complaints.errors)
        fields = self.complaints.whole(value, known, "id")
        if "when" not in fields and "reply" not in fields and len(self.complaints.errors) == before:
            raise value.error(_("an option is right `when` something holds, or it has a reply"))
        return Option(text=self.texts.inline(value, fields), **_without_text(fields))

    def _items(self, value: Value) -> tuple[Option, ...]:
        items = value.each(self._item, MOST_OPTIONS)
        _check_ids(value, items)
        if len(items) < 2:
            raise value.error(_("there is nothing to put in order"))
        return items

    def _item(self, value: Value) -> Option:
        known: Fields = {"id": read_name, "en": Value.text, "zh": Value.text, "moment": self.texts.moment}
        fields = self.complaints.whole(value, known, "id", "moment")
        return Option(text=self.texts.inline(value, fields), **_without_text(fields))

    # --- numbers -----------------------------------------------------------------------------------

    def _answer(self, value: Value) -> tuple[Expression, float]:
        fields = self.complaints.whole(value, {"from": self._amount, "tolerance": _itself}, "from")
        amount: Expression = fields["from"]
        tolerance = _distance(fields["tolerance"], amount) if "tolerance" in fields else 0.0
        return amount, tolerance

    def _amount(self, value: Value) -> Expression:
        found = self.texts.expression(value)
        if found.type.kind not in (Kind.TIME, Kind.NUMBER):
            values = {"what": Message(Kind.NUMBER), "found": found.type.said}
            raise value.complaint(Message(_("expected {what}, found {found}"), values))
        return found

    def _number_traps(self, value: Value) -> tuple[Trap, ...]:
        return value.each(self._number_trap, MOST_OPTIONS)

    def _number_trap(self, value: Value) -> Trap:
        known: Fields = {"near": self._amount, "within": _itself, **self._refutation()}
        fields = self.complaints.whole(value, known, "near", "within", "reply")
        return Trap(**{**fields, "within": _distance(fields["within"], fields["near"])})

    # --- parts -------------------------------------------------------------------------------------

    def _parts(self, value: Value) -> tuple[str, ...]:
        return value.each(self.texts.part, MOST_OPTIONS)

    def _part_traps(self, value: Value) -> tuple[Trap, ...]:
        return value.each(self._part_trap, MOST_OPTIONS)

    def _part_trap(self, value: Value) -> Trap:
        known: Fields = {"parts": self._parts, **self._refutation()}
        return Trap(**self.complaints.whole(value, known, "parts", "reply"))

    def _refutation(self) -> Fields:
        return {"reply": self.texts.read, "misconception": misconception}


def misconception(value: Value) -> int:
    """The number of a misconception."""
    return value.integer(1, MISCONCEPTIONS)


def _kind(value: Value) -> AskKind:
    return AskKind(value.one_of(list(AskKind)))


def _unit(value: Value) -> str:
    return value.one_of(list(UNITS))


def _itself(value: Value) -> Value:
    return value


def _distance(value: Value, amount: Expression) -> float:
    """How far from an amount: a time from a time, a number from a number."""
    if amount.type.kind is Kind.NUMBER:
        return value.number()
    if value.is_number:
        raise value.error(_("expected a time such as 10s"))
    return float(value.duration())


def _check_ids(value: Value, options: tuple[Option, ...]) -> None:
    ids = [option.id for option in options]
    for name in ids:
        if ids.count(name) > 1:
            raise value.error(_("{name} is given twice"), name=name)


def _without_text(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in ("en", "zh")}
