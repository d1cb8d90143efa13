"""The types of expressions: what a value is, whether there is one or many, and which words it can be."""

from enum import StrEnum
from typing import Final

import msgspec

from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.i18n import Message, _


class Kind(StrEnum):
    """What a value is."""

    BOOLEAN = _("yes or no")
    NUMBER = _("a number")
    TIME = _("a time")
    TEXT = _("a text")


class Type(msgspec.Struct, frozen=True):
    """The type of an expression. `each`: the things for each of which it has a value ("pods.on(n1)"), empty
    for a single value. `words`: the only texts it can be, empty for any."""

    kind: Kind
    each: str = ""
    words: tuple[str, ...] = ()

    def for_each(self, things: str) -> "Type":
        """The same for each of several things."""
        return Type(self.kind, things, self.words)

    @property
    def said(self) -> Message:
        """What it is, for people."""
        kind = Message(self.kind)
        if not self.each:
            return kind
        return Message(_("{kind} for each of {things}"), {"kind": kind, "things": self.each})


BOOLEAN: Final = Type(Kind.BOOLEAN)
NUMBER: Final = Type(Kind.NUMBER)
TIME: Final = Type(Kind.TIME)
TEXT: Final = Type(Kind.TEXT)

Single = bool | int | float | str | None
"""One value; times in microseconds; None: not known, or not yet."""

Value = Single | tuple[Single, ...]


def words(*known: str) -> Type:
    """A text that is one of these words."""
    return Type(Kind.TEXT, "", known)


def written(value: Value, kind: Kind, language: str = "en") -> str:
    """A value for people to read: "40 s", "4 min 20 s", "6"."""
    if isinstance(value, tuple):
        return ", ".join(written(one, kind, language) for one in value)
    if value is None:
        return "–"
    if kind is Kind.TIME and isinstance(value, int | float):
        return written_time(round(value), language)
    return f"{value:g}" if isinstance(value, float) else str(value)


_UNITS_IN_CHINESE: Final = {"ms": "毫秒", "s": "秒", "min": "分钟"}


def unit_word(unit: str, language: str = "en") -> str:
    """A unit of time as people read it beside a number."""
    return _UNITS_IN_CHINESE.get(unit, unit) if language.startswith("zh") else unit


def written_time(time: Micros, language: str = "en") -> str:
    """A time as people say it, to a tenth of a second."""
    minute, second = (" 分", " 秒") if language.startswith("zh") else (" min", " s")
    minutes, rest = divmod(abs(time), MINUTE)
    sign = "-" if time < 0 else ""
    seconds = f"{rest / SECOND:.1f}".removesuffix(".0")
    if not minutes:
        return f"{sign}{seconds}{second}"
    return f"{sign}{minutes}{minute}" if seconds == "0" else f"{sign}{minutes}{minute} {seconds}{second}"
