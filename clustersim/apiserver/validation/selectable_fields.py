"""Fields by which objects of an added kind can be selected, and paths into a schema.

Sources: v1.36.2 apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
(ValidateCustomResourceSelectableFields); pkg/apiserver/schema/cel/validation.go (ValidFieldPath).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from clustersim.api.definitions import SelectableField
from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors

MOST: Final = 8
_SIMPLE: Final = ("string", "boolean", "integer")
_PARTS: Final = re.compile(r"[.\[\]]|'(?:[^'\\]|\\.)*'|[^.\[\]']+|'")
_ESCAPES: Final = {
    "'": "'",
    "\\": "\\",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class PathError(Exception):
    """A path that leads nowhere."""


def followed(schema: Schema, path: str, *, brackets: bool = True) -> tuple[tuple[str, ...], Any]:
    """The names on a path (".a['b']"), and the schema where it ends. brackets: whether names may be in
    brackets. Raises PathError."""
    parts, steps, here = iter(_PARTS.findall(path)), list[str](), schema
    for part in parts:
        if part == "[":
            if not brackets:
                raise PathError("array notation is not allowed")
            name = _quoted(_next(parts))
            here = _inner(here, name)
            if (end := _next(parts)) != "]":
                raise PathError(f"expected ] but got {end}")
        elif part == ".":
            name = _next(parts)
            here = _inner(here, name)
        else:
            raise PathError(f"expected [ or . but got: {part}")
        steps.append(name)
    return tuple(steps), here


def _next(parts: Iterator[str]) -> str:
    found = next(parts, None)
    if found is None:
        raise PathError("unexpected end of JSON path")
    return found


def _quoted(part: str) -> str:
    if len(part) < len("''") or part[0] != "'" or part[-1] != "'":
        raise PathError(f"expected single quoted string but got {part}")
    inside = part[1:-1]
    wrong = [one for one in re.findall(r"\\(.)", inside) if one not in _ESCAPES]
    if wrong:
        raise PathError(f"invalid string literal: invalid escape char \\{wrong[-1]}")
    return re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], inside)


def _inner(schema: Any, name: str) -> Any:
    known, others = schema.get("properties"), schema.get("additionalProperties")
    if isinstance(known, Mapping) and name in known:
        return known[name]
    if isinstance(known, Mapping) or not isinstance(others, Mapping):
        raise PathError("does not refer to a valid field")
    return others


def check_selectable(
    errors: FieldErrors, field: str, fields: Sequence[SelectableField], schema: Schema | None
) -> None:
    """The selectable fields of one version, or of all."""
    if schema is None:
        why = "may only be set when `version.schema.openAPIV3Schema` is not included"
        errors.invalid(field, "", why)
        return
    seen: set[tuple[str, ...]] = set()
    for index, one in enumerate(fields):
        here = f"{field}[{index}].jsonPath"
        if not one.json_path:
            errors.required(here)
            continue
        try:
            steps, found = followed(schema, one.json_path, brackets=False)
        except PathError as error:
            errors.invalid(here, one.json_path, f"is an invalid path: {error}")
            continue
        if steps[0] == "metadata":
            errors.invalid(here, one.json_path, "must not point to fields in metadata")
        if not isinstance(found, Mapping) or found.get("type") not in _SIMPLE:
            why = (
                "must point to a field of type string, boolean or integer. Enum string fields and strings "
                "with formats are allowed."
            )
            errors.invalid(here, one.json_path, why)
        if steps in seen:
            errors.duplicate(here, one.json_path)
        seen.add(steps)
    if len(seen) > MOST:
        errors.too_many(field, MOST, len(seen))
