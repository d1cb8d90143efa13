"""Values against an OpenAPI v3 schema: of objects of added kinds
(apiextensions-apiserver pkg/apiserver/validation/validation.go; k8s.io/kube-openapi pkg/validation/validate).

Expressions of CEL (`x-kubernetes-validations`) are not evaluated.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors

_INT_OR_STRING: Final = "x-kubernetes-int-or-string"
_UNIQUE: Final = ("set", "map")


def check_schema(errors: FieldErrors, schema: Schema, value: Any, path: str) -> None:
    """What is wrong with a value, and with all that is in it."""
    if value is None:
        if not schema.get("nullable") and path:
            errors.invalid(path, "null", f'{path} in body must be of type {schema.get("type", "")}: "null"')
        return
    if not _is_of_type(schema, value):
        wanted = "integer,string" if schema.get(_INT_OR_STRING) else schema.get("type")
        errors.invalid(
            path or "<nil>", _type_of(value), f'{path} in body must be of type {wanted}: "{_type_of(value)}"'
        )
        return
    if isinstance(value, Mapping):
        _check_object(errors, schema, value, path)
    elif isinstance(value, list | tuple):
        _check_array(errors, schema, value, path)
    elif isinstance(value, str):
        _check_text(errors, schema, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(errors, schema, value, path)
    _check_enum(errors, schema, value, path)
    _check_choices(errors, schema, value, path)


def _is_of_type(schema: Schema, value: Any) -> bool:
    if schema.get(_INT_OR_STRING):
        return isinstance(value, int | str) and not isinstance(value, bool)
    match schema.get("type"):
        case "object":
            return isinstance(value, Mapping)
        case "array":
            return isinstance(value, list | tuple)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return True


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array"


def _check_object(errors: FieldErrors, schema: Schema, value: Mapping[str, Any], path: str) -> None:
    known, others = _mapping(schema.get("properties")), schema.get("additionalProperties")
    for name in schema.get("required") or ():
        if name not in value:
            errors.required(_below(path, name))
    _check_size(errors, schema, value, path, "Properties", "properties")
    for name, inner in value.items():
        if isinstance(known.get(name), Mapping):
            check_schema(errors, known[name], inner, _below(path, name))
        elif isinstance(others, Mapping):
            check_schema(errors, others, inner, _below(path, name))


def _check_array(errors: FieldErrors, schema: Schema, value: Sequence[Any], path: str) -> None:
    _check_size(errors, schema, value, path, "Items", "items")
    _check_unique(errors, schema, value, path)
    items = schema.get("items")
    if isinstance(items, Mapping):
        for index, item in enumerate(value):
            check_schema(errors, items, item, f"{path}[{index}]")


def _check_size(errors: FieldErrors, schema: Schema, value: Any, path: str, what: str, word: str) -> None:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if most is not None and len(value) > most:
        errors.too_many(path, most, len(value))
    if least is not None and len(value) < least:
        errors.invalid(path, len(value), f"{path} in body should have at least {least} {word}")


def _check_unique(errors: FieldErrors, schema: Schema, value: Sequence[Any], path: str) -> None:
    kind = schema.get("x-kubernetes-list-type")
    if kind not in _UNIQUE:
        return
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    seen: list[Any] = []
    for index, item in enumerate(value):
        own: Any = (
            {key: item.get(key) for key in keys} if kind == "map" and isinstance(item, Mapping) else item
        )
        if own in seen:
            errors.duplicate(f"{path}[{index}]", own)
        seen.append(own)


def _check_text(errors: FieldErrors, schema: Schema, value: str, path: str) -> None:
    most, least, pattern = schema.get("maxLength"), schema.get("minLength"), schema.get("pattern")
    if most is not None and len(value) > most:
        errors.too_long(path, most)
    if least is not None and len(value) < least:
        errors.invalid(path, value, f"{path} in body should be at least {least} chars long")
    compiled = _compiled(pattern) if isinstance(pattern, str) else None
    if compiled is not None and compiled.search(value) is None:
        errors.invalid(path, value, f"{path} in body should match '{pattern}'")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re.Pattern[str] | None":
    """None for what Python does not read as Go does; bounded, since people write them."""
    try:
        return re.compile(pattern) if len(pattern) <= _LONGEST else None
    except re.error:
        return None


_LONGEST: Final = 500


def _check_number(errors: FieldErrors, schema: Schema, value: float, path: str) -> None:
    most, least, step = schema.get("maximum"), schema.get("minimum"), schema.get("multipleOf")
    if most is not None and (value > most or (schema.get("exclusiveMaximum") and value == most)):
        told = "less than" if schema.get("exclusiveMaximum") else "less than or equal to"
        errors.invalid(path, value, f"{path} in body should be {told} {most}")
    if least is not None and (value < least or (schema.get("exclusiveMinimum") and value == least)):
        told = "greater than" if schema.get("exclusiveMinimum") else "greater than or equal to"
        errors.invalid(path, value, f"{path} in body should be {told} {least}")
    if step and value % step:
        errors.invalid(path, value, f"{path} in body should be a multiple of {step}")


def _check_enum(errors: FieldErrors, schema: Schema, value: Any, path: str) -> None:
    choices = schema.get("enum")
    if isinstance(choices, list | tuple) and value not in choices:
        errors.unsupported(path, value, [one if isinstance(one, str) else json.dumps(one) for one in choices])


def _check_choices(errors: FieldErrors, schema: Schema, value: Any, path: str) -> None:
    """anyOf, oneOf, allOf, not."""
    for inner in schema.get("allOf") or ():
        check_schema(errors, inner, value, path)
    some, one = schema.get("anyOf"), schema.get("oneOf")
    shown = path or "<nil>"
    if some and not schema.get(_INT_OR_STRING) and not any(_fits(errors, inner, value) for inner in some):
        errors.invalid(shown, value, f"{path} in body must validate at least one schema (anyOf)")
    if one and sum(_fits(errors, inner, value) for inner in one) != 1:
        errors.invalid(shown, value, f"{path} in body must validate one and only one schema (oneOf)")
    if isinstance(schema.get("not"), Mapping) and _fits(errors, schema["not"], value):
        errors.invalid(shown, value, f"{path} in body must not validate the schema (not)")


def _fits(errors: FieldErrors, schema: Any, value: Any) -> bool:
    if not isinstance(schema, Mapping):
        return True
    found = FieldErrors(errors.release)
    check_schema(found, schema, value, "")
    return not found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
