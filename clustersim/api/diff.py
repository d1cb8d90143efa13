"""The three-way patch of kubectl apply: what a manifest changes of an object, and what it no longer names.

original: what was applied last, as an annotation of the object keeps it;
modified: what is applied now; current: what the server has. What somebody else set and no manifest ever named
stays. Source: apimachinery pkg/util/strategicpatch CreateThreeWayMergePatch.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from clustersim.api.goformat import html_escaped
from clustersim.api.meta import ApiStruct
from clustersim.api.patch import DIRECTIVE, ORDER, REMOVED, RETAIN
from clustersim.api.schema import Field, schema_of

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def last_applied(plain: Mapping[str, Any]) -> str:
    """The annotation's text: the manifest as it was applied, without the annotation itself."""
    metadata = dict(plain["metadata"])
    held = metadata.get("annotations")
    annotations = {k: v for k, v in held.items() if k != LAST_APPLIED} if isinstance(held, dict) else {}
    told = {**plain, "metadata": {**metadata, "annotations": annotations}}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{html_escaped(text)}\n"


def three_way_patch(
    struct: type[ApiStruct] | None,
    original: Mapping[str, Any],
    modified: Mapping[str, Any],
    current: Mapping[str, Any],
) -> dict[str, Any]:
    """The strategic merge patch that makes `current` what `modified` says; empty if nothing changes."""
    patch: dict[str, Any] = {}
    schema = schema_of(struct) if struct is not None else {}
    for key, value in modified.items():
        if value is None:
            if current.get(key) is not None:
                patch[key] = None
        elif key not in current:
            patch[key] = value
        else:
            field, there = schema.get(key), current[key]
            if (found := _change(field, original.get(key), value, there)) is not None:
                patch[key] = found
            if gone := _taken_out(field, original.get(key), value):
                patch[f"{REMOVED}{key}"] = gone
            if _merges(field, value, there) and (
                found is not None or gone or _order(field, value) != _order(field, there)
            ):
                patch[f"{ORDER}{key}"] = _order(field, value)
    for key in original:
        if key not in modified and original[key] is not None and key in current:
            patch[key] = None
    return patch


def _merges(field: Field | None, modified: Any, current: Any) -> bool:
    """Items of the two lists stand for each other, so that their order must be said."""
    lists = isinstance(modified, list | tuple) and isinstance(current, list | tuple) and bool(current)
    return lists and field is not None and field.shape == "list" and field.merge is not None


def _order(field: Field | None, items: Sequence[Any]) -> list[Any]:
    """What $setElementOrder says of a list: its items, or what they are called
    (apimachinery pkg/util/strategicpatch/patch.go, diffLists)."""
    key = field.merge.key if field is not None and field.merge is not None else ""
    if not key:
        return list(items)
    return [{key: item.get(key)} for item in items if isinstance(item, Mapping)]


def _change(field: Field | None, original: Any, modified: Any, current: Any) -> Any:
    """The patch of one field, None for no change."""
    if isinstance(modified, Mapping) and isinstance(current, Mapping):
        struct = field.struct if field is not None and field.shape == "struct" else None
        before = original if isinstance(original, Mapping) else {}
        return (
            _retaining(field, three_way_patch(struct, before, modified, current), modified, current) or None
        )
    if isinstance(modified, list | tuple) and isinstance(current, list | tuple):
        if field is not None and field.shape == "list" and field.merge is not None:
            return _list_change(
                field, original if isinstance(original, list | tuple) else (), modified, current
            )
        return None if _equal(modified, current) else list(modified)
    return None if _equal(modified, current) else modified


def _retaining(
    field: Field | None, patch: dict[str, Any], modified: Mapping[str, Any], current: Mapping[str, Any]
) -> dict[str, Any]:
    """A patch that says which fields stay, where a field is such and there are others
    (hasAdditionalNewField)."""
    if field is None or field.merge is None or not field.merge.retain:
        return patch
    if patch or any(value is not None and key not in modified for key, value in current.items()):
        patch[RETAIN] = sorted(key for key, value in modified.items() if value is not None)
    return patch


def _taken_out(field: Field | None, original: Any, modified: Any) -> list[Any]:
    """What was in a list of texts or numbers when it was applied, and is no more (diffListsOfScalars)."""
    if not isinstance(original, list | tuple) or not isinstance(modified, list | tuple):
        return []
    if field is None or field.shape != "list" or field.merge is None or field.merge.key:
        return []
    return [item for at, item in enumerate(original) if item not in modified and item not in original[:at]]


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        said, there = _said(one), _said(other)
        return said.keys() == there.keys() and all(_equal(said[key], there[key]) for key in said)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is written out as null: within lists that are compared whole it says nothing."""
    return {key: value for key, value in values.items() if value is not None}


def _list_change(
    field: Field, original: Sequence[Any], modified: Sequence[Any], current: Sequence[Any]
) -> list[Any] | None:
    assert field.merge is not None
    key = field.merge.key
    if not key:
        added = [item for item in modified if item not in current]
        return added or None
    before = {id(new): old for old, new in _pairs(original, modified, key) if new is not None}
    names, changes = [item[key] for item in _named(modified, key)], list[Any]()
    for old, new in _pairs(current, modified, key):
        if new is not None and old is None:
            changes.append(new)
        elif new is not None and old is not None:
            found = three_way_patch(field.struct, before[id(new)] or {}, new, old)
            found = _retaining(field, found, new, old)
            changes += [{key: new[key], **found}] if found else []
    changes.sort(key=lambda change: names.index(change[key]))
    here = {item[key] for item in _named(current, key)}
    gone = dict.fromkeys(old[key] for old, new in _pairs(original, modified, key) if new is None and old)
    doomed = [name for name in gone if name in here]
    kept = [change for change in changes if change[key] not in doomed]
    return [*kept, *({DIRECTIVE: "delete", key: name} for name in doomed)] or None


def _named(items: Sequence[Any], key: str) -> list[Mapping[str, Any]]:
    return [one for one in items if isinstance(one, Mapping) and isinstance(one.get(key), str | int)]


def _pairs(
    old: Sequence[Any], new: Sequence[Any], key: str
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Which item became which, by what they are called; None where one has no counterpart. Those of one name
    stand for each other from the last to the first, since the sort turns them around; so one of several
    that is no longer named takes all of its name with it (diffListsOfMaps, sortMapsBasedOnField; a sort of
    more than twelve may leave them in another order)."""
    old, new = _turned(old, key), _turned(new, key)
    while old or new:
        first = str(old[0][key]) if old else None
        other = str(new[0][key]) if new else None
        if first is not None and first == other:
            yield old.pop(0), new.pop(0)
        elif first is None or (other is not None and other < first):
            yield None, new.pop(0)
        else:
            yield old.pop(0), None


def _turned(items: Sequence[Any], key: str) -> list[Mapping[str, Any]]:
    turned = _named(items, key)[::-1]
    return sorted(turned, key=lambda one: str(one[key]))
