"""Signs between two values."""

import math
from collections.abc import Callable
from typing import Final

from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, is_nan, number, order, same, shown, type_of

LONGEST_TEXT: Final = 256 * 1024
"""Characters of a string."""


def add(left: Json, right: Json) -> Json:
    """Numbers, strings, arrays and objects; null changes nothing. Raises JqError."""
    if left is None or right is None:
        return right if left is None else left
    match type_of(left), type_of(right):
        case ("number", "number"):
            return number(float(left) + float(right))
        case ("string", "string"):
            return _short(left + right)
        case ("array", "array"):
            return [*left, *right]
        case ("object", "object"):
            return {**left, **right}
    raise _cannot(left, right, "added")


def _subtract(left: Json, right: Json) -> Json:
    match type_of(left), type_of(right):
        case ("number", "number"):
            return number(float(left) - float(right))
        case ("array", "array"):
            unwanted = [order(one) for one in right]
            return [one for one in left if order(one) not in unwanted]
    raise _cannot(left, right, "subtracted")


def _multiply(left: Json, right: Json) -> Json:
    match type_of(left), type_of(right):
        case ("number", "number"):
            return number(float(left) * float(right))
        case ("string", "number"):
            return _repeated(left, right)
        case ("number", "string"):
            return _repeated(right, left)
        case ("object", "object"):
            return _merged(left, right)
    raise _cannot(left, right, "multiplied")


def _repeated(text: str, count: float) -> str | None:
    if not count > 0:
        return None
    times = min(max(int(min(count, LONGEST_TEXT + 1)), 1), LONGEST_TEXT + 1)
    if len(text) * times > LONGEST_TEXT:
        raise JqError("Repeat string result too long")
    return text * times


def _merged(left: dict[str, Json], right: dict[str, Json]) -> dict[str, Json]:
    """Objects within both are merged, too."""
    made = dict(left)
    for name, value in right.items():
        old = made.get(name)
        made[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return made


def _divide(left: Json, right: Json) -> Json:
    match type_of(left), type_of(right):
        case ("number", "number"):
            if right == 0:
                raise _cannot(left, right, "divided because the divisor is zero")
            return number(float(left) / float(right))
        case ("string", "string"):
            return split(left, right)
    raise _cannot(left, right, "divided")


def split(text: str, by: str) -> list[str]:
    """The parts between; by nothing: its characters."""
    return list(text) if not by else text.split(by) if text else []


def _remainder(left: Json, right: Json) -> Json:
    """Of whole numbers, with the sign of the first. Raises JqError."""
    if type_of(left) != "number" or type_of(right) != "number":
        raise _cannot(left, right, "divided")
    if is_nan(left) or is_nan(right):
        return math.nan
    divisor = abs(_whole(right))
    if divisor == 0:
        raise _cannot(left, right, "divided because the divisor is zero")
    rest = abs(_whole(left)) % divisor
    return -rest if left < 0 else rest


def _whole(value: float) -> int:
    return int(max(min(value, 2**63 - 1), -(2**63)))


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise JqError("String too long")
    return text


def _cannot(left: Json, right: Json, done: str) -> JqError:
    return JqError(f"{shown(left)} and {shown(right)} cannot be {done}")


def _before(left: Json, right: Json) -> bool:
    return bool(order(left) < order(right)) or is_nan(left)


SIGNS: Final[dict[str, Callable[[Json, Json], Json]]] = {
    "+": add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
    "==": same,
    "!=": lambda left, right: not same(left, right),
    "<": _before,
    "<=": lambda left, right: _before(left, right) or same(left, right),
    ">": lambda left, right: _before(right, left),
    ">=": lambda left, right: _before(right, left) or same(left, right),
}
