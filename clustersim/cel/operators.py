"""Operators and conversions (cel-go common/types, common/stdlib)."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from clustersim.cel.durations import (
    duration_text,
    moment,
    moment_text,
    parse_duration,
    parse_moment,
    time_zone,
)
from clustersim.cel.syntax import CelError, CostExceeded
from clustersim.cel.values import (
    CIDR,
    IP,
    Duration,
    Optional,
    Timestamp,
    TypeName,
    UInt,
    double_text,
    equal,
    is_number,
    type_name,
    unsigned,
    whole,
)

LONGEST: Final = 1_000_000
"""Letters or items of what an operation makes; the real server bounds what it would cost instead."""


def no_overload() -> CelError:
    return CelError("no such overload")


def bounded(length: int) -> None:
    """Raises CostExceeded for what would become too long."""
    if length > LONGEST:
        raise CostExceeded("operation cancelled: actual cost limit exceeded")


def _kind(value: Any) -> str:
    return type_name(value)


def _plus(a: Any, b: Any) -> Any:
    kind = _kind(a)
    if isinstance(a, Timestamp | Duration) and isinstance(b, Timestamp | Duration):
        if isinstance(a, Timestamp) and isinstance(b, Timestamp):
            raise no_overload()
        if isinstance(a, Timestamp) or isinstance(b, Timestamp):
            return moment(a.nanos + b.nanos)
        return Duration(whole(a.nanos + b.nanos))
    if kind != _kind(b):
        raise no_overload()
    if kind in ("string", "bytes", "list"):
        bounded(len(a) + len(b))
        return (*a, *b) if kind == "list" else a + b
    return _arithmetic(kind, lambda: a + b)


def _arithmetic(kind: str, compute: Callable[[], Any]) -> Any:
    match kind:
        case "int":
            return whole(compute())
        case "uint":
            return unsigned(compute())
        case "double":
            try:
                return float(compute())
            except (OverflowError, ZeroDivisionError):
                return math.inf
    raise no_overload()


def _minus(a: Any, b: Any) -> Any:
    if isinstance(a, Timestamp) and isinstance(b, Timestamp):
        return Duration(whole(a.nanos - b.nanos))
    if isinstance(a, Timestamp) and isinstance(b, Duration):
        return moment(a.nanos - b.nanos)
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Duration(whole(a.nanos - b.nanos))
    return _alike(a, b, lambda: a - b)


def _alike(a: Any, b: Any, compute: Callable[[], Any]) -> Any:
    if _kind(a) != _kind(b):
        raise no_overload()
    return _arithmetic(_kind(a), compute)


def _times(a: Any, b: Any) -> Any:
    return _alike(a, b, lambda: a * b)


def _over(a: Any, b: Any) -> Any:
    if _kind(a) == "double" and _kind(b) == "double" and b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)
    if _kind(a) != "double" and is_number(b) and b == 0:
        raise CelError("division by zero")
    return _alike(a, b, lambda: a / b if isinstance(a, float) else _towards_zero(a, b))


def _towards_zero(a: int, b: int) -> int:
    found = abs(int(a)) // abs(int(b))
    return found if (a < 0) == (b < 0) else -found


def _modulo(a: Any, b: Any) -> Any:
    if isinstance(a, float) or isinstance(b, float):
        raise no_overload()
    if is_number(b) and b == 0:
        raise CelError("modulus by zero")
    return _alike(a, b, lambda: int(a) - int(b) * _towards_zero(a, b))


def _negated(a: Any) -> Any:
    if _kind(a) not in ("int", "double"):
        raise no_overload()
    return _arithmetic(_kind(a), lambda: -a)


def _not(a: Any) -> bool:
    if not isinstance(a, bool):
        raise no_overload()
    return not a


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(a: Any, b: Any) -> bool:
        if is_number(a) and is_number(b):
            return holds(a, b)
        if type(a) is not type(b) or not isinstance(a, bool | str | bytes | Timestamp | Duration):
            raise no_overload()
        return holds(a, b)

    return compare


def _in(value: Any, within: Any) -> bool:
    if isinstance(within, dict):
        return _key(value) in within
    if isinstance(within, list | tuple):
        return any(equal(value, one) for one in within)
    raise no_overload()


def _key(value: Any) -> Any:
    """A value as the key of a map."""
    if isinstance(value, bool | str | int | float):
        return value
    raise no_overload()


def at(whole_: Any, index: Any) -> Any:
    """What stands at an index or under a key; of an optional value, an optional one."""
    if isinstance(whole_, Optional):
        return optional_at(whole_, index)
    if isinstance(whole_, dict):
        key = _key(index)
        if key not in whole_:
            raise CelError(f"no such key: {key}")
        return whole_[key]
    if isinstance(whole_, list | tuple):
        if not is_number(index) or index != int(index):
            raise CelError(f"unsupported index type '{type_name(index)}' in list")
        if not 0 <= index < len(whole_):
            raise CelError(f"index out of bounds: {int(index)}")
        return whole_[int(index)]
    raise no_overload()


def optional_at(whole_: Any, index: Any) -> Optional:
    """The same where it may not be there."""
    if isinstance(whole_, Optional):
        return optional_at(whole_.value, index) if whole_.given else whole_
    try:
        return Optional(at(whole_, index), True)
    except CelError:
        if not isinstance(whole_, dict | list | tuple):
            raise
        return Optional()


def _to_int(a: Any) -> int:
    if isinstance(a, bool):
        raise no_overload()
    if isinstance(a, Timestamp):
        return a.nanos // 10**9
    if isinstance(a, float):
        if not -(2.0**63) < a < 2.0**63:
            raise CelError("integer overflow")
        return int(a)
    if isinstance(a, str):
        try:
            return whole(int(a)) if len(a) < 30 and "_" not in a and a == a.strip() else whole(2**64)
        except (ValueError, CelError):
            raise CelError(f'strconv.ParseInt: parsing "{a}": invalid syntax') from None
    if isinstance(a, int):
        return whole(int(a))
    raise no_overload()


def _to_uint(a: Any) -> UInt:
    if isinstance(a, float) and not 0 <= a < 2.0**64:
        raise CelError("unsigned integer overflow")
    return unsigned(_to_int(a) if isinstance(a, str | float) or not isinstance(a, UInt) else int(a))


def _to_double(a: Any) -> float:
    if isinstance(a, str):
        try:
            return float(a)
        except ValueError:
            raise CelError(f'strconv.ParseFloat: parsing "{a}": invalid syntax') from None
    if not is_number(a):
        raise no_overload()
    return float(a)


def to_text(a: Any) -> str:
    """`string(a)`."""
    match a:
        case str():
            return a
        case bool():
            return "true" if a else "false"
        case float():
            return double_text(a)
        case int():
            return str(int(a))
        case bytes():
            try:
                return a.decode()
            except UnicodeDecodeError:
                raise CelError("invalid UTF-8 in bytes, cannot convert to string") from None
        case Timestamp():
            return moment_text(a)
        case Duration():
            return duration_text(a)
        case IP():
            return str(a.address)
        case CIDR():
            return f"{a.address}/{a.network.prefixlen}"
    raise no_overload()


def _to_bytes(a: Any) -> bytes:
    if isinstance(a, bytes):
        return a
    if not isinstance(a, str):
        raise no_overload()
    return a.encode("utf-8", "surrogatepass")


_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")


def _to_bool(a: Any) -> bool:
    if isinstance(a, bool):
        return a
    if not isinstance(a, str):
        raise no_overload()
    if a not in (*_TRUE, *_FALSE):
        raise CelError(f'strconv.ParseBool: parsing "{a}": invalid syntax')
    return a in _TRUE


def _to_moment(a: Any) -> Timestamp:
    if isinstance(a, Timestamp):
        return a
    if isinstance(a, str):
        return parse_moment(a)
    if isinstance(a, int) and not isinstance(a, bool):
        return moment(int(a) * 10**9)
    raise no_overload()


def _to_duration(a: Any) -> Duration:
    if isinstance(a, Duration):
        return a
    if not isinstance(a, str):
        raise no_overload()
    return parse_duration(a)


def _size(a: Any) -> int:
    if not isinstance(a, str | bytes | list | tuple | dict):
        raise no_overload()
    return len(a)


def _part_of_moment(part: Callable[[datetime], int], of_duration: int = 0) -> Callable[[Any], int]:
    """A part of a moment in UTC; of a duration how often a length of time, in nanoseconds, is in it."""

    def read(a: Any, zone: Any = "UTC") -> int:
        if isinstance(a, Duration) and of_duration:
            return _towards_zero(a.nanos, of_duration)
        if not isinstance(a, Timestamp) or not isinstance(zone, str):
            raise no_overload()
        found = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=a.nanos // 1000)
        return part(found.astimezone(time_zone(zone)))

    return read


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "_+_": _plus,
    "_-_": _minus,
    "_*_": _times,
    "_/_": _over,
    "_%_": _modulo,
    "-_": _negated,
    "!_": _not,
    "_==_": equal,
    "_!=_": lambda a, b: not equal(a, b),
    "_<_": _ordered(lambda a, b: a < b),
    "_<=_": _ordered(lambda a, b: a <= b),
    "_>_": _ordered(lambda a, b: a > b),
    "_>=_": _ordered(lambda a, b: a >= b),
    "@in": _in,
    "_[_]": at,
    "_[?_]": optional_at,
    "size": _size,
    "type": lambda a: TypeName(type_name(a)),
    "dyn": lambda a: a,
    "bool": _to_bool,
    "int": _to_int,
    "uint": _to_uint,
    "double": _to_double,
    "string": to_text,
    "bytes": _to_bytes,
    "timestamp": _to_moment,
    "duration": _to_duration,
    "getFullYear": _part_of_moment(lambda t: t.year),
    "getMonth": _part_of_moment(lambda t: t.month - 1),
    "getDate": _part_of_moment(lambda t: t.day),
    "getDayOfMonth": _part_of_moment(lambda t: t.day - 1),
    "getDayOfWeek": _part_of_moment(lambda t: t.isoweekday() % 7),
    "getDayOfYear": _part_of_moment(lambda t: t.timetuple().tm_yday - 1),
    "getHours": _part_of_moment(lambda t: t.hour, 3600 * 10**9),
    "getMinutes": _part_of_moment(lambda t: t.minute, 60 * 10**9),
    "getSeconds": _part_of_moment(lambda t: t.second, 10**9),
    "getMilliseconds": _part_of_moment(lambda t: t.microsecond // 1000, 10**6),
}
