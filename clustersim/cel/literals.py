"""Values that an expression names itself, where a function cannot take them: they are found before anything
is evaluated (cel-go cel/validator.go: durations, moments, patterns)."""

from collections.abc import Callable, Sequence
from typing import Final

from clustersim.cel.durations import parse_duration, parse_moment
from clustersim.cel.syntax import CelError, Issue, Literal, Node
from clustersim.cel.texts import compiled_pattern

_CHECKS: Final[dict[str, tuple[int, Callable[[str], object]]]] = {
    "duration": (0, parse_duration),
    "timestamp": (0, parse_moment),
    "matches": (1, compiled_pattern),
}
"""By function, which of its arguments is looked at, and how."""


def wrong_literal(function: str, args: Sequence[Node]) -> Issue | None:
    """What is wrong with the text that a function is to read."""
    place, check = _CHECKS.get(function, (0, None))
    if check is None or place >= len(args):
        return None
    given = args[place]
    if not isinstance(given, Literal) or not isinstance(given.value, str):
        return None
    try:
        check(given.value)
    except CelError:
        return Issue(given.at, f"invalid {function} argument")
    return None
