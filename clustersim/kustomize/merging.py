"""Strategic merge patches as kustomize carries them out: what a patch names comes first in lists.

Source: kustomize kyaml/yaml/merge2, kyaml/yaml/walk/associative_sequence.go.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from clustersim.api.meta import ApiStruct
from clustersim.api.schema import Field, schema_of

_DIRECTIVE: Final = "$patch"
GONE: Final = object()
"""Stands for what a patch removes."""
_KEYS: Final = {
    "ports": ("containerPort", "port", "protocol"),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
"""Lists whose items have more than one key (x-kubernetes-list-map-keys)."""


def merged(struct: type[ApiStruct] | None, old: Any, patch: Mapping[str, Any]) -> Any:
    """An object after a patch; GONE where the patch removes it."""
    directive = patch.get(_DIRECTIVE)
    if directive == "delete":
        return GONE
    if directive == "replace" or not isinstance(old, Mapping):
        return _added(struct, patch)
    schema = schema_of(struct) if struct is not None else {}
    new = dict(old)
    for name, value in patch.items():
        if name == _DIRECTIVE:
            continue
        if value is None:
            new.pop(name, None)
            continue
        found = _merged_field(schema.get(name), name, new.get(name), value)
        if found is GONE:
            new.pop(name, None)
        else:
            new[name] = found
    return new


def _merged_field(field: Field | None, name: str, old: Any, value: Any) -> Any:
    if isinstance(value, Mapping):
        return merged(_struct_of(field), old, value)
    if isinstance(value, list) and field is not None and field.merge is not None:
        return _merged_list(field, name, old if isinstance(old, list) else [], value)
    return deepcopy(value)


def _struct_of(field: Field | None) -> type[ApiStruct] | None:
    return field.struct if field is not None and field.shape == "struct" else None


def _added(struct: type[ApiStruct] | None, value: Any) -> Any:
    """What was not there: without directives, and without what it removes."""
    return merged(struct, {}, {name: one for name, one in value.items() if name != _DIRECTIVE})


def _merged_list(field: Field, name: str, old: list[Any], patch: list[Any]) -> list[Any]:
    assert field.merge is not None
    whole = {_DIRECTIVE: "replace"}
    if whole in patch:
        kept = [item for item in patch if item != whole]
        return [_added(field.struct, item) if isinstance(item, Mapping) else item for item in kept]
    if not field.merge.key:
        return [*dict.fromkeys([*patch, *old])]
    keys = _keys_of(name, field.merge.key, [*old, *patch])
    rest, first = list(old), list[Any]()
    for item in patch:
        if isinstance(item, Mapping) and item.get(_DIRECTIVE) == "replace":
            continue  # Only an item that says nothing else replaces anything.
        place = next((at for at, one in enumerate(rest) if _same(one, item, keys)), None)
        new = merged(field.struct, None if place is None else rest[place], item)
        if place is None:
            first += [] if new is GONE else [new]
        elif new is GONE or len(keys) == 1:
            del rest[place]
            first += [] if new is GONE else [new]
        else:
            rest[place] = new
    return [*first, *rest]


def _keys_of(name: str, key: str, items: list[Any]) -> tuple[str, ...]:
    """The keys of a list's items, those that no item has left out."""
    known = _KEYS.get(name, (key,))
    found = tuple(one for one in known if any(isinstance(item, Mapping) and one in item for item in items))
    return found or (key,)


def _same(one: Any, other: Any, keys: tuple[str, ...]) -> bool:
    """Whether both are the same item; a second key may be left out."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    first, *more = keys
    if one.get(first) != other.get(first):
        return False
    return all(key not in one or key not in other or one[key] == other[key] for key in more)
