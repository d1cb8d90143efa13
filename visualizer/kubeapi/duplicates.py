"""Keys that stand twice in a body: the last value counts, and where the client wants fields validated they
are refused or warned of (sigs.k8s.io/json, UnmarshalStrict; sigs.k8s.io/yaml, YAMLToJSONStrict)."""

import json
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode


class _Repeating(dict[str, Any]):
    """An object of which some names came more than once."""

    names: tuple[str, ...] = ()


def duplicate_fields(body: bytes) -> tuple[str, ...]:
    """Paths of the fields that JSON has more than once, in order; the body must have been read already."""
    repeating = False

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeating
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        repeating = True
        repeated, names = _Repeating(found), [name for name, _value in pairs]
        repeated.names = tuple(name for place, name in enumerate(names) if name in names[:place])
        return repeated

    value = json.loads(body, object_pairs_hook=read)
    return tuple(_paths(value, "")) if repeating else ()


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        names = value.names if isinstance(value, _Repeating) else ()
        yield from dict.fromkeys(f"{path}{name}" for name in names)
        for name, inner in value.items():
            yield from _paths(inner, f"{path}{name}." if isinstance(inner, dict) else f"{path}{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _paths(inner, f"{path}[{place}]." if isinstance(inner, dict) else f"{path}[{place}]")


def duplicate_keys(text: str) -> tuple[str, ...]:
    """What YAML says twice, each with its line; nothing where the text cannot be read."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError):
        return ()
    found: list[tuple[int, str]] = []
    waiting: list[Node] = [root] if root is not None else []
    known: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in known:  # An alias leads to what was looked at already.
            continue
        known.add(id(node))
        if isinstance(node, SequenceNode):
            waiting += node.value
        elif isinstance(node, MappingNode):
            seen = set[str]()
            for key, value in node.value:
                waiting.append(value)
                name = str(key.value)
                if name in seen:
                    found.append((key.start_mark.line + 1, f'key "{name}" already set in map'))
                seen.add(name)
    return tuple(f"line {line}: {said}" for line, said in sorted(found))
