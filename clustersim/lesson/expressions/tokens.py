"""Expressions cut into tokens, and what is wrong with a text that cannot be cut."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from clustersim.i18n import Message, _
from clustersim.i18n import Value as Placeholder

LONGEST: Final = 300


class ExpressionError(ValueError):
    """A text that is no expression. `at`: the character where it goes wrong, counted from 0."""

    def __init__(self, at: int, msgid: str, /, nearest: str = "", **values: Placeholder | Message) -> None:
        self.at = at
        self.message = Message(msgid, values)
        self.nearest = nearest
        super().__init__(self.message.text())


class Form(StrEnum):
    """What a token looks like."""

    NAME = "name"
    NUMBER = "number"
    DURATION = "duration"
    TEXT = "text"
    SIGN = "sign"
    ARGUMENT = "argument"
    END = "end"


class Token(msgspec.Struct, frozen=True):
    """A piece of the text. `at`: where it begins."""

    form: Form
    text: str
    at: int


_PATTERN: Final = re.compile(
    r"""\s*(?:
    (?P<duration>(?:\d+(?:\.\d+)?(?:ms|us|s|m|h))+)(?![\w])
  | (?P<number>\d+(?:\.\d+)?)(?![\w])
  | (?P<name>[A-Za-z_](?:[\w-]*\w)?)
  | '(?P<text>[^']*)'
  | (?P<sign>==|!=|<=|>=|[-+*/<>().,:\[\]])
    )""",
    re.VERBOSE | re.ASCII,
)
_ELSEWHERE: Final = {"=": "==", "&&": "and", "||": "or", "!": "not", '"': "'", "“": "'", "‘": "'", "&": "and"}
"""Signs that people know from elsewhere, and what is written here."""
_CLOSES: Final = {"(": ")", "[": "]"}
_ARGUMENT: Final = re.compile(r"\s*(?P<argument>[\w./@:=-]+)\s*", re.ASCII)
TAKING: Final = ("of", "on", "labelled", "has", "last")
"""Parts of a path that take a word in parentheses."""


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of an expression; what stands in brackets, or in parentheses behind a part of
    a path that takes it (TAKING), is one. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(LONGEST, _("longer than {most} characters"), most=LONGEST)
    found: list[Token] = []
    at = 0
    while text[at:].strip():
        match = (_ARGUMENT if _wants_argument(found) else _PATTERN).match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise _not_understood(text, start)
        form = match.lastgroup
        begins = match.start(form) - (1 if form == "text" else 0)
        found.append(Token(Form(form), match[form], begins))
        at = match.end()
    _check_brackets(found)
    return (*found, Token(Form.END, "", len(text)))


def _not_understood(text: str, start: int) -> ExpressionError:
    """A sign that expressions do not have; those of other languages are known."""
    for sign, ours in _ELSEWHERE.items():
        if text.startswith(sign, start):
            return ExpressionError(start, _("{text} is not understood"), ours, text=sign)
    return ExpressionError(start, _("{text} is not understood"), text=text[start : start + 12])


def _check_brackets(found: list[Token]) -> None:
    """Every bracket is closed by its own kind."""
    opened: list[Token] = []
    for token in found:
        if token.form is Form.SIGN and token.text in "([":
            opened.append(token)
        elif token.form is Form.SIGN and token.text in ")]":
            if not opened or _CLOSES[opened[-1].text] != token.text:
                raise ExpressionError(token.at, _("this {bracket} closes nothing"), bracket=token.text)
            opened.pop()
    if opened:
        raise ExpressionError(opened[-1].at, _("this {bracket} is not closed"), bracket=opened[-1].text)


def _wants_argument(found: list[Token]) -> bool:
    if not found:
        return False
    if found[-1].text == "[":
        return True
    return (
        len(found) > 2 and found[-1].text == "(" and found[-2].text in TAKING and found[-3].text in (".", ")")
    )
