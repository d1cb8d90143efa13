"""Functions of jq that make one value of one value, and of what their arguments make of it."""

import itertools
import json
import math
from collections.abc import Callable, Sequence
from typing import Final

from clustersim.console.shell.jq import dates, matching, paths
from clustersim.console.shell.jq.arithmetic import LONGEST_TEXT, split
from clustersim.console.shell.jq.formats import text
from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import (
    DEEPEST,
    JqError,
    is_nan,
    number,
    order,
    same,
    shown,
    size_of,
    type_of,
    without_halves,
    written,
)

_MOST_COMBINED: Final = 10_000


def _of_type(value: Json, wanted: str, wrong: str) -> Json:
    """That value. Raises JqError for one of another type."""
    if type_of(value) != wanted:
        raise JqError(f"{shown(value)} {wrong}")
    return value


def _array(value: Json, done: str) -> list[Json]:
    found: list[Json] = _of_type(value, "array", f"cannot be {done}, as it is not an array")
    return found


# --- arrays and objects ------------------------------------------------------------------------------------


def _length(value: Json) -> Json:
    match type_of(value):
        case "null":
            return 0
        case "boolean":
            raise JqError(f"{shown(value)} has no length")
        case "number":
            return abs(value)
    return len(value)


def _keys(value: Json) -> list[Json]:
    if isinstance(value, list):
        return list(range(len(value)))
    return sorted(_of_type(value, "object", "has no keys"))


def _keys_unsorted(value: Json) -> list[Json]:
    return list(value) if isinstance(value, dict) else _keys(value)


def _has(value: Json, key: Json) -> bool:
    match type_of(value), type_of(key):
        case ("object", "string"):
            return key in value
        case ("array", "number"):
            return bool(0 <= key < len(value))
    raise JqError(f"Cannot check whether {type_of(value)} has a {type_of(key)} key")


def _contains(value: Json, part: Json) -> bool:
    """Strings within strings, each element of an array within some, each entry of an object within its."""
    if type_of(value) != type_of(part):
        raise JqError(f"{shown(value)} and {shown(part)} cannot have their containment checked")
    return _holds(value, part)


def _holds(value: Json, part: Json) -> bool:
    match value:
        case str() if isinstance(part, str):
            return part in value
        case list() if isinstance(part, list):
            return all(any(_holds(one, wanted) for one in value) for wanted in part)
        case dict() if isinstance(part, dict):
            return all(name in value and _holds(value[name], wanted) for name, wanted in part.items())
    return same(value, part)


def _flatten(value: Json, depth: Json = DEEPEST) -> list[Json]:
    if type_of(depth) != "number" or depth < 0:
        raise JqError("flatten depth must not be negative")
    found: list[Json] = []
    for one in _elements(value):
        found += _flatten(one, depth - 1) if isinstance(one, list) and depth > 0 else [one]
    return found


def _elements(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    if not isinstance(value, list):
        raise JqError(f"Cannot iterate over {'null' if value is None else shown(value)}")
    return value


def _sort(value: Json) -> list[Json]:
    return sorted(_array(value, "sorted"), key=order)


def _unique(value: Json) -> list[Json]:
    return [next(group) for _, group in itertools.groupby(_sort(value), key=order)]


def _smallest(value: Json) -> Json:
    return min(_array(value, "sorted"), key=order, default=None)


def _largest(value: Json) -> Json:
    found = _array(value, "sorted")
    return max(reversed(found), key=order) if found else None


def _reverse(value: Json) -> Json:
    if value is None:
        return []
    return value[::-1] if isinstance(value, str) else _array(value, "reversed")[::-1]


def _transpose(value: Json) -> list[Json]:
    rows = [_array(row, "transposed") for row in _array(value, "transposed")]
    return [list(column) for column in itertools.zip_longest(*rows)]


def to_entries(value: Json) -> list[Json]:
    """``[{"key": ..., "value": ...}, ...]``. Raises JqError."""
    found = _of_type(value, "object", "has no keys")
    return [{"key": name, "value": one} for name, one in found.items()]


def from_entries(value: Json) -> dict[str, Json]:
    """An object of such entries; their names may be others, too. Raises JqError."""
    made: dict[str, Json] = {}
    for entry in _elements(value):
        named = _first_of(entry, ("key", "k", "name", "Name", "K", "Key"))
        if isinstance(named, list | dict):
            raise JqError(f"Cannot use {shown(named)} as object key")
        made[text(named)] = _first_of(entry, ("value", "v", "Value", "V"))
    return made


def _first_of(entry: Json, names: Sequence[str]) -> Json:
    found = [paths.child(entry, name) for name in names]
    given = [one for one in found if one is not None]
    true = [one for one in given if one is not False]
    return true[0] if true else given[0] if given else None


def _combinations(value: Json) -> list[Json]:
    rows = [_elements(row) for row in _elements(value)]
    if math.prod(map(len, rows)) > _MOST_COMBINED:
        raise JqError("Too many combinations")
    return [list(one) for one in itertools.product(*rows)]


# --- numbers -----------------------------------------------------------------------------------------------


def _calculated(name: str, by: Callable[[float], float]) -> Callable[[Json], Json]:
    def calculate(value: Json) -> Json:
        given = float(_of_type(value, "number", "number required"))
        if not math.isfinite(given) and name in ("floor", "ceil", "round", "trunc"):
            return given
        try:
            return number(by(given))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return calculate


def _round(value: float) -> float:
    """Halves away from zero, as C has it."""
    return math.copysign(math.floor(abs(value) + 0.5), value)


def _logarithm(by: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else by(value)


def _power(value: Json, base: Json, exponent: Json) -> Json:
    for one in (base, exponent):
        _of_type(one, "number", "number required")
    try:
        return number(math.pow(base, exponent))
    except (OverflowError, ValueError):
        return math.inf


def _tonumber(value: Json) -> Json:
    if type_of(value) == "number":
        return value
    given = _of_type(value, "string", "cannot be parsed as a number")
    try:
        found = float(given if "_" not in given and given.strip() == given else "x")
    except ValueError:
        raise JqError(f"{shown(value)} cannot be parsed as a number") from None
    return number(found)


# --- strings -----------------------------------------------------------------------------------------------


def _joined(value: Json, by: Json) -> str:
    """Numbers and booleans as text, null as nothing. Raises JqError."""
    parts: list[str] = []
    for one in _elements(value):
        if isinstance(one, list | dict):
            raise JqError(f"{shown(by)} and {shown(one)} cannot be added")
        parts.append("" if one is None else text(one))
    if not parts:
        return ""
    return str(_of_type(by, "string", f"and {shown(parts[0])} cannot be added")).join(parts)


def _split(value: Json, by: Json) -> list[str]:
    if not isinstance(value, str) or not isinstance(by, str):
        raise JqError("split input and separator must be strings")
    return split(value, by)


def _begins(name: str, test: Callable[[str, str], bool]) -> Callable[[Json, Json], Json]:
    def begins(value: Json, part: Json) -> bool:
        if not isinstance(value, str) or not isinstance(part, str):
            raise JqError(f"{name}() requires string inputs")
        return test(value, part)

    return begins


def _trimmed(by: Callable[[str], str]) -> Callable[[Json], Json]:
    return lambda value: by(str(_of_type(value, "string", "cannot be trimmed")))


def _without(by: Callable[[str, str], str]) -> Callable[[Json, Json], Json]:
    """ltrimstr, rtrimstr: what is no string stays as it is."""
    return lambda value, part: by(value, part) if isinstance(value, str) and isinstance(part, str) else value


def _indices(value: Json, part: Json) -> Json:
    if value is None:
        return None
    if isinstance(value, str) and isinstance(part, str):
        return [i for i in range(len(value)) if part and value.startswith(part, i)]
    if isinstance(value, list) and not isinstance(part, list):
        return [i for i, one in enumerate(value) if same(one, part)]
    return paths.child(value, part)


def _place(which: int) -> Callable[[Json, Json], Json]:
    def place(value: Json, part: Json) -> Json:
        found = _indices(value, part)
        return found[which] if found else None

    return place


def _cased(change: Callable[[str], str]) -> Callable[[Json], Json]:
    """Letters of ASCII alone."""

    def cased(value: Json) -> str:
        given = str(_of_type(value, "string", "must be a string"))
        return "".join(change(char) if char.isascii() else char for char in given)

    return cased


def _explode(value: Json) -> list[int]:
    return [ord(char) for char in _of_type(value, "string", "cannot be exploded, as it is not a string")]


def _implode(value: Json) -> str:
    found = _array(value, "imploded")
    if any(type_of(one) != "number" or not 0 <= one < 0x110000 for one in found):
        raise JqError("Unicode codepoint must be numeric")
    return "".join("\ufffd" if 0xD800 <= one < 0xE000 else chr(int(one)) for one in found)


def _fromjson(value: Json) -> Json:
    given = str(_of_type(value, "string", "only strings can be parsed"))
    try:
        found = json.loads(given)
    except (ValueError, RecursionError):
        raise JqError(f"{shown(given)[8:-1]} (while parsing '{given[:LONGEST_TEXT]}')") from None
    size_of(found, len(given))
    return without_halves(found, given)


WHOLE: Final[dict[tuple[str, int], Callable[..., Json]]] = {
    ("abs", 0): lambda value: abs(_of_type(value, "number", "has no absolute value")),
    ("ascii_downcase", 0): _cased(str.lower),
    ("ascii_upcase", 0): _cased(str.upper),
    ("ceil", 0): _calculated("ceil", math.ceil),
    ("contains", 1): _contains,
    ("date", 0): dates.todate,
    ("delpaths", 1): lambda value, given: paths.without(value, _array(given, "deleted")),
    ("endswith", 1): _begins("endswith", str.endswith),
    ("exp", 0): _calculated("exp", math.exp),
    ("exp10", 0): _calculated("exp10", lambda value: math.pow(10, value)),
    ("exp2", 0): _calculated("exp2", lambda value: math.pow(2, value)),
    ("explode", 0): _explode,
    ("fabs", 0): _calculated("fabs", abs),
    ("flatten", 0): _flatten,
    ("flatten", 1): _flatten,
    ("floor", 0): _calculated("floor", math.floor),
    ("from_entries", 0): from_entries,
    ("fromdate", 0): dates.fromdate,
    ("fromdateiso8601", 0): dates.fromdate,
    ("fromjson", 0): _fromjson,
    ("gmtime", 0): dates.gmtime,
    ("has", 1): _has,
    ("implode", 0): _implode,
    ("in", 1): lambda value, of: _has(of, value),
    ("index", 1): _place(0),
    ("indices", 1): _indices,
    ("infinite", 0): lambda value: math.inf,
    ("inside", 1): lambda value, of: _contains(of, value),
    ("isinfinite", 0): lambda value: math.isinf(_of_type(value, "number", "number required")),
    ("isnan", 0): lambda value: is_nan(_of_type(value, "number", "number required")),
    ("isnormal", 0): lambda value: math.isfinite(_of_type(value, "number", "number required")) and value != 0,
    ("join", 1): _joined,
    ("keys", 0): _keys,
    ("keys_unsorted", 0): _keys_unsorted,
    ("length", 0): _length,
    ("localtime", 0): dates.gmtime,
    ("log", 0): _calculated("log", _logarithm(math.log)),
    ("log10", 0): _calculated("log10", _logarithm(math.log10)),
    ("log2", 0): _calculated("log2", _logarithm(math.log2)),
    ("ltrim", 0): _trimmed(str.lstrip),
    ("ltrimstr", 1): _without(str.removeprefix),
    ("max", 0): _largest,
    ("min", 0): _smallest,
    ("mktime", 0): dates.mktime,
    ("nan", 0): lambda value: math.nan,
    ("not", 0): lambda value: value is None or value is False,
    ("nth", 1): paths.child,
    ("pow", 2): _power,
    ("reverse", 0): _reverse,
    ("rindex", 1): _place(-1),
    ("round", 0): _calculated("round", _round),
    ("rtrim", 0): _trimmed(str.rstrip),
    ("rtrimstr", 1): _without(str.removesuffix),
    ("setpath", 2): lambda value, path, new: paths.put(value, _array(path, "a path"), new),
    ("sort", 0): _sort,
    ("split", 1): _split,
    ("split", 2): matching.split,
    ("sqrt", 0): _calculated("sqrt", math.sqrt),
    ("startswith", 1): _begins("startswith", str.startswith),
    ("strflocaltime", 1): dates.strftime,
    ("strftime", 1): dates.strftime,
    ("strptime", 1): dates.strptime,
    ("test", 1): matching.is_found,
    ("test", 2): matching.is_found,
    ("to_entries", 0): to_entries,
    ("toarray", 0): lambda value: value if isinstance(value, list) else [value],
    ("todate", 0): dates.todate,
    ("todateiso8601", 0): dates.todate,
    ("tojson", 0): written,
    ("tonumber", 0): _tonumber,
    ("tostring", 0): text,
    ("transpose", 0): _transpose,
    ("trim", 0): _trimmed(str.strip),
    ("trunc", 0): _calculated("trunc", math.trunc),
    ("type", 0): type_of,
    ("unique", 0): _unique,
    ("utf8bytelength", 0): lambda value: len(
        _of_type(value, "string", "only strings have UTF-8 byte length").encode()
    ),
}
"""By name and count of arguments: what is made of the value and of what they make of it."""

MANY: Final[dict[tuple[str, int], Callable[..., list[Json]]]] = {
    ("combinations", 0): _combinations,
    ("match", 1): matching.matches,
    ("match", 2): matching.matches,
    ("scan", 1): matching.scan,
    ("scan", 2): matching.scan,
    ("splits", 1): matching.split,
    ("splits", 2): matching.split,
}
"""Those that make many values of one."""
