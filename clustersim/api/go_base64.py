"""Bytes as base64 text, read as Go's encoding/base64 does: it tells at which byte it gave up."""

import string
from typing import Final

_ALPHABET: Final = frozenset(f"{string.ascii_letters}{string.digits}+/")


def corrupt_at(text: str) -> int | None:
    """Where the text stops to be base64, None if it is (StdEncoding.DecodeString; line ends do not count)."""
    text = text.encode(errors="replace").decode("latin-1")
    place, inside = 0, 0
    while place < len(text):
        character = text[place]
        if character in "\r\n":
            place += 1
        elif character in _ALPHABET:
            place, inside = place + 1, (inside + 1) % 4
        elif character == "=" and inside >= 2:
            return _corrupt_padding(text, place, inside)
        else:
            return place
    return place - inside if inside else None


def _corrupt_padding(text: str, place: int, inside: int) -> int | None:
    """Of a text whose first `=` is there: one where three characters precede it, two where two do."""
    rest = _after_line_ends(text, place + 1)
    if inside == 2:
        if rest == len(text):
            return rest
        if text[rest] != "=":
            return rest - 1
        rest = _after_line_ends(text, rest + 1)
    return None if rest == len(text) else rest


def _after_line_ends(text: str, place: int) -> int:
    while place < len(text) and text[place] in "\r\n":
        place += 1
    return place
