"""The questions of a lesson file."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from clustersim.i18n import _
from clustersim.lesson.kinds import Kind
from clustersim.lesson.schema import Ask, AskKind, Option, Text, Trap
from clustersim.lesson.texts import Texts
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.objects import read_name

MISCONCEPTIONS: Final = 25
"""How many misconceptions the reference of the control plane's behaviour refutes."""

MOST_OPTIONS: Final = 12


class AskReader:
    """Reads questions of a lesson with these names."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._kinds: dict[str, Callable[[Value], Fields]] = {
            AskKind.CHOICE: lambda _value: {"options": self._options},
            AskKind.ORDER: lambda _value: {"items": self._items},
            AskKind.POINT: lambda _value: {"parts": self._parts, "traps": self._part_traps},
            AskKind.NUMBER: self._number_fields,
        }

    def read(self, value: Value) -> Ask:
        """One question."""
        kind = next((inner for key, inner in value.items() if key.text() == "kind"), None)
        if kind is None:
            raise value.error(_("{name} is missing"), name="kind")
        common: Fields = {
            "kind": lambda inner: AskKind(inner.one_of(list(AskKind))),
            "id": read_name,
            "text": self.texts.read,
            "rounds": lambda inner: inner.integer(1, 2),
            "judge_after": read_name,
            "reply": self.texts.read,
        }
        name = common["kind"](kind)
        fields = self.texts.complaints.fields(value, {**common, **self._kinds[name](value)})
        required = {
            AskKind.CHOICE: ("options",),
            AskKind.ORDER: ("items",),
            AskKind.POINT: ("parts",),
            AskKind.NUMBER: ("answer",),
        }
        for key in ("id", "text", *required[name]):
            if key not in fields and not _given(value, key):
                raise value.error(_("{name} is missing"), name=key)
        if "items" in fields:
            fields["options"] = fields.pop("items")
        answer, tolerance = fields.pop("answer", (None, 0.0))
        return _ask({**fields, "answer": answer, "tolerance": tolerance})

    # --- choice and order --------------------------------------------------------------------------

    def _options(self, value: Value) -> tuple[Option, ...]:
        options = value.each(self._option, MOST_OPTIONS)
        _check_ids(value, options)
        if not any(option.when is not None for option in options):
            raise value.error(_("no option has a `when`, so none can be right"))
        return options

    def _option(self, value: Value) -> Option:
        fields = self.texts.complaints.fields(
            value,
            {
                "id": read_name,
                "en": Value.text,
                "zh": Value.text,
                "when": self.texts.condition,
                "reply": self.texts.read,
                "misconception": misconception,
            },
        )
        if "id" not in fields:
            raise value.error(_("{name} is missing"), name="id")
        if "when" not in fields and "reply" not in fields:
            raise value.error(_("an option is right `when` something holds, or it has a reply"))
        text = self.texts.inline(value, fields)
        fields = {key: fields[key] for key in fields if key not in ("en", "zh")}
        return Option(text=text, **fields)

    def _items(self, value: Value) -> tuple[Option, ...]:
        def item(inner: Value) -> Option:
            known: Fields = {
                "id": read_name,
                "en": Value.text,
                "zh": Value.text,
                "moment": self.texts.moment,
            }
            fields = self.texts.complaints.fields(inner, known)
            for key in ("id", "moment"):
                if key not in fields:
                    raise inner.error(_("{name} is missing"), name=key)
            text = self.texts.inline(inner, fields)
            return Option(id=fields["id"], text=text, moment=fields["moment"])

        items = value.each(item, MOST_OPTIONS)
        _check_ids(value, items)
        if len(items) < 2:
            raise value.error(_("there is nothing to put in order"))
        return items

    # --- numbers -----------------------------------------------------------------------------------

    def _number_fields(self, value: Value) -> Fields:
        kinds: dict[str, Kind] = {}

        def answer(inner: Value) -> Any:
            def expression(text: Value) -> Any:
                found = self.texts.expression(text)
                if found.type.kind not in (Kind.TIME, Kind.NUMBER):
                    raise text.error(
                        _("expected {what}, found {found}"), what=Kind.NUMBER, found=str(found.type)
                    )
                kinds["answer"] = found.type.kind
                return found

            known: Fields = {"from": expression, "tolerance": _tolerance}
            fields = inner.fields(known)
            if "from" not in fields:
                raise inner.error(_("{name} is missing"), name="from")
            return fields["from"], fields.get("tolerance", 0.0)

        def unit(inner: Value) -> Text | str:
            return inner.text()

        return {"answer": answer, "unit": unit, "traps": self._number_traps}

    def _number_traps(self, value: Value) -> tuple[Trap, ...]:
        def trap(inner: Value) -> Trap:
            known: Fields = {
                "near": self.texts.expression,
                "within": _tolerance,
                "reply": self.texts.read,
                "misconception": misconception,
            }
            return _trap(inner, self.texts.complaints.fields(inner, known), "near")

        return value.each(trap, MOST_OPTIONS)

    # --- parts -------------------------------------------------------------------------------------

    def _parts(self, value: Value) -> tuple[str, ...]:
        return value.each(self.texts.part, MOST_OPTIONS)

    def _part_traps(self, value: Value) -> tuple[Trap, ...]:
        def trap(inner: Value) -> Trap:
            known: Fields = {
                "parts": self._parts,
                "reply": self.texts.read,
                "misconception": misconception,
            }
            return _trap(inner, self.texts.complaints.fields(inner, known), "parts")

        return value.each(trap, MOST_OPTIONS)


def misconception(value: Value) -> int:
    """The number of a misconception."""
    return value.integer(1, MISCONCEPTIONS)


def _tolerance(value: Value) -> float:
    return value.number() if value.is_number else float(value.duration())


def _trap(value: Value, fields: dict[str, Any], key: str) -> Trap:
    for name in (key, "reply"):
        if name not in fields:
            raise value.error(_("{name} is missing"), name=name)
    return Trap(**fields)


def _given(value: Value, name: str) -> bool:
    return any(key.text().replace("-", "_") == name for key, _inner in value.items())


def _check_ids(value: Value, options: tuple[Option, ...]) -> None:
    seen: dict[str, bool] = {}
    for option in options:
        if option.id in seen:
            raise value.error(_("{name} is given twice"), name=option.id)
        seen[option.id] = True


def _ask(fields: dict[str, Any]) -> Ask:
    # What could not be read was complained of; the question is made of the rest, and never used.
    return msgspec.structs.replace(
        Ask(id="", kind=AskKind.CHOICE, text=Text("")), **{k: v for k, v in fields.items() if v is not None}
    )
