"""How Go shows values for hashing: `%#v` of github.com/davecgh/go-spew with sorted keys and without methods.

Amounts were checked against the names of ReplicaSets in recordings (v1.36.2 spreading*).
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.quantity import canonical, unit


def struct(kind: str, *fields: str) -> str:
    """A struct of that type with its fields; without a type where Go leaves it out."""
    return f"({kind}){{{' '.join(fields)}}}" if kind else f"{{{' '.join(fields)}}}"


def text(name: str, value: str = "", kind: str = "string") -> str:
    """A text, or something that is one."""
    return f"{name}:({kind}){value}"


def nil(name: str, kind: str) -> str:
    """Nothing."""
    return f"{name}:({kind})<nil>"


def field(owner: object, name: str, kind: str) -> str:
    """A field that mostly is empty. Objects within are shown as the API has them: no recording tells how Go
    shows those, and their hashes need only differ."""
    value = getattr(owner, _snake(name))
    if value is None or value in ((), {}, ""):
        return nil(name, kind)
    if isinstance(value, bool):
        return f"{name}:({kind}){str(value).lower()}"
    if isinstance(value, tuple) and all(isinstance(item, str | int) for item in value):
        return f"{name}:({kind})[{' '.join(map(str, value))}]"
    if isinstance(value, str | int):
        return f"{name}:({kind}){value}"
    return f"{name}:({kind}){msgspec.json.encode(value, order='sorted').decode()}"


def _snake(name: str) -> str:
    """ShareProcessNamespace is share_process_namespace, DNSConfig dns_config."""
    return _WORDS.sub("_", name).lower()


_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def number(name: str, value: int, kind: str = "int32") -> str:
    """A number, or what points to one."""
    return f"{name}:({kind}){value}"


def flag(name: str, value: bool = False) -> str:
    """Yes or no."""
    return f"{name}:(bool){str(value).lower()}"


def items(name: str, kind: str, items: Iterable[str]) -> str:
    """A list of structs."""
    found = " ".join(items)
    return f"{name}:([]{kind})[{found}]" if found else nil(name, f"[]{kind}")


def mapping(name: str, values: dict[str, str]) -> str:
    """Texts by texts, sorted."""
    if not values:
        return nil(name, "map[string]string")
    inside = " ".join(f"{key}:{values[key]}" for key in sorted(values))
    return f"{name}:(map[string]string)map[{inside}]"


def quantities(name: str, values: dict[str, str]) -> str:
    """Amounts by resource."""
    if not values:
        return nil(name, "v1.ResourceList")
    inside = " ".join(f"{key}:{_quantity(values[key])}" for key in sorted(values))
    return f"{name}:(v1.ResourceList)map[{inside}]"


def _quantity(written: str) -> str:
    """An amount as ParseQuantity leaves it; it keeps its text only where that is known to be canonical
    (apimachinery pkg/api/resource/quantity.go)."""
    known = canonical(written)
    digits, suffix = _AMOUNT.match(known).groups()  # type: ignore[union-attr]
    style, scale, two = unit(suffix)
    kept = bool(int(digits) & 7) if style == "binary" else not digits.endswith("000") and digits[0] != "0"
    amount = struct(
        "resource.int64Amount",
        number("value", int(digits) << two, "int64"),
        number("scale", scale, "resource.Scale"),
    )
    return struct(
        "",
        f"i:{amount}",
        f"d:{struct('resource.infDecAmount', nil('Dec', '*inf.Dec'))}",
        text("s", known if kept or digits == "0" else ""),
        text("Format", _FORMATS[style], "resource.Format"),
    )


_AMOUNT: Final = re.compile(r"([0-9]+)(.*)")
_FORMATS: Final = {"si": "DecimalSI", "binary": "BinarySI", "exponent": "DecimalExponent"}
