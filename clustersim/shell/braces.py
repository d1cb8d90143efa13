"""What bash makes of {a,b} and {1..3}: several words of one."""

import re
from itertools import islice
from typing import Final

from clustersim.shell.words import Piece, Word

MOST_SPREAD: Final = 200
"""Words that one word becomes."""
MOST_BRACES: Final = 50
"""Lists in braces of one word; those behind them stay as they are."""
_LIST: Final = r"[^{}\s`]*,[^{}\s`]*|-?\d{1,9}\.\.-?\d{1,9}|[A-Za-z]\.\.[A-Za-z]"
_BRACE: Final = re.compile(rf"(?<!\$)\{{({_LIST})\}}")


def is_list(inside: str) -> bool:
    """What stands in braces is such a list."""
    return re.fullmatch(_LIST, inside) is not None


def items(inside: str) -> list[str]:
    """What stands for "a,b", "1..3" or "a..c", one after the other."""
    if "," in inside:
        return inside.split(",")
    first, _dots, last = inside.partition("..")
    letters = first.isalpha()
    begin, end = (ord(first), ord(last)) if letters else (int(first), int(last))
    step = 1 if begin <= end else -1
    numbers = range(begin, end + step, step)[:MOST_SPREAD]
    wide = max(len(first), len(last)) if "0" in (first[:1], last[:1]) and len(first) == len(last) else 0
    return [chr(number) if letters else f"{number:0{wide}d}" for number in numbers]


def spread(word: Word, braces: int = MOST_BRACES) -> list[Word]:
    """The words that one word becomes. braces: so many of its lists count."""
    if not braces:
        return [word]
    for index, piece in enumerate(word):
        found = None if piece.quote else _BRACE.search(piece.text)
        if found is None:
            continue
        before, after = (*word[:index], Piece(piece.text[: found.start()])), Piece(piece.text[found.end() :])
        rests = spread((after, *word[index + 1 :]), braces - 1)
        words = ((*before, Piece(item), *rest) for item in items(found[1]) for rest in rests)
        return [tuple(one for one in new if one.text or one.quote) for new in islice(words, MOST_SPREAD)]
    return [word]
