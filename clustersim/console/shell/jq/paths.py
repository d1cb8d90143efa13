"""Paths into a value: what is there is read, replaced or removed. No value is changed; new ones are made."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import DEEPEST, JqError, order, same, shown, type_of

LONGEST_LIST: Final = 100_000
"""Elements that a list is filled up to."""
_FARTHEST: Final = 2**40


def child(value: Json, key: Json) -> Json:
    """What stands under a key: null where there is nothing. Raises JqError."""
    kinds = (type_of(value), type_of(key))
    match kinds:
        case ("null", "string" | "number" | "object" | "null"):
            return None
        case ("object", "string"):
            return value.get(key)
        case ("array", "number"):
            index = math.floor(key) if math.isfinite(key) else len(value)
            return value[index] if -len(value) <= index < len(value) else None
        case ("array" | "string", "object"):
            begin, end = _slice(value, key)
            return value[begin:end]
        case ("array", "array"):
            return [i for i in range(len(value) - len(key) + 1) if key and same(value[i : i + len(key)], key)]
    raise JqError(f"Cannot index {kinds[0]} with " + (f'"{key}"' if isinstance(key, str) else kinds[1]))


def _slice(value: Sequence[Any], key: dict[str, Json]) -> tuple[int, int]:
    begin, end = key.get("start"), key.get("end")
    if any(type_of(one) not in ("null", "number") for one in (begin, end)):
        raise JqError(f"Start and end indices of an {type_of(value)} slice must be numbers")
    first = 0 if begin is None else _within(value, _whole(begin, math.floor))
    last = len(value) if end is None else _within(value, _whole(end, math.ceil))
    return first, max(first, last)


def _whole(key: float, rounded: Callable[[float], int]) -> int:
    return 0 if math.isnan(key) else rounded(max(min(key, _FARTHEST), -_FARTHEST))


def _within(value: Sequence[Any], index: int) -> int:
    return min(max(index + len(value) if index < 0 else index, 0), len(value))


def get(value: Json, path: Sequence[Json]) -> Json:
    """What a path leads to; of null, null. Raises JqError."""
    for key in path:
        if value is None:
            return None
        value = child(value, key)
    return value


def put(value: Json, path: Sequence[Json], new: Json) -> Json:
    """The value with something else at a path. Raises JqError."""
    if len(path) > DEEPEST:
        raise JqError("Path too deep")
    if not path:
        return new
    key, rest = path[0], path[1:]
    return _with_child(value, key, put(child(value, key), rest, new))


def _with_child(value: Json, key: Json, new: Json) -> Json:
    match type_of(value), type_of(key):
        case ("null" | "object", "string"):
            return {**(value or {}), key: new}
        case ("null" | "array", "number"):
            return _with_element(value or [], _whole(key, math.floor), new)
        case ("null" | "array", "object"):
            begin, end = _slice(value or [], key)
            if not isinstance(new, list):
                raise JqError("A slice of an array can only be assigned another array")
            return [*(value or [])[:begin], *new, *(value or [])[end:]]
    raise JqError(f"Invalid path component {shown(key)} of {type_of(value)}")


def _with_element(value: list[Json], index: int, new: Json) -> list[Json]:
    if index > LONGEST_LIST:
        raise JqError("Array index too large")
    if index < 0:
        index += len(value)
        if index < 0:
            raise JqError("Out of bounds negative array index")
    filled = [*value, *[None] * (index + 1 - len(value))]
    filled[index] = new
    return filled


def without(value: Json, unwanted: Sequence[Json]) -> Json:
    """The value without what stands at paths, the last of them first. Raises JqError."""
    for path in sorted(unwanted, key=order, reverse=True):
        if not isinstance(path, list):
            raise JqError("Path must be specified as an array")
        value = _without(value, path)
    return value


def _without(value: Json, path: Sequence[Json]) -> Json:
    if not path or value is None:
        return None
    key, rest = path[0], path[1:]
    if rest:
        inner = child(value, key)
        return value if inner is None else _with_child(value, key, _without(inner, rest))
    match type_of(value), type_of(key):
        case ("object", "string"):
            return {name: one for name, one in value.items() if name != key}
        case ("array", "number"):
            index = _whole(key, math.floor) + (len(value) if key < 0 else 0)
            return [one for i, one in enumerate(value) if i != index]
        case ("array", "object"):
            begin, end = _slice(value, key)
            return [*value[:begin], *value[end:]]
    raise JqError(f"Cannot delete field at {type_of(value)} index of {type_of(key)}")
