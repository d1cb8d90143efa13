"""Why a text is no JSON, in the words of Go's encoding/json (scanner.go)."""

import re
from typing import Final

END: Final = "unexpected end of JSON input"
DEEPEST: Final = 10_000
"""How far objects and arrays may be inside of each other (maxNestingDepth)."""

_SPACE: Final = " \t\r\n"
_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}
_ESCAPES: Final = 'bfnrt\\/"'
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]+')


class _NoJson(Exception):
    """Told in the words of the scanner."""


def json_error(text: str) -> str:
    """Empty where it is JSON."""
    try:
        scanner = _Scanner(text)
        scanner.value()
        scanner.space()
        if scanner.at < len(text):
            raise scanner.wrong("after top-level value")
    except _NoJson as error:
        return str(error)
    return ""


class _Scanner:
    """Reads one value, without keeping it."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def wrong(self, where: str) -> _NoJson:
        """What stands here does not fit."""
        if self.at >= len(self.text):
            return _NoJson(END)
        char = self.text[self.at]
        quoted = {"'": "'\\''", '"': "'\"'"}.get(char) or f"'{_shown(char)}'"
        return _NoJson(f"invalid character {quoted} {where}")

    def space(self) -> None:
        """Go behind what means nothing."""
        while self.at < len(self.text) and self.text[self.at] in _SPACE:
            self.at += 1

    def value(self) -> None:
        """Whatever begins here; what it holds is kept on a list, not on the stack of Python."""
        inside: list[str] = []
        while True:
            if self._begin(inside):
                continue
            while inside:
                self.space()
                if self._next(inside):
                    break
            else:
                return

    def _begin(self, inside: list[str]) -> bool:
        """Read a value that holds no other, or enter one: then True."""
        self.space()
        char = self.text[self.at : self.at + 1]
        if char and char in "{[":
            self.at += 1
            self.space()
            if self.text[self.at : self.at + 1] == {"{": "}", "[": "]"}[char]:
                self.at += 1
                return False
            inside.append(char)
            if len(inside) > DEEPEST:
                raise _NoJson("exceeded max depth")
            if char == "{":
                self._key()
            return True
        if char == '"':
            self._string()
        elif char in _LITERALS:
            self._literal(_LITERALS[char])
        elif char and char in "-0123456789":
            self._number()
        else:
            raise self.wrong("looking for beginning of value")
        return False

    def _next(self, inside: list[str]) -> bool:
        """Whether another value follows; the one around may end here."""
        of_object = inside[-1] == "{"
        char = self.text[self.at : self.at + 1]
        if char == ("}" if of_object else "]"):
            self.at += 1
            inside.pop()
            return False
        if char != ",":
            raise self.wrong("after object key:value pair" if of_object else "after array element")
        self.at += 1
        if of_object:
            self.space()
            self._key()
        return True

    def _key(self) -> None:
        if self.text[self.at : self.at + 1] != '"':
            raise self.wrong("looking for beginning of object key string")
        self._string()
        self.space()
        if self.text[self.at : self.at + 1] != ":":
            raise self.wrong("after object key")
        self.at += 1

    def _string(self) -> None:
        self.at += 1
        while True:
            if (plain := _PLAIN.match(self.text, self.at)) is not None:
                self.at = plain.end()
            char = self.text[self.at : self.at + 1]
            if char == '"':
                self.at += 1
                return
            if char != "\\":
                raise self.wrong("in string literal")
            self.at += 1
            self._escape()

    def _escape(self) -> None:
        char = self.text[self.at : self.at + 1]
        if char == "u":
            for _digit in range(4):
                self.at += 1
                if self.text[self.at : self.at + 1] not in tuple("0123456789abcdefABCDEF"):
                    raise self.wrong("in \\u hexadecimal character escape")
        elif not char or char not in _ESCAPES:
            raise self.wrong("in string escape code")
        self.at += 1

    def _literal(self, word: str) -> None:
        for expected in word:
            if self.text[self.at : self.at + 1] != expected:
                raise self.wrong(f"in literal {word} (expecting '{expected}')")
            self.at += 1

    def _number(self) -> None:
        if self.text[self.at] == "-":
            self.at += 1
        if self.text[self.at : self.at + 1] == "0":
            self.at += 1
        else:
            self._digits("in numeric literal")
        if self.text[self.at : self.at + 1] == ".":
            self.at += 1
            self._digits("after decimal point in numeric literal")
        if self.text[self.at : self.at + 1] in ("e", "E"):
            self.at += 1
            if self.text[self.at : self.at + 1] in ("+", "-"):
                self.at += 1
            self._digits("in exponent of numeric literal")

    def _digits(self, where: str) -> None:
        start = self.at
        while self.text[self.at : self.at + 1] in tuple("0123456789"):
            self.at += 1
        if self.at == start:
            raise self.wrong(where)


def _shown(char: str) -> str:
    """As strconv.Quote writes one character."""
    escaped = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", "\a": "\\a", "\b": "\\b"}.get(char)
    if escaped is not None:
        return escaped
    return char if char.isprintable() else f"\\x{ord(char):02x}"
