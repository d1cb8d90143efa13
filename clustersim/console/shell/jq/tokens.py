"""The words of a program of jq."""

import re
from typing import Final, NamedTuple

from clustersim.console.shell.jq.values import Wrong

KEYWORDS: Final = frozenset(
    {
        *("and", "as", "break", "catch", "def", "elif", "else", "end", "foreach", "if", "label", "or"),
        *("reduce", "then", "try"),
    }
)
DEEPEST_TEXT: Final = 8
"""Strings within strings."""

_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}
_WORD: Final = re.compile(
    r"""(?P<field>\.[A-Za-z_][A-Za-z_0-9]*)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<variable>\$[A-Za-z_][A-Za-z_0-9]*)
      | (?P<format>@[A-Za-z0-9_]+)
      | (?P<sign>//=|\|=|\+=|-=|\*=|/=|%=|//|==|!=|<=|>=|\.\.|[.\[\]{}()|,:;=<>+*/%?-])""",
    re.ASCII | re.VERBOSE,
)
_UNICODE: Final = re.compile(r"[0-9a-fA-F]{4}")
_SPACE: Final = re.compile(r"(?:\s|\#[^\n]*)*")


class Token(NamedTuple):
    """kind: field, number, name, keyword, variable, format, sign, string or end; parts: of a string, its
    texts and, as tokens of their own, what is put in between."""

    kind: str
    text: str
    parts: tuple[str | tuple["Token", ...], ...] = ()


END: Final = Token("end", "$end")


def tokens(program: str) -> list[Token]:
    """All of them, the end at last. Raises Wrong, with what was not expected."""
    found, _ = _read(program, 0, 0)
    return found


def _read(program: str, at: int, depth: int) -> tuple[list[Token], int]:
    """Until the end or, within a string, until the parenthesis that closes what is put in."""
    found: list[Token] = []
    opened = 0
    while True:
        at = _skipped(program, at)
        if at >= len(program):
            if depth:
                raise Wrong(END.text)
            return [*found, END], at
        if program[at] == '"':
            token, at = _string(program, at + 1, depth)
            found.append(token)
            continue
        match = _WORD.match(program, at)
        if match is None:
            raise Wrong("INVALID_CHARACTER")
        kind, text = str(match.lastgroup), match.group()
        opened += (text == "(") - (text == ")")
        at = match.end()
        if depth and opened < 0:
            return [*found, END], at
        found.append(Token("keyword" if kind == "name" and text in KEYWORDS else kind, text))


def _skipped(program: str, at: int) -> int:
    match = _SPACE.match(program, at)
    return match.end() if match else at


def _string(program: str, at: int, depth: int) -> tuple[Token, int]:
    """From behind its first quote on."""
    if depth > DEEPEST_TEXT:
        raise Wrong("QQSTRING_START")
    parts: list[str | tuple[Token, ...]] = []
    text = ""
    while at < len(program):
        char = program[at]
        if char == '"':
            return Token("string", "QQSTRING_START", (*parts, text)), at + 1
        if char != "\\":
            text += char
            at += 1
            continue
        if program[at + 1 : at + 2] == "(":
            inner, at = _read(program, at + 2, depth + 1)
            parts += [text, tuple(inner)]
            text = ""
        else:
            letter, at = _escaped(program, at + 1)
            text += letter
    raise Wrong(END.text)


def _escaped(program: str, at: int) -> tuple[str, int]:
    """What stands behind a backslash."""
    char = program[at : at + 1]
    if char in _ESCAPES:
        return _ESCAPES[char], at + 1
    if char == "u" and (match := _UNICODE.match(program, at + 1)):
        code = int(match.group(), 16)
        low = _UNICODE.match(program, at + 7)
        if 0xD800 <= code < 0xDC00 and program[at + 5 : at + 7] == "\\u" and low:
            return chr(0x10000 + ((code - 0xD800) << 10) + (int(low.group(), 16) - 0xDC00 & 0x3FF)), at + 11
        return ("\ufffd" if 0xD800 <= code < 0xE000 else chr(code)), at + 5
    raise Wrong("INVALID_CHARACTER")
