"""Types of the language, for those who check an expression before it runs (cel-go checker)."""

from collections.abc import Mapping
from typing import Final

import msgspec


class Type(msgspec.Struct, frozen=True):
    """A type. kind: its name, or `list`, `map`, `optional_type`, `type`, `object`, or `A`, `B` for any that
    is the same everywhere in a signature. fields: of an object, by name."""

    kind: str
    inner: tuple["Type", ...] = ()
    name: str = ""
    fields: Mapping[str, "Type"] | None = None

    def __str__(self) -> str:
        if self.kind == "object":
            return self.name
        if self.inner:
            return f"{self.kind}({', '.join(map(str, self.inner))})"
        return _SHOWN.get(self.kind, self.kind)


_SHOWN: Final = {"null_type": "null"}
DYN: Final = Type("dyn")
BOOL: Final = Type("bool")
INT: Final = Type("int")
UINT: Final = Type("uint")
DOUBLE: Final = Type("double")
STRING: Final = Type("string")
BYTES: Final = Type("bytes")
NULL: Final = Type("null_type")
TIMESTAMP: Final = Type("timestamp")
DURATION: Final = Type("duration")


def list_of(inner: Type) -> Type:
    return Type("list", (inner,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", (key, value))


def optional(inner: Type) -> Type:
    return Type("optional_type", (inner,))


def object_of(name: str, fields: Mapping[str, Type]) -> Type:
    return Type("object", name=name, fields=fields)


def fits(wanted: Type, given: Type, bound: dict[str, Type]) -> bool:
    """Whether a value of a type can stand where another is wanted. bound: what the letters of a signature
    stand for so far."""
    if len(wanted.kind) == 1:
        known = bound.get(wanted.kind)
        if known is None or known.kind == "dyn":
            bound[wanted.kind] = given if known is None or given.kind == "dyn" else known
            return True
        if fits(known, given, {}):
            return True
        if fits(given, known, {}):
            bound[wanted.kind] = given
            return True
        return False
    if wanted.kind == "dyn" or given.kind == "dyn":
        return True
    if "object" in (wanted.kind, given.kind):
        return wanted.name == given.name or "null_type" in (wanted.kind, given.kind)
    if wanted.kind == given.kind == "type":
        return True
    if given.kind == "null_type" and wanted.kind in ("timestamp", "duration", "optional_type"):
        return True
    if wanted.kind != given.kind or len(wanted.inner) != len(given.inner):
        return wanted.kind == given.kind and not (wanted.inner and given.inner)
    return all(fits(one, other, bound) for one, other in zip(wanted.inner, given.inner, strict=True))


def filled(signature: Type, bound: dict[str, Type]) -> Type:
    """A type of a signature with its letters replaced."""
    if len(signature.kind) == 1:
        return bound.get(signature.kind, DYN)
    if not signature.inner:
        return signature
    return Type(signature.kind, tuple(filled(one, bound) for one in signature.inner))


def joined(one: Type, other: Type) -> Type:
    """The type of what is of one or of the other."""
    if one == other:
        return one
    if fits(one, other, {}):
        return one
    return other if fits(other, one, {}) else DYN
