"""What calls cost at most, and how large what they come to can be (apiserver pkg/cel/library/cost.go; cel-go
checker/cost.go functionCost)."""

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from clustersim.cel.costs import LIST
from clustersim.cel.sizes import MOST, NOTHING, ONE, UNKNOWN, Range, fixed
from clustersim.cel.syntax import Literal, Node
from clustersim.cel.types import Type

LETTER: Final = 0.1
_OF_PATTERN: Final = 0.25
_ADDRESS: Final = Range(4, 16)
"""Bytes of an address."""
_OPAQUE: Final = ("net.IP", "net.CIDR", "kubernetes.Quantity", "kubernetes.Semver")
_LONGEST_FORMAT: Final = 64
_LONGEST_PATTERN: Final = 128


class Argument(NamedTuple):
    """What a function gets. size: None where nothing is known; item: of what is in a list of texts."""

    node: Node
    type: Type
    size: Range | None
    item: Range | None

    @property
    def range(self) -> Range:
        return UNKNOWN if self.size is None else self.size


class Estimate(NamedTuple):
    """Beside its arguments."""

    cost: Range
    size: Range | None = None


Arguments = Sequence[Argument]


def estimate(function: str, kinds: Sequence[Type], args: Arguments, *, member: bool) -> Estimate:
    """kinds: the types that one of the ways to call it takes."""
    special = _SPECIAL.get(function)
    found = special(kinds, args, member) if special is not None and args else None
    return found or Estimate(ONE)


def _letters(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    return Estimate(args[0].range.scaled(LETTER))


def _same_length(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    return Estimate(args[0].range.scaled(LETTER), args[0].range)


def _twice(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    return Estimate(args[0].range.scaled(2 * LETTER))


def _of_list(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    one = args[0]
    if not one.type.inner:
        return _letters(_kinds, args, _member)
    each = ONE
    if one.type.inner[0].kind in ("string", "bytes"):
        each += (one.item or UNKNOWN).scaled(LETTER)
    return Estimate(one.range.times(each))


def _of_replace(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    if len(args) < 3:
        return None
    whole, old, new = (one.range for one in args[:3])
    most, kept_most = math.ceil(whole.most / old.least) if old.least else 0, 0
    if old.least == 0:
        most, kept_most = min(MOST, whole.most + 1), whole.most
    elif new.most <= old.least:
        most, kept_most = 0, whole.most
    least, kept_least = math.ceil(whole.least / old.most) if old.most else 0, 0
    if old.most == 0:
        least, kept_least = min(MOST, whole.least + 1), whole.least
    elif old.most <= new.least:
        least, kept_least = 0, whole.least
    size = Range(least, most).times(new) + Range(kept_least, kept_most)
    return Estimate(whole.scaled(2 * LETTER), size)


def _of_split(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    whole, most = args[0].range, args[0].range.most
    if len(args) > 2 and isinstance(args[2].node, Literal) and type(args[2].node.value) is int:
        most = args[2].node.value % (MOST + 1)
    return Estimate(whole.scaled(2 * LETTER), Range(0, most))


def _of_join(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    count = args[0].range
    size = count.times(args[0].item or UNKNOWN) if args[0].type.inner else NOTHING
    if len(args) > 1:
        between = Range(max(0, count.least - 1), max(0, count.most - 1))
        size += args[1].range.times(between)
    return Estimate(size.scaled(LETTER), size)


def _of_find(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    if len(args) < 2:
        return None
    texts = (args[0].range + ONE).scaled(LETTER)
    cost = texts.times(args[1].range.scaled(_OF_PATTERN))
    return Estimate(cost, Range(0, args[0].range.most))


def _of_matches(kinds: Sequence[Type], args: Arguments, member: bool) -> Estimate | None:
    found = _of_find(kinds, args, member) if member else None
    return Estimate(found.cost) if found is not None else None


def _of_contains(_kinds: Sequence[Type], args: Arguments, member: bool) -> Estimate | None:
    if not member:
        return None
    return Estimate(args[0].range.scaled(LETTER).times(args[1].range.scaled(LETTER)))


def _of_beginning(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    return Estimate(args[1].range.scaled(LETTER))


def _of_ip(kinds: Sequence[Type], args: Arguments, member: bool) -> Estimate | None:
    return None if member else _letters(kinds, args, member)


def _of_containing(kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    cost = (_ADDRESS + _ADDRESS).scaled(LETTER)
    if kinds[1].kind == "string":
        cost += args[1].range.scaled(LETTER)
    return Estimate(cost)


def _of_containing_range(kinds: Sequence[Type], args: Arguments, member: bool) -> Estimate:
    found = _of_containing(kinds, args, member)
    return Estimate(found.cost + _ADDRESS.scaled(LETTER) + ONE)


def _of_validate(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    if len(args) < 2:
        return None
    return Estimate(args[1].range.scaled(LETTER).scaled(_LONGEST_PATTERN * _OF_PATTERN))


def _of_bytes(kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    if kinds[0].kind != "string":
        return None
    size = args[0].range
    return Estimate(size.scaled(LETTER), Range(size.least, size.most * 4 % (MOST + 1)))


def _of_string(kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    if kinds[0].kind != "bytes":
        return None
    size = args[0].range
    return Estimate(size.scaled(LETTER), Range(size.least // 4, size.most))


def _of_quote(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    size = args[0].range
    return Estimate(size.scaled(LETTER), Range(size.least + 2, (size.most * 2 + 2) % (MOST + 1)))


def _of_in(kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    return Estimate(args[1].range) if kinds[1].kind == "list" else None


def _of_sum(kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    if kinds[0].kind not in ("string", "bytes", "list"):
        return None
    size = args[0].range + args[1].range
    return Estimate(ONE if kinds[0].kind == "list" else size.scaled(LETTER), size)


def _of_order(kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate | None:
    return _compared(args) if kinds[0].kind in ("string", "bytes") else None


def _made_list(size: Range, factor: float = 1) -> Estimate:
    return Estimate(size.scaled(factor) + fixed(1 + LIST), size)


def _of_slice(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    first, last = _whole(args[1], 0), _whole(args[2], args[0].range.most)
    return _made_list(fixed((last - first) % (MOST + 1)))


def _whole(one: Argument, otherwise: int) -> int:
    """A number that stands there itself."""
    if isinstance(one.node, Literal) and type(one.node.value) is int:
        return max(0, one.node.value)
    return otherwise


def _of_distinct(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    return _made_list(args[0].range.times(args[0].range), 2)


def _of_sort(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    inner = args[0].type.inner
    texts = bool(inner) and inner[0].kind in ("string", "bytes")
    return _made_list(args[0].range.times(args[0].range), 2 + LETTER * texts)


def _of_flatten(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    return _made_list(args[0].range, _whole(args[1], MOST) if len(args) > 1 else 1)


def _of_sets(factor: int) -> Callable[[Sequence[Type], Arguments, bool], Estimate]:
    return lambda _kinds, args, _member: Estimate(args[0].range.times(args[1].range).scaled(factor) + ONE)


def _of_equality(_kinds: Sequence[Type], args: Arguments, _member: bool) -> Estimate:
    one, other = args[0].type, args[1].type
    if one == other and str(one) in _OPAQUE:
        return Estimate(ONE)
    if one == other and str(one) == "kubernetes.NamedFormat":
        return Estimate(Range(1, _LONGEST_FORMAT).scaled(LETTER))
    return _compared(args)


def _compared(args: Arguments) -> Estimate:
    most = min(args[0].range.most, args[1].range.most)
    return Estimate(Range(int(most > 0), most).scaled(LETTER))


_SPECIAL: Final[dict[str, Callable[[Sequence[Type], Arguments, bool], Estimate | None]]] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _of_list),
    **dict.fromkeys(("url", "jsonpatch.escapeKey"), _same_length),
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), _same_length),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"), _letters),
    **dict.fromkeys(("startsWith", "endsWith"), _of_beginning),
    **dict.fromkeys(("find", "findAll"), _of_find),
    **dict.fromkeys(("_<_", "_<=_", "_>_", "_>=_"), _of_order),
    "slice": _of_slice,
    "distinct": _of_distinct,
    "reverse": lambda kinds, args, _member: _made_list(args[0].range) if kinds[0].kind == "list" else None,
    "sort": _of_sort,
    "flatten": _of_flatten,
    "lists.range": lambda _kinds, args, _member: _made_list(fixed(_whole(args[0], MOST))),
    "sets.contains": _of_sets(1),
    "sets.intersects": _of_sets(1),
    "sets.equivalent": _of_sets(2),
    "check": lambda _kinds, _args, _member: Estimate(fixed(350_000)),
    "replace": _of_replace,
    "split": _of_split,
    "join": _of_join,
    "ip": _of_ip,
    "ip.isCanonical": _twice,
    "containsIP": _of_containing,
    "containsCIDR": _of_containing_range,
    "validate": _of_validate,
    "format": _letters,
    "bytes": _of_bytes,
    "string": _of_string,
    "strings.quote": _of_quote,
    "matches": _of_matches,
    "contains": _of_contains,
    "@in": _of_in,
    "_+_": _of_sum,
    "_==_": _of_equality,
    "_!=_": lambda _kinds, args, _member: _compared(args),
}
