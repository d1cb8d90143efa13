"""Values of JSON as jq sees them: their order, how they are written, and errors about them."""

import json
import math
from collections.abc import Iterator
from typing import Any, Final

from clustersim.console.shell.jq.tree import Json

DEEPEST: Final = 100
"""Lists within lists."""
_SHOWN: Final = 11
"""Characters of a value that an error shows."""
_EXACT: Final = 1e17
"""Below it a whole number is written without an exponent."""


class Wrong(Exception):
    """The program is none; what was not expected."""


class JqError(Exception):
    """What ``error`` and what cannot be done raise, and ``try`` catches."""

    def __init__(self, value: Json) -> None:
        super().__init__(value)
        self.value = value


def type_of(value: Json) -> str:
    """null, boolean, number, string, array or object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def is_true(value: Json) -> bool:
    """All but null and false."""
    return value is not None and value is not False


def number(value: float) -> int | float:
    """A whole number as such, so that 10 / 5 is written 2."""
    if math.isfinite(value) and value == int(value) and abs(value) < _EXACT:
        return int(value)
    return value


def order(value: Json) -> Any:
    """A key to sort by: null, false, true, numbers, strings, arrays, objects."""
    match type_of(value):
        case "null":
            return (0,)
        case "boolean":
            return (2 if value else 1,)
        case "number":
            return (3, -math.inf if value != value else value)
        case "string":
            return (4, value)
        case "array":
            return (5, [order(one) for one in value])
        case _:
            names = sorted(value)
            return (6, names, [order(value[name]) for name in names])


def same(left: Json, right: Json) -> bool:
    """Whether they are equal: true is not 1."""
    return not is_nan(left) and not is_nan(right) and order(left) == order(right)


def is_nan(value: Json) -> bool:
    """Nothing is equal to it."""
    return isinstance(value, float) and math.isnan(value)


def size_of(value: Json, most: int) -> int:
    """How many values are in it, long strings counting for more; counted no further than `most`.

    Raises JqError for one that is too deep.
    """
    size = 0
    waiting: list[tuple[Json, int]] = [(value, 1)]
    while waiting and size <= most:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise JqError("Exceeds depth limit for parsing")
        size += 1 + (len(one) >> 6 if isinstance(one, str) else 0)
        if isinstance(one, list):
            waiting += [(child, depth + 1) for child in one]
        elif isinstance(one, dict):
            waiting += [(child, depth + 1) for child in one.values()]
    return size


def without_halves(value: Json, text: str) -> Json:
    """What was read of a text, with no half of a surrogate pair, which cannot be sent anywhere."""
    if "\\ud" not in text.lower():
        return value
    plain = json.dumps(value, ensure_ascii=False)
    return json.loads(plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


# --- writing -----------------------------------------------------------------------------------------------


def written(value: Json, indent: str = "", *, by_name: bool = False, ascii_only: bool = False) -> str:
    """JSON; indent: of one level, none for all on a line; by_name: keys in the order of the alphabet."""
    return "".join(_pieces(value, indent, "\n" if indent else "", by_name, ascii_only))


def _pieces(value: Json, indent: str, line: str, by_name: bool, ascii_only: bool) -> Iterator[str]:
    deeper = line + indent
    if isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield ("," if index else "[") + deeper
            yield from _pieces(one, indent, deeper, by_name, ascii_only)
        yield line + "]"
    elif isinstance(value, dict) and value:
        colon = ": " if indent else ":"
        for index, name in enumerate(sorted(value) if by_name else value):
            yield ("," if index else "{") + deeper + _string(name, ascii_only) + colon
            yield from _pieces(value[name], indent, deeper, by_name, ascii_only)
        yield line + "}"
    else:
        yield _plain(value, ascii_only)


def _plain(value: Json, ascii_only: bool) -> str:
    match value:
        case str():
            return _string(value, ascii_only)
        case float():
            return _float(value)
        case list():
            return "[]"
        case dict():
            return "{}"
        case _:
            return json.dumps(value)


def _string(text: str, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only).replace("\x7f", "\\u007f")


def _float(value: float) -> str:
    if math.isnan(value):
        return "null"
    if math.isinf(value):
        return "1.7976931348623157e+308" if value > 0 else "-1.7976931348623157e+308"
    if abs(value) < _EXACT and value == int(value):
        return str(int(value))
    return repr(value)


def shown(value: Json) -> str:
    """Its type and its begin, as errors name it: ``string ("web")``."""
    text = written(value)
    return f"{type_of(value)} ({text if len(text) <= _SHOWN + 3 else text[:_SHOWN] + '...'})"
