"""What a call costs, by the rules of the API server (cel-go interpreter/runtimecost.go, apiserver
pkg/cel/library/cost.go): a tenth for each letter that is looked at, one for most of the rest."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.quantity import Quantity
from clustersim.cel.values import CIDR, IP, URL, Format, Semver, size_of

LIST: Final = 10
MAP: Final = 30
STRUCT: Final = 40
_CHECK: Final = 350_000
_ONE: Final = frozenset({"size", "int", "uint", "double", "type", "dyn", "bool", "timestamp", "duration"})
_TRAVERSED: Final = frozenset(
    {
        "url", "lowerAscii", "upperAscii", "substring", "trim", "cidr", "isIP", "isCIDR", "quantity",
        "isQuantity", "semver", "isSemver", "startsWith", "endsWith", "bytes", "strings.quote", "format",
    }
)  # fmt: skip
_TWICE: Final = frozenset({"replace", "split", "ip.isCanonical"})
_LISTS: Final = frozenset({"isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"})
_SEARCHES: Final = frozenset({"find", "findAll", "matches"})
_OPAQUE: Final = (Quantity, IP, CIDR, URL, Semver, Format)
_FORMAT_SIZES: Final = {
    "dns1123Label": 30, "dns1035Label": 30, "dns1123LabelPrefix": 30, "dns1035LabelPrefix": 30,
    "dns1123Subdomain": 60, "dns1123SubdomainPrefix": 60, "qualifiedName": 60, "labelValue": 40, "uri": 1103,
    "uuid": 84, "byte": 84, "date": 160, "datetime": 160,
}  # fmt: skip


def _tenth(size: int) -> int:
    return -(-size // 10)


def cost_of(name: str, args: tuple[Any, ...], result: Any) -> int:
    """Of a call with these arguments, that came to this."""
    if name in _ONE or not args:
        return 1
    first = size_of(args[0])
    if name in _TRAVERSED:
        return _tenth(first)
    if name in _TWICE:
        return _tenth(2 * first)
    if name in _LISTS:
        return _of_list(args[0])
    if name in _SEARCHES:
        return _tenth(1 + first) * -(-size_of(args[1]) // 4)
    special = _SPECIAL.get(name)
    return special(args, result) if special is not None else 1


def _of_list(value: Any) -> int:
    texts = isinstance(value, list | tuple) and value and isinstance(value[0], str)
    return sum(map(size_of, value)) if texts else size_of(value)


def _of_equality(args: tuple[Any, ...], _result: Any) -> int:
    return 1 if isinstance(args[0], _OPAQUE) else _tenth(min(size_of(args[0]), size_of(args[1])))


def _of_order(args: tuple[Any, ...], _result: Any) -> int:
    return _tenth(min(size_of(args[0]), size_of(args[1]))) if isinstance(args[0], str | bytes) else 1


def _of_sum(args: tuple[Any, ...], _result: Any) -> int:
    return _tenth(size_of(args[0]) + size_of(args[1])) if isinstance(args[0], str | bytes) else 1


def _of_containing(args: tuple[Any, ...], _result: Any) -> int:
    other = _tenth(size_of(args[1])) if isinstance(args[1], str) else 0
    return _tenth(2 * size_of(args[0])) + other


def _made_list(size: float) -> int:
    return int(size) + 1 + LIST


def _of_comparing(args: tuple[Any, ...], _result: Any) -> int:
    """Every item of a list with every other."""
    items = args[0]
    texts = bool(items) and isinstance(items[0], str | bytes)
    return _made_list(len(items) ** 2 * (2.1 if texts else 2))


def _of_flatten(args: tuple[Any, ...], _result: Any) -> int:
    return _made_list(size_of(args[0]) * (args[1] if len(args) > 1 else 1))


def _of_format(args: tuple[Any, ...], _result: Any) -> int:
    size = _FORMAT_SIZES.get(args[0].name, 60) if isinstance(args[0], Format) else 60
    return _tenth(1 + size_of(args[1])) * -(-size // 4)


_SPECIAL: Final[dict[str, Callable[[tuple[Any, ...], Any], int]]] = {
    **dict.fromkeys(("distinct", "sort"), _of_comparing),
    **dict.fromkeys(("slice", "lists.range"), lambda _args, result: _made_list(size_of(result))),
    "reverse": lambda args, result: 1 if isinstance(args[0], str) else _made_list(size_of(result)),
    "flatten": _of_flatten,
    "check": lambda _args, _result: _CHECK,
    "contains": lambda args, _result: _tenth(size_of(args[0])) * _tenth(size_of(args[1])),
    "join": lambda _args, result: _tenth(2 * size_of(result)),
    "@in": lambda args, _result: size_of(args[1]) if isinstance(args[1], list | tuple) else 1,
    "_==_": _of_equality,
    "_!=_": _of_equality,
    "_+_": _of_sum,
    "ip": lambda args, _result: _tenth(size_of(args[0])) if isinstance(args[0], str) else 1,
    "string": lambda args, _result: _tenth(size_of(args[0])) if isinstance(args[0], bytes) else 1,
    "containsIP": _of_containing,
    "containsCIDR": lambda args, result: _of_containing(args, result) + _tenth(size_of(args[0])) + 1,
    "validate": _of_format,
    "sets.contains": lambda args, _result: 1 + size_of(args[0]) * size_of(args[1]),
    "sets.intersects": lambda args, _result: 1 + size_of(args[0]) * size_of(args[1]),
    "sets.equivalent": lambda args, _result: 1 + 2 * size_of(args[0]) * size_of(args[1]),
    **dict.fromkeys(("_<_", "_<=_", "_>_", "_>=_"), _of_order),
}
