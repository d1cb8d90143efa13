"""Values of the language: Python's bool, int, float, str, bytes, tuple, dict and None, and these beside them.

An int is one of 64 bits with a sign; UInt is one without. Keys of maps are texts, numbers or truth values.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, Final

import msgspec

from clustersim.api.cel_words import RESERVED
from clustersim.api.quantity import Quantity
from clustersim.cel.syntax import CelError

LEAST: Final = -(2**63)
MOST: Final = 2**63 - 1
MOST_UNSIGNED: Final = 2**64 - 1


class UInt(int):
    """A whole number without a sign."""


class Timestamp(msgspec.Struct, frozen=True, order=True):
    """A moment: nanoseconds since 1970."""

    nanos: int


class Duration(msgspec.Struct, frozen=True, order=True):
    """A length of time in nanoseconds."""

    nanos: int


class TypeName(msgspec.Struct, frozen=True):
    """A type as a value: `type(1) == int`."""

    name: str


class Optional(msgspec.Struct, frozen=True):
    """A value that may be none. given: there is one."""

    value: Any = None
    given: bool = False


NOTHING: Final = Optional()


class IP(msgspec.Struct, frozen=True):
    """An address."""

    address: IPv4Address | IPv6Address


class CIDR(msgspec.Struct, frozen=True):
    """An address and the length of its prefix."""

    address: IPv4Address | IPv6Address
    network: IPv4Network | IPv6Network


class URL(msgspec.Struct, frozen=True):
    """A URL in its parts. query: values by their names."""

    text: str
    scheme: str
    host: str
    path: str
    query: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Semver(msgspec.Struct, frozen=True):
    """A version; pre: what stands behind a hyphen, build: behind a plus."""

    numbers: tuple[int, int, int]
    pre: tuple[str, ...] = ()
    build: tuple[str, ...] = ()


class Made(dict[str, Any]):
    """An object that an expression made, of a type with a name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class Format(msgspec.Struct, frozen=True):
    """A named format of texts."""

    name: str


_NAMES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "bool"),
    (UInt, "uint"),
    (int, "int"),
    (float, "double"),
    (str, "string"),
    (bytes, "bytes"),
    (tuple, "list"),
    (list, "list"),
    (dict, "map"),
    (type(None), "null_type"),
    (Timestamp, "google.protobuf.Timestamp"),
    (Duration, "google.protobuf.Duration"),
    (TypeName, "type"),
    (Optional, "optional_type"),
    (Quantity, "kubernetes.Quantity"),
    (IP, "net.IP"),
    (CIDR, "net.CIDR"),
    (URL, "kubernetes.URL"),
    (Semver, "kubernetes.Semver"),
    (Format, "kubernetes.NamedFormat"),
)


def type_name(value: Any) -> str:
    """The name of a value's type."""
    return next((name for kind, name in _NAMES if isinstance(value, kind)), "dyn")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(one: Any, other: Any) -> bool:
    """Numbers of all types by what they are worth; values of other types are not equal."""
    if is_number(one) and is_number(other):
        return bool(one == other)
    if isinstance(one, Sequence) and not isinstance(one, str | bytes):
        return (
            isinstance(other, list | tuple)
            and len(one) == len(other)
            and all(equal(a, b) for a, b in zip(one, other, strict=True))
        )
    if isinstance(one, Mapping):
        return (
            isinstance(other, Mapping)
            and len(one) == len(other)
            and all(key in other and equal(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, Optional) and isinstance(other, Optional):
        return one.given == other.given and equal(one.value, other.value)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one.nanos == other.nanos
    return type(one) is type(other) and bool(one == other)


def named(fields: Mapping[Any, Any], name: str) -> str:
    """Under which name a field is there: one that is called like a word of the language, by another."""
    return f"__{name}__" if name in RESERVED and name not in fields else name


def size_of(value: Any) -> int:
    """What the cost of a call counts of a value: letters, items, or one (interpreter/runtimecost.go)."""
    if isinstance(value, Optional) and value.given:
        return size_of(value.value)
    if isinstance(value, CIDR):
        return -(-value.network.prefixlen // 8)
    if isinstance(value, IP):
        return 4 if value.address.version == 4 else 16
    return len(value) if isinstance(value, str | bytes | list | tuple | dict) else 1


def whole(value: int) -> int:
    """A whole number that fits, or an error."""
    if not LEAST <= value <= MOST:
        raise CelError("integer overflow")
    return value


def unsigned(value: int) -> UInt:
    if not 0 <= value <= MOST_UNSIGNED:
        raise CelError("unsigned integer overflow")
    return UInt(value)


def double_text(value: float) -> str:
    """A number with a point as Go writes it (%g with as many digits as it needs)."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" in text:
        mantissa, _, power = text.partition("e")
        return f"{mantissa.removesuffix('.0')}e{power[0]}{power[1:].lstrip('0').rjust(2, '0')}"
    return text


class Work:
    """Steps that this process still takes, for all expressions about one request. A unit of cost takes longer
    here than in a real server, so an expression can be ended earlier than there."""

    def __init__(self, left: int) -> None:
        self.left = left


class Meter:
    """What an evaluation has cost, by the rules of the API server. limit: of this one (apiserver pkg/apis/cel
    PerCallLimit)."""

    def __init__(self, limit: int, work: Work) -> None:
        self.cost = 0
        self.limit = limit
        self.work = work


def from_json(plain: Any) -> Any:
    """A value of JSON as one of the language: lists are tuples, and fields that are null are not there."""
    if isinstance(plain, Mapping):
        return {key: from_json(value) for key, value in plain.items() if value is not None}
    if isinstance(plain, list | tuple):
        return tuple(from_json(value) for value in plain)
    return plain


def with_moments(value: Any) -> Any:
    """An object of a kind that is built in: when it was made, and when it was to go, are moments there."""
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return value
    times = {key: _moment(metadata[key]) for key in _TIMES if isinstance(metadata.get(key), str)}
    return {**value, "metadata": {**metadata, **times}}


_TIMES: Final = ("creationTimestamp", "deletionTimestamp")


def _moment(text: str) -> Timestamp:
    since = datetime.fromisoformat(text) - datetime.fromtimestamp(0, UTC)
    return Timestamp(since // timedelta(seconds=1) * 10**9)
