"""Patches of JSON values: JSON patch (RFC 6902), merge patch (RFC 7386), strategic merge patch.

The last one knows from the tags of the Structs which lists are merged, and by which key
(apimachinery pkg/util/strategicpatch).
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.api.errors import ApiError, bad_request
from clustersim.api.meta import ApiStruct, Merge
from clustersim.api.schema import Field, schema_of
from clustersim.digits import is_whole

DIRECTIVE: Final = "$patch"
RETAIN: Final = "$retainKeys"
ORDER: Final = "$setElementOrder/"
REMOVED: Final = "$deleteFromPrimitiveList/"

MOST_OPERATIONS: Final = 10_000
"""Of one JSON patch (apiserver pkg/endpoints/handlers/patch.go)."""


# --- merge patch -------------------------------------------------------------------------------------


def merge_patch(old: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(old) if isinstance(old, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


# --- JSON patch --------------------------------------------------------------------------------------


class DoesNotFit(Exception):
    """A JSON patch that cannot be carried out; its text is that of github.com/evanphx/json-patch."""


def json_patch(old: Any, operations: Any) -> Any:
    """RFC 6902. Raises ApiError for what is no patch, DoesNotFit for one that does not fit the object."""
    if not isinstance(operations, Sequence) or isinstance(operations, str):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch"
        )
    if len(operations) > MOST_OPERATIONS:
        raise ApiError(
            413,
            "RequestEntityTooLarge",
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(operations)}",
        )
    value = copy.deepcopy(old)
    for operation in operations:
        if not isinstance(operation, Mapping):
            raise bad_request("error decoding patch: an operation is no object")
        value = _operate(value, operation)
    return value


def _operate(value: Any, operation: Mapping[str, Any]) -> Any:
    kind, path = operation.get("op"), _Pointer(operation, "path")
    match kind:
        case "add":
            return _add(value, path, copy.deepcopy(operation.get("value")))
        case "remove":
            return _remove(value, path)[0]
        case "replace":
            value, _old = _remove(value, path) if path.parts else (None, None)
            return _add(value, path, copy.deepcopy(operation.get("value")))
        case "move":
            value, moved = _remove(value, _Pointer(operation, "from"))
            return _add(value, path, moved)
        case "copy":
            origin = _Pointer(operation, "from")
            return _add(value, path, copy.deepcopy(_at(value, origin, origin.parts)))
        case "test":
            if not _same(_at(value, path, path.parts), operation.get("value")):
                raise DoesNotFit(f"Testing value {path.text} failed")
            return value
        case _:
            raise DoesNotFit(f"Unexpected kind: {kind}")


class _Pointer:
    """A path of an operation (RFC 6901)."""

    def __init__(self, operation: Mapping[str, Any], name: str) -> None:
        self.kind, self.text = operation.get("op"), operation.get(name)
        if not isinstance(self.text, str) or (self.text and not self.text.startswith("/")):
            raise self.missing()
        self.parts = [part.replace("~1", "/").replace("~0", "~") for part in self.text.split("/")[1:]]

    def missing(self, what: str = "path") -> DoesNotFit:
        """It leads nowhere."""
        why = f"operation does not apply: doc is missing {what}: {self.text}"
        return DoesNotFit(f"jsonpatch {self.kind} {why}")


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _index(items: list[Any], part: str, *, last: int) -> int:
    if part == "-":
        return last
    if not part.isascii() or not is_whole(part) or (len(part) > 1 and part[0] == "0") or len(part) > 9:
        raise DoesNotFit(f'strconv.Atoi: parsing "{part}": invalid syntax')
    index = int(part)
    if index > last:
        raise DoesNotFit(f"Unable to access invalid index: {index}")
    return index


def _at(value: Any, path: _Pointer, parts: list[str]) -> Any:
    for part in parts:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and value:
            value = value[_index(list(value), part, last=len(value) - 1)]
        else:
            raise path.missing()
    return value


def _add(value: Any, path: _Pointer, new: Any) -> Any:
    if not path.parts:
        return new
    parent, part = _at(value, path, path.parts[:-1]), path.parts[-1]
    if isinstance(parent, dict):
        parent[part] = new
    elif isinstance(parent, list):
        parent.insert(_index(parent, part, last=len(parent)), new)
    else:
        raise path.missing()
    return value


def _remove(value: Any, path: _Pointer) -> tuple[Any, Any]:
    if not path.parts:
        return None, value
    parent, part = _at(value, path, path.parts[:-1]), path.parts[-1]
    if isinstance(parent, dict) and part in parent:
        return value, parent.pop(part)
    if isinstance(parent, list) and parent:
        return value, parent.pop(_index(parent, part, last=len(parent) - 1))
    if path.kind == "remove" and isinstance(parent, dict):
        raise DoesNotFit(f"Unable to remove nonexistent key: {part}")
    raise path.missing("key")


# --- strategic merge patch ---------------------------------------------------------------------------


def strategic_merge_patch(
    struct: type[ApiStruct] | None, old: Mapping[str, Any], patch: Any
) -> dict[str, Any]:
    """A patch of a Struct's plain form. Raises ApiError (400) for an invalid one."""
    if not isinstance(patch, Mapping):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
        )
    directive = patch.get(DIRECTIVE)
    if directive == "delete":
        return {}
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    if directive not in (None, "merge"):
        raise bad_request(f"invalid patch type: {directive} in {dict(patch)}")
    merged = _retained(dict(old), patch)
    schema = schema_of(struct) if struct is not None else {}
    for key, value in patch.items():
        if key in (DIRECTIVE, RETAIN) or not isinstance(key, str) or key.startswith(ORDER):
            continue
        if key.startswith(REMOVED):
            name = key.removeprefix(REMOVED)
            if isinstance(value, list | tuple) and merged.get(name) is not None:
                merged[name] = [item for item in merged[name] if item not in value]
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(schema.get(key), merged.get(key), value)
    _put_in_order(schema, merged, old, patch)
    return merged


def _put_in_order(
    schema: Mapping[str, Field], merged: dict[str, Any], old: Mapping[str, Any], patch: Mapping[str, Any]
) -> None:
    for key, order in patch.items():
        if isinstance(key, str) and key.startswith(ORDER) and isinstance(order, list | tuple):
            name = key.removeprefix(ORDER)
            field = schema.get(name)
            if field is not None and field.merge is not None and isinstance(merged.get(name), list | tuple):
                before = _as_go_left_it(old.get(name), patch.get(name), field.merge)
                merged[name] = _ordered(merged[name], order, before, field.merge)


def _retained(old: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    kept = patch.get(RETAIN)
    if not isinstance(kept, list | tuple):
        return old
    return {key: value for key, value in old.items() if key in kept}


def _merged(field: Field | None, old: Any, patch: Any) -> Any:
    if isinstance(patch, Mapping):
        struct = field.struct if field is not None and field.shape == "struct" else None
        return strategic_merge_patch(struct, old if isinstance(old, Mapping) else {}, patch)
    if (
        isinstance(patch, list | tuple)
        and field is not None
        and field.shape == "list"
        and field.merge is not None
    ):
        if field.merge.key:
            return _merged_items(field, old if isinstance(old, list | tuple) else (), patch)
        kept = list(old) if isinstance(old, list | tuple) else []
        together = kept + [item for item in patch if item not in kept]
        return _ordered(together, patch, kept, field.merge)
    return patch


def _merged_items(field: Field, old: Sequence[Any], patch: Sequence[Any]) -> list[Any]:
    assert field.merge is not None
    key = field.merge.key
    if any(isinstance(item, Mapping) and item.get(DIRECTIVE) == "replace" for item in patch):
        return [item for item in patch if not (isinstance(item, Mapping) and DIRECTIVE in item)]
    found = list(old)
    for item in patch:
        if not isinstance(item, Mapping) or item.get(key) is None:
            raise bad_request(f"map: {item} does not contain declared merge key: {key}")
        place = next(
            (
                index
                for index, one in enumerate(found)
                if isinstance(one, Mapping) and one.get(key) == item[key]
            ),
            None,
        )
        if item.get(DIRECTIVE) == "delete":
            found = [one for one in found if not (isinstance(one, Mapping) and one.get(key) == item[key])]
        elif place is None:
            found.append(strategic_merge_patch(field.struct, {}, item))
        else:
            found[place] = strategic_merge_patch(field.struct, found[place], item)
    return _ordered(found, patch, old, field.merge)


def _as_go_left_it(old: Any, patch: Any, merge: Merge) -> list[Any]:
    """The old list as an order compares with it: what is deleted goes from it in place, and what is new takes
    the room that became free, as in the slice of the real server (mergeSlice)."""
    array = list(old) if isinstance(old, list | tuple) else []
    if not merge.key or not isinstance(patch, list | tuple):
        return array
    length, items = len(array), [item for item in patch if isinstance(item, Mapping)]
    names = [one.get(merge.key) if isinstance(one, Mapping) else None for one in array]
    for item in items:
        if item.get(DIRECTIVE) == "delete" and item.get(merge.key) in names[:length]:
            at, length = names.index(item.get(merge.key)), length - 1
            for row in (array, names):
                row[at:length] = row[at + 1 : length + 1]
    for item in items:
        if DIRECTIVE not in item and item.get(merge.key) not in names[:length] and length < len(array):
            array[length], names[length] = item, item.get(merge.key)
            length += 1
    return array


def _ordered(items: Sequence[Any], order: Sequence[Any], old: Any, merge: Merge) -> list[Any]:
    """The items that an order names, as it has them, and the others among them as they were: an item that was
    not there before comes before all others (apimachinery pkg/util/strategicpatch/patch.go
    normalizeElementOrder, mergeSortedSlice)."""

    def name_of(item: Any) -> Any:
        return item.get(merge.key) if merge.key and isinstance(item, Mapping) else item

    wanted = [name_of(item) for item in order]
    before = [name_of(item) for item in old] if isinstance(old, list | tuple) else []
    named = [item for item in items if name_of(item) in wanted]
    named.sort(key=lambda item: wanted.index(name_of(item)))
    others = [item for item in items if name_of(item) not in wanted]
    result: list[Any] = []
    for item in others:
        place = before.index(name_of(item)) if name_of(item) in before else -1
        while named and not -1 < place < _place(before, name_of(named[0])):
            result.append(named.pop(0))
        result.append(item)
    return result + named


def _place(before: list[Any], name: Any) -> int:
    """Where something was; -1 where it was not."""
    return before.index(name) if name in before else -1
