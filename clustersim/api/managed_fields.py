"""Server-side apply: who set which field, what applying a manifest changes, and where two disagree.

Fields are paths of keys as `fieldsV1` has them: `f:spec`, `f:replicas`; `k:{"name":"web"}` is an item of a
list of named objects, `v:"x"` one of a set, `.` the item itself.
Source: sigs.k8s.io/structured-merge-diff.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.meta import ApiStruct, ManagedFieldsEntry
from clustersim.api.schema import Field, schema_of

Path = tuple[str, ...]

_UNMANAGED: Final[frozenset[Path]] = frozenset(
    ("f:metadata", f"f:{name}")
    for name in (
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
        "managedFields", "resourceVersion", "generateName", "deletionTimestamp", "deletionGracePeriodSeconds",
    )
)  # fmt: skip


class Applied(msgspec.Struct, frozen=True):
    """What an apply leads to: the object's plain form, and who manages its fields now."""

    plain: dict[str, Any]
    managed_fields: tuple[ManagedFieldsEntry, ...]


def fields_set(struct: type[ApiStruct], plain: Mapping[str, Any]) -> frozenset[Path]:
    """The paths of all that a plain form sets."""
    found: set[Path] = set()
    body = {key: value for key, value in plain.items() if key not in ("kind", "apiVersion", "status")}
    _walk(struct, body, (), found)
    return frozenset(path for path in found if path[:2] not in _UNMANAGED)


def _walk(struct: type[ApiStruct] | None, plain: Mapping[str, Any], path: Path, found: set[Path]) -> None:
    schema = schema_of(struct) if struct is not None else {}
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


def to_fields_v1(paths: Iterable[Path]) -> dict[str, Any]:
    """The tree that `fieldsV1` is."""
    tree: dict[str, Any] = {}
    for path in sorted(paths):
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
    return tree


def from_fields_v1(tree: Mapping[str, Any], path: Path = ()) -> frozenset[Path]:
    """The paths of such a tree: its leaves."""
    found: set[Path] = set()
    for part, inner in tree.items():
        here = (*path, str(part))
        if not _readable(str(part)):
            continue
        if isinstance(inner, Mapping) and inner:
            found |= from_fields_v1(inner, here)
        else:
            found.add(here)
    return frozenset(found)


def _readable(part: str) -> bool:
    """Whether a client's `fieldsV1` says something here."""
    kind, _, name = part.partition(":")
    if kind not in ("k", "v"):
        return kind in ("f", ".")
    try:
        value = json.loads(name)
    except ValueError:
        return False
    return kind == "v" or isinstance(value, dict)


def apply(
    struct: type[ApiStruct],
    current: Mapping[str, Any],
    applied: Mapping[str, Any],
    managed: Sequence[ManagedFieldsEntry],
    *,
    manager: str,
    api_version: str,
    time: str,
    force: bool,
    ceded: frozenset[Path] = frozenset(),
) -> Applied:
    """Apply a manifest to an object ({} for a new one). Raises ApiError (409) naming every field that another
    manager has set to something else, unless `force`; fields that are `ceded` are no reason to refuse."""
    wanted = fields_set(struct, applied)
    owned = {index: from_fields_v1(entry.fields_v1) for index, entry in enumerate(managed)}
    mine = next(
        (i for i, entry in enumerate(managed) if entry.manager == manager and entry.operation == "Apply"),
        None,
    )
    changed = {path for path in wanted if not _same_at(struct, current, applied, path)}
    conflicts = [
        (managed[index], path)
        for index, paths in owned.items()
        if index != mine
        for path in sorted(paths & changed - ceded)
    ]
    if conflicts and not force:
        raise _conflict(conflicts)
    before = owned.get(mine, frozenset()) if mine is not None else frozenset()
    others = frozenset().union(*(paths for index, paths in owned.items() if index != mine))
    plain = merged(struct, current, applied)
    gone = before - wanted - others
    kept = {path[:length] for path in (*wanted, *others) for length in range(1, len(path))} if gone else set()
    plain = _without(struct, plain, gone - kept)
    entries = [
        msgspec.structs.replace(entry, fields_v1=to_fields_v1(owned[index] - changed))
        for index, entry in enumerate(managed)
        if index != mine and owned[index] - changed
    ]
    unchanged = mine is not None and before == wanted and managed[mine].api_version == api_version
    entries.append(
        ManagedFieldsEntry(
            manager=manager,
            operation="Apply",
            api_version=api_version,
            time=managed[mine].time if unchanged and mine is not None else time,
            fields_type="FieldsV1",
            fields_v1=to_fields_v1(wanted),
        )
    )
    return Applied(plain, tuple(entries))


def set_alike(struct: type[ApiStruct], one: Mapping[str, Any], other: Mapping[str, Any]) -> frozenset[Path]:
    """The paths of what the first sets and the other sets to the same."""
    return frozenset(path for path in fields_set(struct, one) if _same_at(struct, one, other, path))


def updated(
    struct: type[ApiStruct],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    managed: Sequence[ManagedFieldsEntry],
    *,
    manager: str,
    api_version: str,
    time: str,
) -> tuple[ManagedFieldsEntry, ...]:
    """Who manages the fields after somebody has changed the object by any other means."""
    now = fields_set(struct, after)
    changed = {path for path in now if not _same_at(struct, before, after, path)}
    if not changed and now == fields_set(struct, before):
        return tuple(managed)
    entries: list[ManagedFieldsEntry] = []
    own: frozenset[Path] = frozenset(changed)
    for entry in managed:
        paths = from_fields_v1(entry.fields_v1) & now
        if entry.manager == manager and entry.operation == "Update":
            own |= paths
            continue
        if entry.manager != manager:
            paths -= changed
        if paths:
            entries.append(msgspec.structs.replace(entry, fields_v1=to_fields_v1(paths)))
    if own:
        entries.append(
            ManagedFieldsEntry(
                manager=manager,
                operation="Update",
                api_version=api_version,
                time=time,
                fields_type="FieldsV1",
                fields_v1=to_fields_v1(own),
            )
        )
    return tuple(entries)


def _conflict(conflicts: list[tuple[ManagedFieldsEntry, Path]]) -> ApiError:
    causes = tuple(
        Cause("FieldManagerConflict", f"conflict with {_named(entry)}", f".{_shown(path)}")
        for entry, path in conflicts
    )
    by_manager: dict[str, list[str]] = {}
    for cause in causes:
        by_manager.setdefault(cause.message, []).append(cause.field)
    told = []
    for who, fields in by_manager.items():
        if len(fields) == 1:
            told.append(f"{who}: {fields[0]}")
        else:
            lines = "".join(f"\n- {field}" for field in fields)
            told.append(f"{who.replace('conflict', 'conflicts', 1)}:{lines}")
    count = f"{len(causes)} conflict{'s' if len(causes) > 1 else ''}"
    plural = "s" if len(causes) > 1 else ""
    message = f"Apply failed with {count}: {chr(10).join(told)}"
    return ApiError(409, "Conflict", message, Details(causes=causes) if plural or causes else None)


def _named(entry: ManagedFieldsEntry) -> str:
    if entry.operation == "Apply":
        return f'"{entry.manager}"'
    return f'"{entry.manager}" using {entry.api_version}'


def _shown(path: Path) -> str:
    text = ""
    for part in path:
        kind, _, name = part.partition(":")
        if kind == "f":
            text += f".{name}" if text else name
        elif kind == "k":
            pairs = ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(name).items())
            text += f"[{pairs}]"
        elif kind == "v":
            text += f"[={name}]"
    return text


# --- looking and changing by path --------------------------------------------------------------------


_ABSENT: Final = object()


def _at(struct: type[ApiStruct] | None, value: Any, path: Path) -> Any:
    """What stands at a path; _ABSENT if nothing does."""
    field: Field | None = None
    for part in path:
        kind, _, name = part.partition(":")
        if kind == ".":
            return None
        if kind == "f":
            if not isinstance(value, Mapping) or value.get(name) is None:
                return _ABSENT
            field = schema_of(struct).get(name) if struct is not None else None
            value = value[name]
            struct = field.struct if field is not None and field.shape == "struct" else None
        elif not isinstance(value, list | tuple) or field is None:
            return _ABSENT
        elif kind == "k":
            value = next(
                (item for item in value if isinstance(item, Mapping) and _key(field, item) == part), _ABSENT
            )
            if value is _ABSENT:
                return _ABSENT
            struct = field.struct
        else:
            return None if json.loads(name) in value else _ABSENT
    return value


def _same_at(struct: type[ApiStruct], one: Mapping[str, Any], other: Mapping[str, Any], path: Path) -> bool:
    if path[-1] == ".":
        return True
    here, there = _at(struct, one, path), _at(struct, other, path)
    if isinstance(here, list | tuple) and isinstance(there, list | tuple):
        return list(here) == list(there)
    return bool(here == there) and isinstance(here, bool) == isinstance(there, bool)


def merged(struct: type[ApiStruct] | None, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What is applied over what there is: Structs, maps and lists of named things merge, all else is new."""
    schema = schema_of(struct) if struct is not None else {}
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


def _without(struct: type[ApiStruct], plain: dict[str, Any], gone: frozenset[Path]) -> dict[str, Any]:
    """Without the fields that nobody wants any more."""
    for path in sorted(gone, key=len, reverse=True):
        plain = _removed(struct, plain, path)
    return plain


def _removed(struct: type[ApiStruct] | None, value: Any, path: Path) -> Any:
    kind, _, name = path[0].partition(":")
    if not isinstance(value, Mapping) or kind != "f" or name not in value:
        return value
    field = schema_of(struct).get(name) if struct is not None else None
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
