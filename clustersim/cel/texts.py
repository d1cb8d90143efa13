"""What can be done to texts and lists: cel-go ext/strings.go (version 2), ext/lists.go (3), ext/sets.go, and
apiserver pkg/cel/library/lists.go, regex.go."""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from clustersim.cel.format_texts import formatted, quoted
from clustersim.cel.operators import FUNCTIONS as OPERATORS
from clustersim.cel.operators import bounded, no_overload
from clustersim.cel.syntax import CelError
from clustersim.cel.values import Duration, Timestamp, equal, is_number, size_of
from clustersim.regex import Regex, RegexError


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise no_overload()
    return value


def _list(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise no_overload()
    return tuple(value)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise no_overload()
    return int(value)


# --- texts -------------------------------------------------------------------------------------------------


def _char_at(a: Any, index: Any) -> str:
    text, place = _text(a), _number(index)
    if not 0 <= place <= len(text):
        raise CelError(f"index out of range: {place}")
    return text[place : place + 1]


def _index_of(a: Any, part: Any, begin: Any = 0) -> int:
    if isinstance(a, list | tuple):
        return next((i for i, one in enumerate(a) if equal(one, part)), -1)
    text, place = _text(a), _number(begin)
    if not 0 <= place <= len(text):
        raise CelError(f"index out of range: {place}")
    return text.find(_text(part), place)


def _last_index_of(a: Any, part: Any, begin: Any = None) -> int:
    if isinstance(a, list | tuple):
        return max((i for i, one in enumerate(a) if equal(one, part)), default=-1)
    text, wanted = _text(a), _text(part)
    if begin is None:
        return text.rfind(wanted)
    place = _number(begin)
    if not 0 <= place <= len(text):
        raise CelError(f"index out of range: {place}")
    return text.rfind(wanted, 0, place + len(wanted))


_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def _replace(a: Any, old: Any, new: Any, most: Any = -1) -> str:
    text, before, after, count = _text(a), _text(old), _text(new), _number(most)
    found = text.count(before) if count < 0 else min(text.count(before), count)
    bounded(len(text) + found * max(0, len(after) - len(before)))
    return text.replace(before, after, count if count >= 0 else -1)


def _split(a: Any, separator: Any, most: Any = -1) -> tuple[str, ...]:
    text, by, count = _text(a), _text(separator), _number(most)
    if count == 0:
        return ()
    if not by:
        if count < 0 or count > len(text):
            return tuple(text)
        return (*text[: count - 1], text[count - 1 :])
    return tuple(text.split(by, count - 1 if count > 0 else -1))


def _substring(a: Any, begin: Any, end: Any = None) -> str:
    text, first = _text(a), _number(begin)
    if end is None:
        if not 0 <= first <= len(text):
            raise CelError(f"index out of range: {first}")
        return text[first:]
    last = _number(end)
    if first > last:
        raise CelError(f"invalid substring range. start: {first}, end: {last}")
    if not 0 <= first <= len(text):
        raise CelError(f"index out of range: {first}")
    if not 0 <= last <= len(text):
        raise CelError(f"index out of range: {last}")
    return text[first:last]


def _join(a: Any, separator: Any = "") -> str:
    items, by = _list(a), _text(separator)
    for one in items:
        if not isinstance(one, str):
            raise CelError(f"join: invalid input: {one}")
    bounded(sum(map(len, items)) + len(by) * len(items))
    return by.join(items)


def _format(a: Any, args: Any) -> str:
    found = formatted(_text(a), _list(args))
    bounded(len(found))
    return found


# --- regular expressions -----------------------------------------------------------------------------------

_LONGEST_PATTERN: Final = 1000


@lru_cache(maxsize=256)
def compiled_pattern(pattern: str) -> Regex:
    """Raises CelError."""
    try:
        return Regex(pattern, longest=_LONGEST_PATTERN, go=True)
    except RegexError as error:
        raise CelError(f"error parsing regexp: {error}") from None


def _matches(a: Any, pattern: Any) -> bool:
    return compiled_pattern(_text(pattern)).search(_text(a)) is not None


def _find(a: Any, pattern: Any) -> str:
    text = _text(a)
    found = compiled_pattern(_text(pattern)).search(text)
    return text[slice(*found)] if found is not None else ""


def _find_all(a: Any, pattern: Any, most: Any = -1) -> tuple[str, ...]:
    text, compiled, count = _text(a), compiled_pattern(_text(pattern)), _number(most)
    found: list[str] = []
    begin = 0
    while begin <= len(text) and len(found) != count and (span := compiled.search(text, begin)) is not None:
        found.append(text[slice(*span)])
        begin = span[1] if span[1] > span[0] else span[1] + 1
    return tuple(found)


# --- lists -------------------------------------------------------------------------------------------------


def _is_sorted(a: Any) -> bool:
    items = _list(a)
    return all(OPERATORS["_<=_"](one, other) for one, other in pairwise(items))


def _sum(a: Any) -> Any:
    items = _list(a)
    total = items[0] if items else 0
    for one in items[1:]:
        total = OPERATORS["_+_"](total, one)
    return total


def _extreme(name: str, order: str) -> Callable[[Any], Any]:
    def find(a: Any) -> Any:
        items = _list(a)
        if not items:
            raise CelError(f"{name} called on empty list")
        best = items[0]
        for one in items[1:]:
            if OPERATORS[order](one, best):
                best = one
        return best

    return find


def _slice(a: Any, begin: Any, end: Any) -> tuple[Any, ...]:
    items, first, last = _list(a), _number(begin), _number(end)
    if first < 0 or last < 0:
        raise CelError(f"cannot slice({first}, {last}), negative indexes not supported")
    if first > last:
        raise CelError(f"cannot slice({first}, {last}), start index must be less than or equal to end index")
    if last > len(items):
        raise CelError(f"cannot slice({first}, {last}), list is length {len(items)}")
    return items[first:last]


def _distinct(a: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    for one in _list(a):
        if not any(equal(one, other) for other in found):
            found.append(one)
    return tuple(found)


def _sort(a: Any) -> tuple[Any, ...]:
    items = _list(a)
    kinds = {type(one) for one in items}
    if len(kinds) > 1:
        raise CelError("list elements must have the same type")
    if kinds and not kinds <= {int, float, str, bytes, bool, Timestamp, Duration} and not is_number(items[0]):
        raise CelError("list elements must be comparable")
    return tuple(sorted(items))


def _flatten(a: Any, depth: Any = 1) -> tuple[Any, ...]:
    levels = _number(depth)
    if levels < 0:
        raise CelError("level must be non-negative")
    found: list[Any] = []
    for one in _list(a):
        inner = isinstance(one, list | tuple) and levels > 0
        found += _flatten(one, min(levels, 100) - 1) if inner else (one,)
        bounded(len(found))
    return tuple(found)


def _range(count: Any) -> tuple[int, ...]:
    most = _number(count)
    bounded(most)
    return tuple(range(most))


def _contains_all(a: Any, b: Any) -> bool:
    return all(any(equal(one, other) for other in _list(a)) for one in _list(b))


def _contains(a: Any, part: Any) -> bool:
    return _text(part) in _text(a)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "contains": _contains,
    "startsWith": lambda a, part: _text(a).startswith(_text(part)),
    "endsWith": lambda a, part: _text(a).endswith(_text(part)),
    "matches": _matches,
    "find": _find,
    "findAll": _find_all,
    "charAt": _char_at,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "lowerAscii": lambda a: _text(a).translate(_LOWER),
    "upperAscii": lambda a: _text(a).translate(_UPPER),
    "trim": lambda a: _text(a).strip(),
    "replace": _replace,
    "split": _split,
    "substring": _substring,
    "join": _join,
    "format": _format,
    "strings.quote": lambda a: quoted(_text(a)),
    "isSorted": _is_sorted,
    "sum": _sum,
    "min": _extreme("min", "_<_"),
    "max": _extreme("max", "_>_"),
    "slice": _slice,
    "distinct": _distinct,
    "reverse": lambda a: a[::-1] if isinstance(a, str) else _list(a)[::-1],
    "sort": _sort,
    "flatten": _flatten,
    "lists.range": _range,
    "sets.contains": _contains_all,
    "sets.equivalent": lambda a, b: _contains_all(a, b) and _contains_all(b, a),
    "sets.intersects": lambda a, b: any(equal(one, other) for one in _list(a) for other in _list(b)),
}


def work_of(name: str, args: tuple[Any, ...]) -> int:
    """Steps that a call takes, where it is not few."""
    sizes = [size_of(one) for one in args]
    if name in ("matches", "find", "findAll"):
        return sizes[0] * sizes[1]
    if name == "lists.range":
        return int(args[0]) // 4 if is_number(args[0]) else 0
    if name in ("sets.contains", "sets.equivalent", "sets.intersects"):
        return sizes[0] * sizes[1]
    if name == "distinct":
        return sizes[0] * sizes[0] // 2
    if name == "contains":
        return sizes[0] * sizes[1] // 1000
    return sum(sizes) // 20
