"""Server-side apply: who set which field, what applying a manifest changes, and where two disagree.

Fields are paths of keys as `fieldsV1` has them: `f:spec`, `f:replicas`; `k:{"name":"web"}` is an item of a
list of named objects, `v:"x"` one of a set, `.` the item itself.
Source: sigs.k8s.io/structured-merge-diff.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.declared import Kind
from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.field_paths import (
    Path,
    maps_of,
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
    if part == STATUS:
        body = {key: value for key, value in plain.items() if key in ("metadata", STATUS)}
    else:
        body = {key: value for key, value in plain.items() if key not in ("kind", "apiVersion", STATUS)}
    return paths_of(struct, body)


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
    is_there, is_asked = values_of(struct, current), values_of(struct, applied)
    changed = frozenset(path for path in wanted if not same_at(is_there, is_asked, path))
    others = [(entry, owned[i]) for i, entry in enumerate(managed) if i != mine]
    conflicts = [(entry, path) for entry, paths in others for path in sorted(paths & changed - ceded)]
    if conflicts and not force:
        raise _conflict(conflicts)
    before = frozenset[Path]() if mine is None else owned[mine]
    plain = merged(struct, current, applied)
    plain = without(struct, plain, _given_up(before, wanted, [paths for _entry, paths in others]))
    entries = [
        msgspec.structs.replace(entry, fields_v1=to_fields_v1(paths - changed))
        for entry, paths in others
        if paths - changed
    ]
    if mine is not None and before == wanted and managed[mine].api_version == api_version:
        time = managed[mine].time
    entries.append(_entry("Apply", manager, api_version, time, wanted, part))
    return Applied(plain, in_order(entries))


def _given_up(
    before: frozenset[Path], wanted: frozenset[Path], others: Iterable[frozenset[Path]]
) -> frozenset[Path]:
    """What a manager has applied before and does not any more, and nobody else manages."""
    held = wanted.union(*others)
    gone = before - held
    if not gone:
        return gone
    above = {path[:length] for path in held for length in range(1, len(path))}
    return frozenset(path for path in gone - above if path[-1] != "." or path[:-1] not in above)


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
    mine = fields_set(struct, after, part)
    changed = fields_between(struct, before, after, part)
    if not changed and mine == fields_set(struct, before, part):
        return in_order(managed)
    now = paths_of(struct, {key: value for key, value in after.items() if key not in ("kind", "apiVersion")})
    now |= maps_of(struct, now)
    entries: list[ManagedFieldsEntry] = []
    own = changed
    for entry in managed:
        paths = from_fields_v1(entry.fields_v1) & now
        if _is_of(entry, manager, "Update", part) and entry.api_version == api_version:
            own |= paths
            continue
        if entry.manager != manager:
            paths -= changed
        if paths:
            entries.append(msgspec.structs.replace(entry, fields_v1=to_fields_v1(paths)))
    if own:
        entries.append(_entry("Update", manager, api_version, time, own, part))
    return in_order(_capped(entries))


def fields_between(
    struct: Kind, before: Mapping[str, Any], after: Mapping[str, Any], part: str = ""
) -> frozenset[Path]:
    """The paths of what a change sets to something else; a map that was not there counts itself, too."""
    mine = fields_set(struct, after, part)
    maps = maps_of(struct, mine) | {path for path in mine if path[-1] == "."}
    was, is_now = values_of(struct, before), values_of(struct, after)
    had, has = parents_of(was), parents_of(is_now)
    return frozenset(path for path in mine if not same_at(was, is_now, path)) | frozenset(
        path for path in maps if path[:-1] not in had and path[:-1] in has
    )


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
