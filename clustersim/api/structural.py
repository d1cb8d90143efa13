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
    return has_word(schema, RULES)


def has_word(schema: Any, word: str) -> bool:
    """Whether a word says something somewhere in a schema."""
    left: list[Any] = [schema]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            if value.get(word):
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
    keeps = schema.get(_KEEPS) is True
    if isinstance(value, list | tuple):
        items = schema.get("items")
        inner = items if isinstance(items, Mapping) else {}
        inner = {**inner, _KEEPS: True} if keeps else inner
        return [_pruned(inner, item, f"{path}[{index}]", gone) for index, item in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    others = schema.get("additionalProperties")
    whole = root or schema.get(_EMBEDDED) is True
    found: dict[str, Any] = {}
    for name, inner in value.items():
        here = f"{path}.{name}" if path else str(name)
        if whole and name in _OF_OBJECTS:
            found[name] = inner
        elif isinstance(known.get(name), Mapping):
            found[name] = _pruned(known[name], inner, here, gone)
        elif others is not None:  # Of what may be anything only single values are kept.
            found[name] = _pruned(others if isinstance(others, Mapping) else {}, inner, here, gone)
        elif keeps:
            found[name] = inner
        elif path or name not in _OF_OBJECTS:
            gone.append(here)
    return found


def without_nulls(schema: Any, value: Any) -> Any:
    """A value without the fields that are null where their schemas know neither that nor a default
    (PruneNonNullableNullsWithoutDefaults)."""
    schema = schema if isinstance(schema, Mapping) else {}
    if isinstance(value, list | tuple):
        return [without_nulls(schema.get("items"), item) for item in value]
    if not isinstance(value, Mapping):
        return value
    known, others = schema.get("properties"), schema.get("additionalProperties")
    known = known if isinstance(known, Mapping) else {}
    inner = {name: known.get(name, others) for name in value}
    return {
        name: without_nulls(inner[name], one)
        for name, one in value.items()
        if not (_is_wrong_null(inner[name], one) and inner[name].get("default") is None)
    }


def _is_wrong_null(schema: Any, value: Any) -> bool:
    return value is None and isinstance(schema, Mapping) and not schema.get("nullable")


def defaulted(schema: Schema | None, value: Any) -> Any:
    """A value with what its schema says by default; a null gives way to a default."""
    if not isinstance(schema, Mapping):
        return value
    if isinstance(value, list | tuple):
        items = schema.get("items")
        return [defaulted(items, _unless_null(items, item)) for item in value]
    if not isinstance(value, Mapping):
        return value
    known, others = schema.get("properties"), schema.get("additionalProperties")
    known = known if isinstance(known, Mapping) else {}
    found = dict(value)
    for name, inner in known.items():
        if not isinstance(inner, Mapping) or inner.get("default") is None:
            continue
        if name not in found or _is_wrong_null(inner, found[name]):
            found[name] = copy.deepcopy(inner["default"])
    for name, inner in found.items():
        if name in known:
            found[name] = defaulted(known[name], inner)
        elif isinstance(others, Mapping):
            found[name] = defaulted(others, _unless_null(others, inner))
    return found


def _unless_null(schema: Any, value: Any) -> Any:
    return copy.deepcopy(schema.get("default")) if _is_wrong_null(schema, value) else value


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
