"""Server-side apply: who set which field, what applying a manifest changes, and where two disagree.

Fields are paths of keys as `fieldsV1` has them: `f:spec`, `f:replicas`; `k:{"name":"web"}` is an item of a
list of named objects, `v:"x"` one of a set. What has fields below it may be somebody's itself: there
`fieldsV1` has a `.`, and a set of paths its path.
Source: sigs.k8s.io/structured-merge-diff v6 merge/update.go.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.declared import Kind
from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.field_paths import (
    Path,
    difference,
    is_managed,
    merged,
    parents_of,
    paths_of,
    same_at,
    values_of,
    without,
)
from clustersim.api.meta import ManagedFieldsEntry


class Applied(msgspec.Struct, frozen=True):
    """What an apply leads to: the object's plain form, and who manages its fields now."""

    plain: dict[str, Any]
    managed_fields: tuple[ManagedFieldsEntry, ...]


STATUS: Final = "status"
MOST_UPDATERS: Final = 10
"""Entries of updates; the oldest of more become one (apimachinery pkg/util/managedfields/internal
fieldmanager.go DefaultMaxUpdateManagers)."""
ANCIENT: Final = "ancient-changes"


def fields_set(struct: Kind, plain: Mapping[str, Any], part: str = "") -> frozenset[Path]:
    """The paths of all that a plain form sets; through the address of its status, that of its status."""
    return paths_of(struct, _of_part(plain, part))


def _of_part(plain: Mapping[str, Any], part: str) -> dict[str, Any]:
    if part == STATUS:
        return {key: value for key, value in plain.items() if key in ("metadata", STATUS)}
    return {key: value for key, value in plain.items() if key not in ("kind", "apiVersion", STATUS)}


def to_fields_v1(paths: Iterable[Path]) -> dict[str, Any]:
    """The tree that `fieldsV1` is."""
    tree: dict[str, Any] = {}
    whole = frozenset(paths)
    above = {path[:length] for path in whole for length in range(1, len(path))}
    for path in sorted((*(path for path in whole if path in above), *(whole - above))):
        branch = tree
        for part in (*path, ".") if path in above else path:
            branch = branch.setdefault(part, {})
    return tree


def from_fields_v1(tree: Mapping[str, Any], path: Path = ()) -> frozenset[Path]:
    """The paths of such a tree: of its leaves, and of what a dot says is somebody's itself."""
    found: set[Path] = set()
    for part, inner in tree.items():
        here = (*path, str(part))
        if part == "." and path:
            found.add(path)
        elif not _readable(str(part)):
            continue
        elif isinstance(inner, Mapping) and inner:
            found |= from_fields_v1(inner, here)
        else:
            found.add(here)
    return frozenset(found)


def _readable(part: str) -> bool:
    """Whether a client's `fieldsV1` says something here."""
    kind, _, name = part.partition(":")
    if kind not in ("k", "v"):
        return kind == "f"
    try:
        value = json.loads(name)
    except ValueError:
        return False
    return kind == "v" or isinstance(value, dict)


def apply(
    struct: Kind,
    current: Mapping[str, Any],
    applied: Mapping[str, Any],
    managed: Sequence[ManagedFieldsEntry],
    *,
    manager: str,
    api_version: str,
    time: str,
    force: bool,
    ceded: frozenset[Path] = frozenset(),
    part: str = "",
) -> Applied:
    """Apply a manifest to an object ({} for a new one), or to a part with an address of its own. Raises
    ApiError (409) naming every field that another manager has set to something else, unless `force`; fields
    that are `ceded` are no reason to refuse."""
    wanted = fields_set(struct, applied, part)
    owned = [from_fields_v1(entry.fields_v1) for entry in managed]
    mine = next((i for i, entry in enumerate(managed) if _is_of(entry, manager, "Apply", part)), None)
    others = [(entry, owned[i]) for i, entry in enumerate(managed) if i != mine]
    before = frozenset[Path]() if mine is None else owned[mine]
    held = frozenset(values_of(struct, applied)).union(*(paths for _entry, paths in others))
    plain = without(struct, merged(struct, current, applied), _given_up(before, held))
    change = difference(struct, values_of(struct, current), values_of(struct, plain))
    changed = change.added | change.modified
    conflicts = [
        (entry, path) for entry, paths in others for path in sorted(paths & changed - ceded, key=_order)
    ]
    if conflicts and not force:
        raise _conflict(conflicts)
    gone = changed | change.removed
    entries = [
        msgspec.structs.replace(entry, fields_v1=to_fields_v1(paths - gone))
        for entry, paths in others
        if paths - gone
    ]
    if mine is not None and before == wanted and managed[mine].api_version == api_version:
        time = managed[mine].time
    if wanted:
        entries.append(_entry("Apply", manager, api_version, time, wanted, part))
    return Applied(plain, in_order(entries))


def _given_up(before: frozenset[Path], held: frozenset[Path]) -> frozenset[Path]:
    """What a manager has applied before and does not any more, and nobody else manages: with it goes what
    it is in, if nothing there is anybody's."""
    return _with_fields(before - held) - _with_fields(held)


def _with_fields(paths: frozenset[Path]) -> frozenset[Path]:
    """With the fields that they are in, but not with the items of lists: who holds something in an item does
    not hold the item (fieldpath/set.go EnsureNamedFieldsAreMembers)."""
    return paths | {path for path in parents_of(paths) if path[-1].startswith("f:")}


def _order(path: Path) -> tuple[Any, ...]:
    """Where a path comes among others: what ends somewhere before what goes on there
    (fieldpath/set.go Iterate)."""
    last = len(path) - 1
    return tuple((place != last, *_element(part)) for place, part in enumerate(path))


def _element(part: str) -> tuple[str, Any]:
    kind, _, name = part.partition(":")
    if kind != "k":
        return kind, name
    pairs = json.loads(name).items()
    return kind, [(key, isinstance(value, str), value) for key, value in sorted(pairs)]


def _entry(
    operation: str, manager: str, api_version: str, time: str, paths: frozenset[Path], part: str
) -> ManagedFieldsEntry:
    return ManagedFieldsEntry(
        manager=manager,
        operation=operation,
        api_version=api_version,
        time=time,
        fields_type="FieldsV1",
        fields_v1=to_fields_v1(paths),
        subresource=part,
    )


def in_order(entries: Iterable[ManagedFieldsEntry]) -> tuple[ManagedFieldsEntry, ...]:
    """Entries as they are told: those of applies first, each by time (internal/managedfields.go)."""
    return tuple(
        sorted(
            entries, key=lambda one: (one.operation, one.time, one.manager, one.api_version, one.subresource)
        )
    )


def _is_of(entry: ManagedFieldsEntry, manager: str, operation: str, part: str) -> bool:
    """Whether it says what this manager set in this way."""
    return (entry.manager, entry.operation, entry.subresource) == (manager, operation, part)


def set_alike(struct: Kind, one: Mapping[str, Any], other: Mapping[str, Any]) -> frozenset[Path]:
    """The paths of what the first sets and the other sets to the same."""
    here, there = values_of(struct, one), values_of(struct, other)
    return frozenset(path for path in fields_set(struct, one) if same_at(here, there, path))


def updated(
    struct: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    managed: Sequence[ManagedFieldsEntry],
    *,
    manager: str,
    api_version: str,
    time: str,
    part: str = "",
) -> tuple[ManagedFieldsEntry, ...]:
    """Who manages the fields after somebody has changed the object, or a part of it, by any other means. A
    map that was not there is managed itself, too."""
    change = difference(struct, values_of(struct, _of_all(before)), values_of(struct, _of_all(after)))
    own = fields_between(struct, before, after, part)
    gone = change.added | change.modified | change.removed
    if not gone:
        return in_order(managed)
    entries: list[ManagedFieldsEntry] = []
    for entry in managed:
        paths = from_fields_v1(entry.fields_v1)
        if _is_of(entry, manager, "Update", part) and entry.api_version == api_version:
            own |= paths - change.removed
        elif paths - gone:
            entries.append(msgspec.structs.replace(entry, fields_v1=to_fields_v1(paths - gone)))
    if own:
        entries.append(_entry("Update", manager, api_version, time, own, part))
    return in_order(_capped(entries))


def _of_all(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if key not in ("kind", "apiVersion")}


def fields_between(
    struct: Kind, before: Mapping[str, Any], after: Mapping[str, Any], part: str = ""
) -> frozenset[Path]:
    """The paths of what a change sets to something else; a map or list that was not there counts itself,
    too."""
    was, is_now = (values_of(struct, _of_part(plain, part)) for plain in (before, after))
    change = difference(struct, was, is_now)
    return frozenset(filter(is_managed, change.added | change.modified))


def upgraded(
    entries: Sequence[ManagedFieldsEntry], updater: str, applier: str
) -> tuple[ManagedFieldsEntry, ...]:
    """What one manager has written becomes what another has applied (client-go util/csaupgrade)."""
    mine = [one for one in entries if _is_of(one, updater, "Update", "")]
    theirs = [one for one in entries if _is_of(one, applier, "Apply", "")]
    if not mine:
        return tuple(entries)
    fields = to_fields_v1(
        frozenset[Path]().union(*(from_fields_v1(one.fields_v1) for one in (*mine, *theirs)))
    )
    taken = msgspec.structs.replace(mine[-1], manager=applier, operation="Apply", fields_v1=fields)
    return in_order((*(one for one in entries if one not in (*mine, *theirs)), taken))


def _capped(entries: Sequence[ManagedFieldsEntry]) -> list[ManagedFieldsEntry]:
    """With at most so many entries of updates: those of the oldest are put together, by version
    (internal/capmanagers.go)."""
    updates = sorted((one for one in entries if one.operation == "Update"), key=lambda one: one.time)
    old = [one for one in updates if not one.subresource][: max(0, len(updates) - MOST_UPDATERS + 1)]
    if len(updates) <= MOST_UPDATERS or len(old) < 2:
        return list(entries)
    kept = [one for one in entries if one not in old]
    for version in sorted({one.api_version for one in old}):
        alike = [one for one in old if one.api_version == version]
        paths = frozenset[Path]().union(*(from_fields_v1(one.fields_v1) for one in alike))
        fields = to_fields_v1(paths)
        kept.append(msgspec.structs.replace(alike[-1], manager=ANCIENT, fields_v1=fields))
    return kept


def _conflict(conflicts: list[tuple[ManagedFieldsEntry, Path]]) -> ApiError:
    causes = tuple(
        Cause("FieldManagerConflict", f"conflict with {_named(entry)}", f".{shown(path)}")
        for entry, path in conflicts
    )
    if len(causes) == 1:
        message = f"Apply failed with 1 conflict: {causes[0].message}: {causes[0].field}"
        return ApiError(409, "Conflict", message, Details(causes=causes))
    told: dict[str, list[str]] = {}
    for cause in causes:
        told.setdefault(cause.message.replace("conflict", "conflicts", 1), []).append(f"- {cause.field}")
    lines = [line for who in sorted(told) for line in (f"{who}:", *told[who])]
    message = f"Apply failed with {len(causes)} conflicts: {chr(10).join(lines)}"
    return ApiError(409, "Conflict", message, Details(causes=causes))


def _named(entry: ManagedFieldsEntry) -> str:
    named = f'"{entry.manager}"'
    if entry.subresource:
        named += f' with subresource "{entry.subresource}"'
    return named if entry.operation == "Apply" else f"{named} using {entry.api_version}"


def shown(path: Path) -> str:
    """A path as messages have it: spec.ports[port=80,protocol="TCP"].name."""
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
