"""Lists that are sets and maps, of objects of added kinds
(apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors

_TYPE: Final = "x-kubernetes-list-type"
_KEYS: Final = "x-kubernetes-list-map-keys"


def check_lists(errors: FieldErrors, schema: Schema, value: Any, path: str) -> None:
    """What is twice in a list that is a set or a map, there and in all below."""
    if isinstance(value, Mapping):
        known, others = schema.get("properties"), schema.get("additionalProperties")
        known = known if isinstance(known, Mapping) else {}
        for name, inner in value.items():
            if isinstance(known.get(name), Mapping):
                check_lists(errors, known[name], inner, f"{path}.{name}" if path else name)
            elif isinstance(others, Mapping):
                check_lists(errors, others, inner, f"{path}[{name}]")
    elif isinstance(value, list | tuple):
        items = schema.get("items")
        if schema.get(_TYPE) == "set":
            _check_twice(errors, value, path)
        elif schema.get(_TYPE) == "map":
            _check_keys(errors, schema, value, path)
        if isinstance(items, Mapping):
            for index, item in enumerate(value):
                check_lists(errors, items, item, f"{path}[{index}]")


def _check_twice(errors: FieldErrors, value: Sequence[Any], path: str) -> None:
    """Every value once: where it is the second time."""
    seen: list[Any] = []
    told: list[Any] = []
    for index, item in enumerate(value):
        if item in seen and item not in told:
            errors.duplicate(f"{path}[{index}]", item)
            told.append(item)
        seen.append(item)


def _check_keys(errors: FieldErrors, schema: Schema, value: Sequence[Any], path: str) -> None:
    if any(item is not None and not isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            if item is not None and not isinstance(item, Mapping):
                errors.invalid(f"{path}[{index}]", item, "must be an object for an array of list-type map")
        return
    names = schema.get(_KEYS) or ()
    keys = [{name: item[name] for name in names if name in item} for item in ((item or {}) for item in value)]
    _check_twice(errors, keys, path)
