"""Paths of fields as `fieldsV1` has them: which an object sets, what stands there, and objects without them.

`f:spec`, `f:replicas` are names; `k:{"name":"web"}` is an item of a list of named objects, `v:"x"` one of a
set. Source: sigs.k8s.io/structured-merge-diff v6.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from clustersim.api.atoms import ATOM, ATOMS
from clustersim.api.declared import Kind, fields_in
from clustersim.api.schema import Field

Path = tuple[str, ...]
Values = Mapping[Path, Any]
"""What stands at each path of an object."""


class Difference(NamedTuple):
    """What a change adds, takes away, and sets to something else."""

    added: frozenset[Path]
    removed: frozenset[Path]
    modified: frozenset[Path]


_UNMANAGED: Final[frozenset[Path]] = frozenset(
    ("f:metadata", f"f:{name}")
    for name in (
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
        "managedFields", "resourceVersion", "generateName", "deletionTimestamp", "deletionGracePeriodSeconds",
    )
)  # fmt: skip


def paths_of(struct: Kind, body: Mapping[str, Any]) -> frozenset[Path]:
    return frozenset(filter(is_managed, values_of(struct, body)))


def is_managed(path: Path) -> bool:
    """Whether it is somebody's: a name and what the server counts are nobody's."""
    return path[:2] not in _UNMANAGED


def values_of(struct: Kind, body: Mapping[str, Any]) -> dict[Path, Any]:
    """What stands at each path, of what has more in it at the paths of that; None at an item of a list."""
    found: dict[Path, Any] = {}
    _walk(struct, body, (), found)
    return found


def parents_of(paths: Iterable[Path]) -> frozenset[Path]:
    """What there is in an object with these paths: they themselves, and all that they lead through."""
    return frozenset(path[:length] for path in paths for length in range(1, len(path) + 1))


def _walk(struct: Kind | None, plain: Mapping[str, Any], path: Path, found: dict[Path, Any]) -> None:
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
            found[here] = value


def _walk_items(field: Field, items: Sequence[Any], path: Path, found: dict[Path, Any]) -> None:
    assert field.merge is not None
    for item in items:
        if field.merge.key and isinstance(item, Mapping):
            here = (*path, _key(field, item))
            if field.shape == ATOMS:
                found[here] = item
                continue
            found[here] = None
            _walk(field.struct, item, here, found)
        else:
            found[(*path, _step(field, item))] = None


def repeated(struct: Kind | None, plain: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Lists that have two items of one key, by their place, and the step to these (typed/validate.go)."""
    schema = fields_in(struct)
    for name, value in plain.items():
        field, here = schema.get(name), f"{path}.{name}"
        if field is None:
            continue
        inner = field.struct if field.shape in ("struct", "list") else None
        if isinstance(value, Mapping):
            yield from repeated(inner, value, here)
        elif isinstance(value, list | tuple):
            seen: set[str] = set()
            for place, item in enumerate(value):
                if field.merge is not None:
                    step = _step(field, item)
                    if step in seen:
                        yield here, step
                    seen.add(step)
                if isinstance(item, Mapping):
                    yield from repeated(inner, item, f"{here}[{place}]")


def _step(field: Field, item: Any) -> str:
    """The step to an item of a list that is merged."""
    assert field.merge is not None
    if field.merge.key and isinstance(item, Mapping):
        return _key(field, item)
    return f"v:{json.dumps(item, separators=(',', ':'))}"


def _key(field: Field, item: Mapping[str, Any]) -> str:
    assert field.merge is not None
    defaults = {"protocol": "TCP"}
    keys = {name: item.get(name, defaults.get(name)) for name in field.merge.keys}
    return f"k:{json.dumps({n: v for n, v in sorted(keys.items()) if v is not None}, separators=(',', ':'))}"


def difference(struct: Kind, before: Values, after: Values) -> Difference:
    """Between two objects, laid out as their values (typed/compare.go)."""
    both = before.keys() & after.keys()
    modified = frozenset(path for path in both if not same_at(before, after, path))
    return Difference(_added(struct, before, after), _added(struct, after, before), modified)


def _added(struct: Kind, before: Values, after: Values) -> frozenset[Path]:
    """The paths that only the second has. A Struct that is no pointer, and a list that is always written,
    are there wherever what they are in is."""
    found: set[Path] = set()
    for path in sorted(parents_of(after) - parents_of(before), key=len):
        bare = path not in after or after[path] in ({}, [], ())
        if not bare or path[:-1] in found or not _always_there(struct, path):
            found.add(path)
    return frozenset(found)


def _always_there(struct: Kind, path: Path) -> bool:
    field: Field | None = None
    inside: Kind | None = struct
    for step in path:
        kind, _, name = step.partition(":")
        if kind == "f":
            field = fields_in(inside).get(name)
            inside = field.struct if field is not None and field.shape in ("struct", "list") else None
    if field is None or not path[-1].startswith("f:") or field.pointer:
        return False
    return field.shape == "struct" or (field.shape == "list" and field.merge is not None)


ABSENT: Final = object()


def same_at(one: Mapping[Path, Any], other: Mapping[Path, Any], path: Path) -> bool:
    """Whether two objects, laid out as their values, have the same there."""
    here, there = one.get(path, ABSENT), other.get(path, ABSENT)
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
        if field is not None and field.shape == ATOM:
            result[key] = value
        elif isinstance(value, Mapping) and isinstance(before, Mapping):
            inner = field.struct if field is not None and field.shape == "struct" else None
            result[key] = merged(inner, before, value)
        elif isinstance(value, list | tuple) and field is not None and field.merge is not None:
            result[key] = _merged_items(field, before if isinstance(before, list | tuple) else (), value)
        else:
            result[key] = value
    return result


def _merged_items(field: Field, old: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    """All items of both, each once: in the order of the new list, with those of the old one between where
    they stood (typed/merge.go visitListItems)."""
    before, after = _by_step(field, old), _by_step(field, new)
    found: list[Any] = []
    done: set[str] = set()
    left, right = list(before), list(after)
    shared = [step for step in right if step in before]

    def take(step: str) -> None:
        found.append(_merged_item(field, before.get(step), after.get(step)))
        if step in after:
            done.add(step)
        if shared and shared[0] == step:
            shared.pop(0)

    while left or right:
        if left and right:
            if left[0] == right[0]:
                right.pop(0)
                take(left.pop(0))
                continue
            if left[0] in after and shared and shared[0] != left[0]:
                left.pop(0)  # Its turn comes when the new list gets there.
                continue
        if left and left[0] not in after:
            take(left.pop(0))
            continue
        if left and left[0] in done:
            left.pop(0)
        if right:
            take(right.pop(0))
        elif left and left[0] in after and left[0] not in done:
            left.pop(0)
    return found


def _by_step(field: Field, items: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        found.setdefault(_step(field, item), item)
    return found


def _merged_item(field: Field, old: Any, new: Any) -> Any:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or field.shape == ATOMS:
        kept = old if new is None else new
        return dict(kept) if isinstance(kept, Mapping) else kept
    return merged(field.struct, old, new)


def without(struct: Kind, plain: Mapping[str, Any], gone: Iterable[Path]) -> dict[str, Any]:
    """Without the fields that nobody wants any more."""
    tree: _Tree = {}
    for path in gone:
        if not _names_an_item(path):
            branch = tree
            for step in path:
                branch = branch.setdefault(step, {})
            branch[_HERE] = {}
    return _pruned(struct, plain, tree)


_Tree = dict[str, Any]
"""Of paths, step by step; _HERE: one ends."""
_HERE: Final = ""


def _names_an_item(path: Path) -> bool:
    """Whether it is one of the fields by which an item of a list is told from others."""
    kind, _, keys = path[-2].partition(":") if len(path) > 1 else ("", "", "")
    return kind == "k" and path[-1].removeprefix("f:") in json.loads(keys)


def _pruned(struct: Kind | None, plain: Mapping[str, Any], tree: _Tree) -> dict[str, Any]:
    changed, schema = dict(plain), fields_in(struct)
    for step, inside in tree.items():
        kind, _, name = step.partition(":")
        if kind != "f" or name not in changed:
            continue
        value, field = changed[name], schema.get(name)
        if _HERE in inside:
            del changed[name]
        elif isinstance(value, Mapping):
            inner = field.struct if field is not None and field.shape == "struct" else None
            changed[name] = _pruned(inner, value, inside)
        elif isinstance(value, list | tuple) and field is not None:
            changed[name] = _pruned_items(field, value, inside)
    return changed


def _pruned_items(field: Field, items: Sequence[Any], tree: _Tree) -> list[Any]:
    found = []
    for item in items:
        if field.merge is None or not field.merge.key or not isinstance(item, Mapping):
            if f"v:{json.dumps(item, separators=(',', ':'))}" not in tree:
                found.append(item)
            continue
        inside = tree.get(_key(field, item))
        if inside is None:
            found.append(item)
        elif _HERE not in inside:
            found.append(_pruned(field.struct, item, inside))
    return found
