"""Texts, conditions, moments and parts as they stand in a lesson file, read with the names of its cluster."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from clustersim.i18n import _
from clustersim.lesson.expressions.expression import Expression, Moment
from clustersim.lesson.expressions.kinds import Kind, Type
from clustersim.lesson.expressions.names import Names
from clustersim.lesson.expressions.parser import parse_expression, parse_moment
from clustersim.lesson.expressions.tokens import ExpressionError
from clustersim.lesson.file.errors import Complaints
from clustersim.lesson.file.schema import Text
from clustersim.scenario.document import Value

T = TypeVar("T")

BRACES: Final = re.compile(r"\{([^{}]*)\}")


class Texts:
    """Reads the single values of a lesson. `draft`: a text may still lack one of its
    languages."""

    def __init__(self, names: Names, complaints: Complaints, *, draft: bool = False) -> None:
        self.names = names
        self.complaints = complaints
        self.draft = draft
        self.incomplete: list[int] = []

    def remember(self, name: str, type_: Type) -> None:
        """From now on this name is a value of that type."""
        known = {**self.names.remembered, name: type_}
        self.names = msgspec.structs.replace(self.names, remembered=known)

    def read(self, value: Value) -> Text:
        """{en: ..., zh: ...}, or a plain English text in a draft."""
        if not value.is_mapping:
            return self._text(value, {"en": value}, value)
        raw = {key.text(): inner for key, inner in value.items(2)}
        for key, _inner in value.items():
            key.one_of(("en", "zh"), _("unknown key {name}"))
        return self._text(value, raw, value)

    def inline(self, value: Value, fields: Mapping[str, Any]) -> Text:
        """en and zh that stand among other keys."""
        raw = {key.text(): inner for key, inner in value.items() if key.text() in ("en", "zh")}
        return self._text(value, {key: raw[key] for key in raw if key in fields}, value)

    def _text(self, value: Value, raw: Mapping[str, Value], where: Value) -> Text:
        if "en" not in raw and not (self.draft and "zh" in raw):
            raise where.error(_("{name} is missing"), name="en")
        if "zh" not in raw and not self.draft:
            raise where.error(_("{name} is missing"), name="zh")
        values: dict[str, Expression] = {}
        for inner in raw.values():
            for match in BRACES.finditer(inner.text()):
                values[match[1]] = self._value_in(inner, match[1], match.start(1))
        en, zh = (raw[language].text() if language in raw else "" for language in ("en", "zh"))
        return Text(en, zh, values)

    def _value_in(self, value: Value, text: str, at: int) -> Expression:
        return _placed(value, lambda: parse_expression(text, self.names), at)

    def expression(self, value: Value, wanted: Kind | None = None) -> Expression:
        """An expression of that kind, or of any."""
        return _placed(value, lambda: parse_expression(value.text(), self.names, wanted))

    def condition(self, value: Value) -> Expression:
        """An expression that holds or does not."""
        return self.expression(value, Kind.BOOLEAN)

    def moment(self, value: Value) -> Moment:
        """A moment of the run."""
        return _placed(value, lambda: parse_moment(value.text(), self.names))

    def part(self, value: Value) -> str:
        """A part of the picture; "rc/web", "svc/web" and "web@n1" are short for the longer ids."""
        text, known = value.text(), list(self.names.parts())
        for candidate in (text, text.replace("/", "/default/", 1), f"pod:{text}"):
            if candidate in known:
                return candidate
        raise value.unknown(_("there is no part {name}"), known)


def _placed(value: Value, parse: Callable[[], T], at: int = 0) -> T:
    try:
        return parse()
    except ExpressionError as error:
        raise value.complaint(error.message, error.nearest, at + error.at) from None
