"""Snapshots as bytes, for one's own processes and one's own disk. Never for what others send: reading is
unpickling.

A snapshot that comes back goes on exactly as the one that was written, byte for byte: what is one object in
it is one object again, and what is the default of a field is that very default again, since encoders leave
out a value only when it is the default itself.
"""

import io
import pickle
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, Final

import msgspec

from clustersim.cluster import Snapshot
from clustersim.engine.collecting import without_collecting

_SINGLE: Final = (type(None), bool, type, type(msgspec.NODEFAULT))
"""Types whose values are the same objects everywhere."""

_SMALL: Final = range(-5, 257)
"""Integers that CPython has once; so it has the empty text and the empty tuple."""

_Place = str
"""Module, class, and which of its defaults, in one text: parts of a tuple would be looked up as defaults in
their turn."""


def pack(snapshot: Snapshot) -> bytes:
    """The snapshot, and all it shares, as bytes."""
    out = io.BytesIO()
    with without_collecting():
        _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(snapshot)
    return out.getvalue()


def unpack(data: bytes) -> Snapshot:
    """The snapshot that `pack` was given. Only for bytes that this program wrote itself."""
    with without_collecting():
        found = _Unpickler(io.BytesIO(data)).load()
    if not isinstance(found, Snapshot):
        raise TypeError("these bytes hold no snapshot")
    return found


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> _Place | None:
        return _places().get(id(obj))

    def reducer_override(self, obj: Any) -> Any:
        """Of structs that are made by keywords, fields that hold their default are left out: most do."""
        if (fields := _by_keywords(obj.__class__)) is None:
            return NotImplemented
        found = {name: value for name, default in fields if (value := getattr(obj, name)) is not default}
        return _made, (type(obj), found)


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: _Place) -> Any:
        return _default_at(pid)


def _made(kind: type[Any], fields: dict[str, Any]) -> Any:
    return kind(**fields)


@cache
def _by_keywords(kind: Any) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a struct that is made by keywords, with their defaults; None for all other types."""
    if not issubclass(kind, msgspec.Struct) or len(kind.__match_args__) == len(kind.__struct_fields__):
        return None
    fields, defaults = kind.__struct_fields__, kind.__struct_defaults__
    required = (msgspec.NODEFAULT,) * (len(fields) - len(defaults))
    return tuple(zip(fields, (*required, *defaults), strict=True))


@cache
def _default_at(place: _Place) -> Any:
    module, name, index = place.split(":")
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found.__struct_defaults__[int(index)]


@cache
def _places() -> dict[int, _Place]:
    """Where each default stands, by its identity."""
    return {
        id(default): f"{cls.__module__}:{cls.__qualname__}:{index}"
        for cls in _structs(msgspec.Struct)
        if "<" not in cls.__qualname__
        for index, default in enumerate(cls.__struct_defaults__)
        if not _is_single(default)
    }


def _is_single(value: Any) -> bool:
    """Reading makes that very object by itself."""
    return isinstance(value, _SINGLE) or value in ("", ()) or (type(value) is int and value in _SMALL)


def _structs(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for cls in base.__subclasses__():
        if cls.__module__.startswith("clustersim."):
            yield cls
        yield from _structs(cls)
