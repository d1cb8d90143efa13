"""Structural schemas: what an object of a custom kind keeps, and what is filled in
(apiextensions-apiserver pkg/apiserver/schema: pruning, defaulting).
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_KEEPS: Final = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_OF_OBJECTS: Final = ("apiVersion", "kind", "metadata")


RULES: Final = "x-kubernetes-validations"


def has_rules(schema: Any) -> bool:
    """Whether a schema has expressions somewhere."""
    left: list[Any] = [schema]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            if value.get(RULES):
                return True
            left += value.values()
        elif isinstance(value, list | tuple):
            left += value
    return False


def pruned(schema: Schema | None, value: Any, path: str = "", *, root: bool = False) -> tuple[Any, list[str]]:
    """A value without the fields that its schema does not have, and their paths."""
    gone: list[str] = []
    return _pruned(schema or {}, value, path, gone, root=root), gone


def _pruned(schema: Schema, value: Any, path: str, gone: list[str], *, root: bool = False) -> Any:
    if isinstance(value, list | tuple):
        items = schema.get("items")
        inner = items if isinstance(items, Mapping) else {_KEEPS: schema.get(_KEEPS, False)}
        return [_pruned(inner, item, f"{path}[{index}]", gone) for index, item in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    others = schema.get("additionalProperties")
    keeps = schema.get(_KEEPS) is True
    whole = root or schema.get(_EMBEDDED) is True
    found: dict[str, Any] = {}
    for name, inner in value.items():
        here = f"{path}.{name}" if path else str(name)
        if whole and name in _OF_OBJECTS:
            found[name] = inner
        elif isinstance(known.get(name), Mapping):
            found[name] = _pruned(known[name], inner, here, gone)
        elif isinstance(others, Mapping):
            found[name] = _pruned(others, inner, here, gone)
        elif others is True or keeps:
            found[name] = inner
        else:
            gone.append(here)
    return found


def defaulted(schema: Schema | None, value: Any) -> Any:
    """A value with what its schema says by default; a null gives way to a default."""
    if not isinstance(schema, Mapping):
        return value
    if isinstance(value, list | tuple):
        return [defaulted(schema.get("items"), item) for item in value]
    if not isinstance(value, Mapping):
        return value
    known, others = schema.get("properties"), schema.get("additionalProperties")
    known = known if isinstance(known, Mapping) else {}
    found = dict(value)
    for name, inner in known.items():
        if not isinstance(inner, Mapping) or "default" not in inner:
            continue
        if name not in found or (found[name] is None and not inner.get("nullable")):
            found[name] = copy.deepcopy(inner["default"])
    for name, inner in found.items():
        if name in known:
            found[name] = defaulted(known[name], inner)
        elif isinstance(others, Mapping):
            found[name] = defaulted(others, inner)
    return found


def at_path(value: Any, path: str) -> Any:
    """What stands at a simple path, ".spec.replicas"; None if nothing does."""
    for name in _names(path):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def with_value(value: Mapping[str, Any], path: str, new: Any) -> dict[str, Any]:
    """The same with something else at that path."""
    first, *rest = _names(path)
    inner = value.get(first)
    below = with_value(inner if isinstance(inner, Mapping) else {}, ".".join(rest), new) if rest else new
    return {**value, first: below}


def _names(path: str) -> Iterator[str]:
    return (name for name in path.split(".") if name)
