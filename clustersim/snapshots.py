"""Snapshots as bytes, for our own processes and our own disk. Never read what others send: reading is
unpickling.

A snapshot that comes back goes on exactly as the one that was written, byte for byte: what is one object in
it is one object again, and what is the default of a field is that very default again, since encoders leave
out a value only when it is the default itself.
"""

import io
import pickle
import sys
from array import array
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import count
from types import FunctionType
from typing import Any, BinaryIO, Final, Protocol

import msgspec

from clustersim.cluster import Snapshot
from clustersim.engine.collecting import without_collecting

_SINGLE: Final = (type(None), bool, type, type(msgspec.NODEFAULT))
"""Types whose values are the same objects everywhere."""

_SMALL: Final = range(-5, 257)
"""Integers that CPython has once; so it has the empty text and the empty tuple."""

PIECE: Final = 20_000
"""Of what an unpickler remembers so much is forgotten at once: a millisecond or two."""

_Place = str
"""Module, class, and which of its defaults, in one text: parts of a tuple would be looked up as defaults in
their turn."""


def pack(snapshot: Snapshot) -> bytes:
    """The snapshot, and all it shares, as bytes."""
    out = io.BytesIO()
    write(snapshot, out)
    return out.getvalue()


def unpack(data: bytes) -> Snapshot:
    """The snapshot that `pack` was given. Only for bytes that this program wrote itself."""
    return read(io.BytesIO(data))


class Writable(Protocol):
    """What can be written to, piece by piece."""

    def write(self, data: bytes, /) -> int: ...


def write(snapshot: Snapshot, out: Writable) -> None:
    """The same into a file: those of large worlds are a gigabyte."""
    with without_collecting():
        pickler = _Pickler(out, pickle.HIGHEST_PROTOCOL)
        pickler.dump_defaults()
        pickler.dump(snapshot)


def read(source: BinaryIO, *, beside_others: bool = False) -> Snapshot:
    """The snapshot in a file. Only for files that this program wrote itself. beside_others: threads that have
    something to do meanwhile never wait for long.
    """
    with without_collecting():
        tape = _Tape(source)
        reader = pickle.Unpickler(tape)  # noqa: S301 only what this program wrote
        found = reader.load()
        if isinstance(found, list):  # the defaults
            found = reader.load()
        if beside_others:
            _forget_in_pieces(reader, tape)
    if not isinstance(found, Snapshot):
        raise TypeError("these bytes hold no snapshot")
    return found


class _Tape:
    """What an unpickler reads: a file, or whatever is put in its place."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source

    def read(self, size: int) -> bytes:
        """As a file's, and so are the others."""
        return self.source.read(size)

    def readinto(self, buffer: bytearray) -> int:
        count: int = self.source.readinto(buffer)  # type: ignore[attr-defined]
        return count

    def readline(self) -> bytes:
        return self.source.readline()


def _forget_in_pieces(reader: pickle.Unpickler, tape: _Tape) -> None:
    """What it has read an unpickler remembers, millions of objects, and forgets all of them at once when it
    goes: until then no other thread has its turn. So it is told piece by piece to remember nothing in their
    places.
    """
    for first in count(0, PIECE):
        places = array("I", range(first, first + PIECE))
        if sys.byteorder == "big":
            places.byteswap()
        numbers, puts = places.tobytes(), bytearray(5 * PIECE)
        puts[::5] = pickle.LONG_BINPUT * PIECE
        for byte in range(4):
            puts[byte + 1 :: 5] = numbers[byte::4]
        known = pickle.LONG_BINGET + first.to_bytes(4, "little") + pickle.POP  # raises where there is nothing
        body = known + pickle.NONE + puts + pickle.STOP
        tape.source = io.BytesIO(pickle.FRAME + len(body).to_bytes(8, "little") + body)
        try:
            reader.load()
        except pickle.UnpicklingError:
            return


class _Default:
    """Stands for a default, and is read as that very object."""

    def __init__(self, place: _Place) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Callable[[_Place], Any], tuple[_Place]]:
        return _default_at, (self.place,)


class _Pickler(pickle.Pickler):
    def dump_defaults(self) -> None:
        """All defaults, first of all. From then on they are known, and so never written again: what reads
        takes those that it has itself."""
        stand_ins = {identity: _Default(place) for identity, place in _places().items()}
        self.dump(list(stand_ins.values()))
        memo = self.memo.copy()
        for identity, stand_in in stand_ins.items():
            number, _ = memo.pop(id(stand_in))
            memo[identity] = number, _default_at(stand_in.place)
        self.memo = memo

    def reducer_override(self, obj: Any) -> Any:
        """Of structs that are made by keywords, fields that hold their default are left out: most do."""
        if isinstance(obj, FunctionType):
            return (_maker, _MAKERS[obj]) if obj in _MAKERS else NotImplemented
        if (fields := _by_keywords(obj.__class__)) is None:
            return NotImplemented
        names, values = [], []
        for name, default in fields:
            if (value := getattr(obj, name)) is not default:
                names.append(name)
                values.append(value)
        return _maker(obj.__class__, " ".join(names)), tuple(values)


@cache
def _maker(kind: type[Any], names: str) -> Callable[..., Any]:
    """Makes structs of that kind of the values of those fields. Compiled, as a world is millions of structs:
    nothing else calls with given keywords as fast."""
    fields = names.split()
    source = f"lambda {', '.join(fields)}: __struct({', '.join(f'{name}={name}' for name in fields)})"
    made: Callable[..., Any] = eval(source, {"__struct": kind})  # noqa: S307 names of fields
    _MAKERS[made] = kind, names
    return made


_MAKERS: Final[dict[Any, tuple[type[Any], str]]] = {}
"""What each makes, and of which fields."""


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
