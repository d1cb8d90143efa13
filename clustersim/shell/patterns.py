"""Patterns of a shell (`*`, `?`, `[a-z]`) at the begin, at the end or within a text, as `${NAME#PATTERN}`,
`${NAME%PATTERN}` and `${NAME/PATTERN/TEXT}` ask for them, or for a whole text, as `case` does
(POSIX, Shell Command Language 2.6.2 and 2.13)."""

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 1000
"""Longer texts stay as they are, since each place in them is looked at."""
_MOST_SIGNS: Final = 50
_TOKEN: Final = re.compile(r"\[!?\]?[^\]]*\]|\\.|.", re.DOTALL)
_MANY: Final = "*"


def fits(pattern: str, text: str) -> bool:
    """Whether it is one for the whole text."""
    signs = _signs(pattern)
    return signs is not None and len(text) <= LONGEST and len(text) in _fitting(signs, text)


def as_it_stands(text: str) -> str:
    """The pattern that fits nothing but that text."""
    return re.sub(r"([\\*?\[])", r"\\\1", text)


def without(text: str, operator: str, pattern: str) -> str:
    """Without the shortest begin (#), the longest (##), the shortest end (%) or the longest (%%) that the
    pattern fits; as it is where none does."""
    signs = _signs(pattern)
    if signs is None or len(text) > LONGEST:
        return text
    behind = operator[0] == "%"
    fitting = list(_fitting(signs[::-1], text[::-1]) if behind else _fitting(signs, text))
    if not fitting:
        return text
    length = fitting[-1] if len(operator) > 1 else fitting[0]
    return text[: len(text) - length] if behind else text[length:]


def replaced(text: str, pattern: str, new: str, *, everywhere: bool) -> str:
    """The first place, or every one, that the pattern fits, with something else in it."""
    signs = _signs(pattern)
    if not signs or len(text) > LONGEST:
        return text
    done, index = "", 0
    while index < len(text):
        length = max(_fitting(signs, text[index:]), default=0)
        if not length:
            done, index = done + text[index], index + 1
            continue
        done, index = done + new, index + length
        if not everywhere:
            break
    return done + text[index:]


def _signs(pattern: str) -> list[str] | None:
    """The pattern's signs, each for one character, except for `*`; None for too many."""
    signs: list[str] = _TOKEN.findall(pattern)
    return signs if len(signs) <= _MOST_SIGNS else None


def _fitting(signs: list[str], text: str) -> Iterator[int]:
    """How long the begins of the text are that the signs fit, the shortest first."""
    places = _onward({0}, signs)
    for index in range(len(text) + 1):
        if len(signs) in places:
            yield index
        if index == len(text) or not places:
            return
        met = {
            place if signs[place] == _MANY else place + 1
            for place in places
            if place < len(signs) and _fits(signs[place], text[index])
        }
        places = _onward(met, signs)


def _onward(places: set[int], signs: list[str]) -> set[int]:
    """With those behind a `*`, which fits nothing, too."""
    found, left = set(places), list(places)
    while left:
        place = left.pop()
        if place < len(signs) and signs[place] == _MANY and place + 1 not in found:
            found.add(place + 1)
            left.append(place + 1)
    return found


def _fits(sign: str, char: str) -> bool:
    if sign in (_MANY, "?"):
        return True
    if sign[0] == "[" and len(sign) > 2:
        inside = sign[1:-1].removeprefix("!")
        ranges = [(one[0], one[-1]) for one in re.findall(r".-.|.", inside, re.DOTALL)]
        return any(low <= char <= high for low, high in ranges) is not sign.startswith("[!")
    return sign[-1] == char
