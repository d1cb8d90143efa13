"""What a label selector says as a text: "app=web,tier in (a,b),!old,n>1".

Source: apimachinery pkg/labels/selector.go Lexer, Parser (v1.7.5, v1.8.0, v1.36.2 agree except for words).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+|\Z)")
_SIGNS: Final = frozenset("=!(),<>") | {"==", "!="}
_OPERATORS: Final = {
    "in": "In", "notin": "NotIn", "=": "=", "==": "=", "!=": "!=", ">": "Gt", "<": "Lt",
}  # fmt: skip
_WORDS: Final = "in, notin, =, ==, !=, gt, lt"


class Requirement(NamedTuple):
    """operator: In, NotIn, =, !=, Exists, DoesNotExist, Gt or Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


class BadLabel(ValueError):
    """A key, or values, that no label can have.

    values: those that it cannot have, with their places among all of them, sorted; none if it is the key.
    not_numbers: those that cannot be compared, in the same way.
    """

    def __init__(
        self, key: str, values: Sequence[tuple[int, str]] = (), not_numbers: Sequence[tuple[int, str]] = ()
    ) -> None:
        super().__init__("unable to parse requirement: invalid label")
        self.key = key
        self.values = tuple(values)
        self.not_numbers = tuple(not_numbers)


def requirements(text: str) -> list[Requirement]:
    """All of them, in their order. Raises ValueError."""
    return list(_Parser(_tokens(text)).all())


def _tokens(text: str) -> list[str]:
    """The last one is empty."""
    found, place = list[str](), 0
    while not found or found[-1]:
        match = _TOKEN.match(text, place)
        assert match is not None
        found.append(match[1])
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def _next(self) -> str:
        return self._tokens.pop(0) if len(self._tokens) > 1 else self._tokens[0]

    def _ahead(self) -> str:
        return self._tokens[0]

    def all(self) -> Iterator[Requirement]:
        while first := self._ahead():
            if first in _SIGNS and first != "!":
                raise ValueError(f"found '{first}', expected: !, identifier, or 'end of string'")
            try:
                yield self._one()
            except BadLabel:
                raise
            except ValueError as error:
                raise ValueError(f"unable to parse requirement: {error}") from None
            end = self._next()
            if end not in ("", ","):
                raise ValueError(f"found '{end}', expected: ',' or 'end of string'")
            after = self._ahead()
            if end and (not after or (after in _SIGNS and after != "!")):
                raise ValueError(f"found '{after}', expected: identifier after ','")

    def _one(self) -> Requirement:
        key = self._next()
        absent = key == "!"
        key = self._next() if absent else key
        if not key or key in _SIGNS:
            raise ValueError(f"found '{key}', expected: identifier")
        if not is_key(key):
            raise BadLabel(key)
        if absent or self._ahead() in ("", ","):
            return Requirement(key, "DoesNotExist" if absent else "Exists")
        sign = self._next()
        operator = _OPERATORS.get(sign)
        if operator is None:
            raise ValueError(f"found '{sign}', expected: {_WORDS}")
        values = self._several() if operator in ("In", "NotIn") else (self._exactly(),)
        return _checked(Requirement(key, operator, tuple(sorted(set(values)))))

    def _exactly(self) -> str:
        if self._ahead() in ("", ","):
            return ""
        value = self._next()
        if value in _SIGNS:
            raise ValueError(f"found '{value}', expected: identifier")
        return value

    def _several(self) -> Sequence[str]:
        if (begin := self._next()) != "(":
            raise ValueError(f"found '{begin}' expected: '('")
        values, begun, ends = [""], False, False
        while not ends:
            word = self._next()
            if word == ")":
                ends = True
            elif word == ",":
                values.append("")
            elif not word or word in _SIGNS:
                expected = "',', ')' or identifier" if not begun else "',', or identifier"
                raise ValueError(f"found '{word}', expected: {expected}")
            elif values[-1] or self._ahead() not in (",", ")"):
                raise ValueError(f"found '{self._ahead()}', expected: ',' or ')'")
            else:
                values[-1] = word
            begun = True
        return values


_NAME: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")
_PREFIX: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_LONGEST_PREFIX: Final = 253


def is_key(text: str) -> bool:
    """Whether a label can have this key."""
    prefix, slash, name = text.rpartition("/")
    good = not slash or (len(prefix) <= _LONGEST_PREFIX and _PREFIX.match(prefix) is not None)
    return good and _NAME.match(name) is not None


def whole_number(text: str) -> int | None:
    """The number as Go's ParseInt reads it, with 64 bits; None if it is none."""
    if not re.match(r"[-+]?[0-9]{1,40}\Z", text):
        return None
    number = int(text)
    return number if -(1 << 63) <= number < 1 << 63 else None


def _checked(found: Requirement) -> Requirement:
    """All that is wrong with its values is told at once (NewRequirement)."""
    places = tuple(enumerate(found.values))
    compared = places if found.operator in ("Gt", "Lt") else ()
    not_numbers = [one for one in compared if whole_number(one[1]) is None]
    bad = [one for one in places if one[1] and _NAME.match(one[1]) is None]
    if not_numbers or bad:
        raise BadLabel(found.key, bad, not_numbers)
    return found
