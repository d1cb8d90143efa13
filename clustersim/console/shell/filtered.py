"""What all filters are made of: lines, patterns, and what comes out."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from clustersim.console.answer import Said
from clustersim.regex import Regex, RegexError, compile_regex


class Filtered(NamedTuple):
    """What a filter lets through, and whether it found anything."""

    text: str
    ok: bool = True


Filter = Callable[[Sequence[str], str], Filtered]


def lines_of(text: str) -> list[str]:
    """The lines, without an empty one at the end."""
    return text.removesuffix("\n").split("\n") if text else []


def pattern_of(text: str, program: str, *, extended: bool, ignore_case: bool = False) -> Regex:
    """Raises Said for what is no pattern."""
    try:
        return compile_regex(text, extended=extended, ignore_case=ignore_case)
    except RegexError as error:
        raise Said(f"{program}: {error}") from None
