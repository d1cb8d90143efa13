"""Paths of fields as `fieldsV1` has them: which an object sets, what stands there, and objects without them.

`f:spec`, `f:replicas` are names; `k:{"name":"web"}` is an item of a list of named objects, `v:"x"` one of a
set, `.` the item or the map itself. Source: sigs.k8s.io/structured-merge-diff.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.declared import Kind, fields_in
from clustersim.api.schema import Field

Path = tuple[str, ...]

_UNMANAGED: Final[frozenset[Path]] = frozenset(
    ("f:metadata", f"f:{name}")
    for name in (
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
        "managedFields", "resourceVersion", "generateName", "deletionTimestamp", "deletionGracePeriodSeconds",
    )
)  # fmt: skip


def paths_of(struct: Kind, body: Mapping[str, Any]) -> frozenset[Path]:
    found: set[Path] = set()
    _walk(struct, body, (), found)
    return frozenset(path for path in found if path[:2] not in _UNMANAGED)


def _walk(struct: Kind | None, plain: Mapping[str, Any], path: Path, found: set[Path]) -> None:
    schema = fields_in(struct)
    for key, value in plain.items():
        here = (*path, f"f:{key}")
        field = schema.get(key)
        if value is None:
            continue
        if (
            isinstance(value, Mapping)
            and value
            and (field is None or field.shape in ("struct", "map", "value"))
        ):
            inner = field.struct if field is not None and field.shape == "struct" else None
            _walk(inner, value, here, found)
        elif isinstance(value, list | tuple) and field is not None and field.merge is not None:
            _walk_items(field, value, here, found)
        else:
            found.add(here)


def _walk_items(field: Field, items: Sequence[Any], path: Path, found: set[Path]) -> None:
    assert field.merge is not None
    for item in items:
        if field.merge.key and isinstance(item, Mapping):
            here = (*path, _key(field, item))
            found.add((*here, "."))
            _walk(field.struct, item, here, found)
        else:
            found.add((*path, f"v:{json.dumps(item, separators=(',', ':'))}"))


def _key(field: Field, item: Mapping[str, Any]) -> str:
    assert field.merge is not None
    defaults = {"protocol": "TCP"}
    keys = {name: item.get(name, defaults.get(name)) for name in field.merge.keys}
    return f"k:{json.dumps({n: v for n, v in sorted(keys.items()) if v is not None}, separators=(',', ':'))}"


def maps_of(struct: Kind, paths: Iterable[Path]) -> frozenset[Path]:
    """The maps and the items that these paths lead through, and what is a pointer in Go's structs."""
    found: set[Path] = set()
    for path in paths:
        field: Field | None = None
        inside: Kind | None = struct
        for place, step in enumerate(path[:-1], start=1):
            kind, _, name = step.partition(":")
            if kind == "f":
                field = fields_in(inside).get(name)
                inside = field.struct if field is not None and field.shape == "struct" else None
                may_lack = field is None or field.shape in ("map", "value") or field.pointer
                if may_lack and path[place].startswith("f:"):
                    found.add((*path[:place], "."))
            elif field is not None:
                inside = field.struct
    return frozenset(found)


ABSENT: Final = object()


def value_at(struct: Kind | None, value: Any, path: Path) -> Any:
    """What stands at a path; ABSENT if nothing does."""
    field: Field | None = None
    for part in path:
        kind, _, name = part.partition(":")
        if kind == ".":
            return None
        if kind == "f":
            if not isinstance(value, Mapping) or value.get(name) is None:
                return ABSENT
            field = fields_in(struct).get(name)
            value = value[name]
            struct = field.struct if field is not None and field.shape == "struct" else None
        elif not isinstance(value, list | tuple) or field is None:
            return ABSENT
        elif kind == "k":
            value = next(
                (item for item in value if isinstance(item, Mapping) and _key(field, item) == part), ABSENT
            )
            if value is ABSENT:
                return ABSENT
            struct = field.struct
        else:
            return None if json.loads(name) in value else ABSENT
    return value


def same_at(struct: Kind, one: Mapping[str, Any], other: Mapping[str, Any], path: Path) -> bool:
    if path[-1] == ".":
        return True
    here, there = value_at(struct, one, path), value_at(struct, other, path)
    if isinstance(here, list | tuple) and isinstance(there, list | tuple):
        return list(here) == list(there)
    return bool(here == there) and isinstance(here, bool) == isinstance(there, bool)


def merged(struct: Kind | None, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What is applied over what there is: Structs, maps and lists of named things merge, all else is new."""
    schema = fields_in(struct)
    result = dict(old)
    for key, value in new.items():
        field, before = schema.get(key), old.get(key)
        if value is None:
            continue
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            inner = field.struct if field is not None and field.shape == "struct" else None
            result[key] = merged(inner, before, value)
        elif isinstance(value, list | tuple) and field is not None and field.merge is not None:
            result[key] = _merged_items(field, before if isinstance(before, list | tuple) else (), value)
        else:
            result[key] = value
    return result


def _merged_items(field: Field, old: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    assert field.merge is not None
    if not field.merge.key:
        return [*old, *(item for item in new if item not in old)]
    found = list(old)
    for item in new:
        if not isinstance(item, Mapping):
            continue
        name = _key(field, item)
        place = next(
            (i for i, one in enumerate(found) if isinstance(one, Mapping) and _key(field, one) == name), None
        )
        if place is None:
            found.append(dict(item))
        else:
            found[place] = merged(field.struct, found[place], item)
    return found


def without(struct: Kind, plain: dict[str, Any], gone: frozenset[Path]) -> dict[str, Any]:
    """Without the fields that nobody wants any more."""
    # Whole items first: without the field that names it an item would not be found.
    for path in sorted(gone, key=lambda one: (one[-1] != ".", -len(one), one)):
        if not _names_an_item(path):
            plain = _removed(struct, plain, path)
    return plain


def _names_an_item(path: Path) -> bool:
    """Whether it is one of the fields by which an item of a list is told from others."""
    kind, _, keys = path[-2].partition(":") if len(path) > 1 else ("", "", "")
    return kind == "k" and path[-1].removeprefix("f:") in json.loads(keys)


def _removed(struct: Kind | None, value: Any, path: Path) -> Any:
    kind, _, name = path[0].partition(":")
    if not isinstance(value, Mapping) or kind != "f" or name not in value:
        return value
    field = fields_in(struct).get(name)
    rest = path[1:]
    changed = dict(value)
    if not rest:
        changed.pop(name)
        return changed
    inner = value[name]
    if rest[0].startswith("f:"):
        changed[name] = _removed(
            field.struct if field is not None and field.shape == "struct" else None, inner, rest
        )
    elif isinstance(inner, list | tuple) and field is not None:
        changed[name] = _removed_item(field, inner, rest)
    return changed


def _removed_item(field: Field, items: Sequence[Any], path: Path) -> list[Any]:
    kind, _, name = path[0].partition(":")
    if kind == "v":
        return [item for item in items if item != json.loads(name)]
    if kind != "k":
        return list(items)
    found = []
    for item in items:
        if not isinstance(item, Mapping) or _key(field, item) != path[0]:
            found.append(item)
        elif path[1:] != (".",):
            found.append(_removed(field.struct, item, path[1:]) if path[1:] else item)
    return found
