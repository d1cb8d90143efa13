"""State: what a component remembers, kept apart from what it does.

Every component keeps all that changes in one `State`. Objects inside are either immutable (frozen structs,
tuples, strings, numbers), and then shared by every snapshot, or containers (dict, list, deque, nested
State), and then copied.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec


class State(msgspec.Struct, gc=False):
    """Base of everything mutable in a model. Fields: scalars, frozen structs, tuples, or containers of those.

    A tree and never a cycle, so the garbage collector need not look at it.
    """


def copy_state(value: Any) -> Any:
    """A copy that shares everything immutable; later changes on either side are not seen by the other."""
    if isinstance(value, State):
        copied = [copy_state(getattr(value, name)) for name in value.__struct_fields__]
        return type(value)(*copied)
    kind = type(value)
    if kind is dict:
        return {
            key: copy_state(item) if type(item) in _MUTABLE or isinstance(item, State) else item
            for key, item in value.items()
        }
    if kind is list:
        return [
            copy_state(item) if type(item) in _MUTABLE or isinstance(item, State) else item for item in value
        ]
    if kind is deque:
        return deque((copy_state(item) for item in value), value.maxlen)
    return value


_MUTABLE = (dict, list, deque)

MANY: Final = 1000
"""Items of a collection that take a while to be let go of, all at once."""


def large_collections(value: Any) -> Iterator[list[Any]]:
    """The items of every collection in a state that has very many, each time in a list of their own. Who
    holds them can let the state go, and then the items one by one, so that other threads have their turn in
    between.
    """
    if isinstance(value, State):
        parts: Iterable[Any] = [getattr(value, name) for name in value.__struct_fields__]
    elif type(value) in _MUTABLE:
        parts = value.values() if type(value) is dict else value
        if len(value) > MANY:
            yield list(parts)
    else:
        return
    for part in parts:
        if type(part) in _MUTABLE or isinstance(part, State):
            yield from large_collections(part)


def _encodable(value: Any) -> Any:
    if isinstance(value, deque):
        return list(value)
    raise TypeError(f"{type(value).__name__} does not belong into a State")


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_encodable)


def digest(*values: Any) -> str:
    """A hash of states: equal for equal content in equal order, whatever process or hash seed made it.

    The order matters because loops go through it. What is immutable is read once, however many components
    remember it: a thousand kube-proxies know the same endpoints.
    """
    known: dict[int, bytes] = {}
    return _hash([_shortened(value, known) for value in values]).hex()


def _shortened(value: Any, known: dict[int, bytes]) -> Any:
    """The value with the hash of every immutable struct in its place. known: the hashes, by identity."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {key: _shortened(item, known) for key, item in value.items()}
    if kind is list or kind is tuple or kind is deque:
        return [_shortened(item, known) for item in value]
    if isinstance(value, State):
        return [_shortened(getattr(value, name), known) for name in value.__struct_fields__]
    found = known.get(id(value))
    if found is None:
        found = known[id(value)] = _hash(value)
    return found


def _hash(value: Any) -> bytes:
    return hashlib.blake2b(_ENCODER.encode(value), digest_size=16).digest()


_PLAIN = (int, str, float, bool, type(None), bytes)
