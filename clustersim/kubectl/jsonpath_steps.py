"""The steps of a JSONPath: each takes values, and gives those that it leads to."""

import re
from collections.abc import Callable
from typing import Any, Final

MOST_VALUES: Final = 200_000


class JsonPathError(ValueError):
    """The template is none, or does not fit what it is applied to."""


Values = list[Any]
Path = Callable[[Values], Values]


def through(steps: list[Path], values: Values) -> Values:
    """One step after another. Raises JsonPathError where too much comes of it."""
    for step in steps:
        values = step(values)
        if len(values) > MOST_VALUES:
            raise JsonPathError("too many values")
    return values


def field(name: str, *, strict: bool = False) -> Path:
    """The values of maps under that name."""

    def chosen(values: Values) -> Values:
        found = [value[name] for value in values if isinstance(value, dict) and name in value]
        if strict and values and not found:
            raise JsonPathError(f"{name} is not found")
        return found

    return chosen


def each(values: Values) -> Values:
    """The values of maps and lists."""
    found: Values = []
    for value in values:
        found += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return found


def everything(values: Values) -> Values:
    """Values, and all that is in them."""
    found: Values = []
    for value in values:
        found.append(value)
        if isinstance(value, dict | list):
            found += everything(each([value]))
    return found


def index(text: str) -> Path:
    """Items of lists: "*", "0", "-1", "1:3", "0:6:2"."""
    if text == "*":
        return each
    parts = [part.strip() for part in text.split(":")]
    if not text or len(parts) > 3 or not all(re.fullmatch(r"-?\d{0,9}", part) for part in parts):
        raise JsonPathError(f"invalid array index {text}")
    numbers = [int(part) if part not in ("", "-") else None for part in parts]

    def chosen(values: Values) -> Values:
        found: Values = []
        for value in values:
            if not isinstance(value, list):
                raise JsonPathError(f"{_type_name(value)} is not array or slice")
            found += _items(value, numbers)
        return found

    return chosen


def _items(value: list[Any], numbers: list[int | None]) -> list[Any]:
    """Items of a list, from one to before another, every so many (jsonpath.go evalArray)."""
    size, start = len(value), numbers[0] or 0
    alone = len(numbers) == 1
    end = (start + 1 if alone else numbers[1]) if numbers[0] is not None or not alone else size
    end = size if end is None else end
    start += size if start < 0 else 0
    end += size if end < 0 or (end == 0 and alone) else 0
    if start == end:
        return []
    for bound, least, number in ((start, 0, start), (end, 1, end - 1)):
        if not 0 <= bound < size + least:
            raise JsonPathError(f"array index out of bounds: index {number}, length {size}")
    if start > end:
        raise JsonPathError(f"starting index {start} is greater than ending index {end}")
    step = numbers[2] if len(numbers) > 2 and numbers[2] is not None else 1
    if step <= 0:
        raise JsonPathError("step must be > 0")
    return value[start:end:step]


def _type_name(value: Any) -> str:
    """As Go calls the type of a value that came as JSON."""
    names = ((bool, "bool"), (int, "int64"), (float, "float64"), (str, "string"))
    return next((name for kind, name in names if isinstance(value, kind)), "map[string]interface {}")


def holds(left: Values, operator: str, right: Values) -> bool:
    """Whether a comparison holds, as Go compares."""
    if operator == "exists":
        return bool(left)
    if not left or not right:
        return False
    one, other = left[0], right[0]
    numbers = [
        value for value in (one, other) if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(numbers) != 2 and not isinstance(one, type(other)):
        return operator == "!="
    if isinstance(one, dict | list):
        raise JsonPathError("invalid type for comparison")
    match operator:
        case "==":
            return bool(one == other)
        case "!=":
            return bool(one != other)
        case "<":
            return bool(one < other)
        case "<=":
            return bool(one <= other)
        case ">":
            return bool(one > other)
    return bool(one >= other)


def chosen_by(left: Callable[[Any], Values], operator: str, right: Callable[[Any], Values]) -> Path:
    """The items for which a filter holds."""

    def chosen(values: Values) -> Values:
        return [item for item in each(values) if holds(left(item), operator, right(item))]

    return chosen
