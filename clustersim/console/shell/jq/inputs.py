"""What jq reads: one JSON after another, and how it says that something is none."""

import json
import re
from collections.abc import Iterator
from typing import Final

from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, size_of, without_halves

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BARE: Final = re.compile(r"[^\s{}\[\]:,\"]+")
_KNOWN: Final = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_LITERAL: Final = "Invalid numeric literal"
_SIGNS: Final = {
    "]": "Expected another array element",
    "}": "Objects must consist of key:value pairs",
    ",": "Expected value before ','",
}
_DECODER: Final = json.JSONDecoder()


class NoJson(Exception):
    """What was read is no JSON."""


def documents(text: str) -> Iterator[tuple[Json, int]]:
    """Each value, and the line in which it ends. Raises NoJson."""
    at = _skipped(text, 0)
    while at < len(text):
        try:
            value, end = _DECODER.raw_decode(text, at)
            size_of(value, len(text))
        except json.JSONDecodeError as error:
            raise NoJson(_complaint(text, error.pos, at)) from None
        except (RecursionError, JqError):
            raise NoJson(f"Exceeds depth limit for parsing at {_place(text, len(text))}") from None
        bare = _BARE.match(text, end)
        if bare is not None and text[at] not in '{["':
            raise NoJson(_bare(text, bare.end(), _LITERAL))
        at = _skipped(text, end)
        yield without_halves(value, text), text.count("\n", 0, end) + 1


def _skipped(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _complaint(text: str, wrong: int, begin: int) -> str:
    """jq finds a word wrong when the next character ends it, a sign where it stands."""
    bare = _BARE.match(text, wrong)
    if wrong >= len(text.rstrip()):
        return f"Unfinished JSON term at EOF at {_place(text, len(text), end=True)}"
    if bare is not None:
        known = _KNOWN.fullmatch(bare.group())
        return _bare(text, bare.end(), "Expected separator between values" if known else _LITERAL)
    if text[wrong] == '"' and '"' not in text[wrong + 1 :]:
        return f"Unfinished string at EOF at {_place(text, len(text), end=True)}"
    said = _SIGNS.get(text[wrong], "Expected separator between values")
    return f"{said} at {_place(text, wrong + 1)}"


def _bare(text: str, end: int, said: str) -> str:
    """The word and the character behind it are read."""
    return f"{said} at {_place(text, end + 1)}"


def _place(text: str, count: int, *, end: bool = False) -> str:
    """Behind so many characters; a line has ended when its last character is read."""
    read = (text if text.endswith("\n") else f"{text}\n")[: count + end]
    return f"line {read.count(chr(10)) + 1}, column {len(read) - read.rfind(chr(10)) - 1}"
