"""Values against an OpenAPI v3 schema: of objects of added kinds
(apiextensions-apiserver pkg/apiserver/validation/validation.go; k8s.io/kube-openapi pkg/validation/validate).
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.formats import is_of_format
from clustersim.regex import Regex, RegexError

_INT_OR_STRING: Final = "x-kubernetes-int-or-string"


def check_schema(errors: FieldErrors, schema: Schema, value: Any, path: str) -> None:
    """What is wrong with a value, and with all that is in it."""
    wanted = "integer,string" if schema.get(_INT_OR_STRING) else schema.get("type")
    if value is None:
        if wanted and not schema.get("nullable") and path:
            errors.invalid(path, "null", f'{path} in body must be of type {wanted}: "null"')
        return
    if not _is_of_type(schema, value):
        told = _type_of(value)
        errors.invalid(path or "<nil>", told, f'{path} in body must be of type {wanted}: "{told}"')
    _check_choices(errors, schema, value, path)
    if isinstance(value, list | tuple):
        _check_array(errors, schema, value, path)
    elif isinstance(value, str):
        _check_text(errors, schema, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(errors, schema, value, path)
    _check_enum(errors, schema, value, path)
    if isinstance(value, Mapping):
        _check_object(errors, schema, value, path)


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
    least, most = schema.get("minProperties"), schema.get("maxProperties")
    if least is not None and len(value) < least:
        errors.invalid(path, least, f"{path} in body should have at least {least} properties")
        return
    if most is not None and len(value) > most:
        errors.too_many(path, most, len(value))
        return
    for name, inner in value.items():
        if isinstance(known.get(name), Mapping):
            check_schema(errors, known[name], inner, _below(path, name))
        elif isinstance(others, Mapping):
            check_schema(errors, others, inner, _below(path, name))
    for name in schema.get("required") or ():
        if name not in value:
            errors.required(_below(path, name))


def _check_array(errors: FieldErrors, schema: Schema, value: Sequence[Any], path: str) -> None:
    items, least, most = schema.get("items"), schema.get("minItems"), schema.get("maxItems")
    if isinstance(items, Mapping):
        for index, item in enumerate(value):
            check_schema(errors, items, item, f"{path}[{index}]")
    if least is not None and len(value) < least:
        errors.invalid(path, len(value), f"{path} in body should have at least {least} items")
    if most is not None and len(value) > most:
        errors.too_many(path, most, len(value))


def _check_text(errors: FieldErrors, schema: Schema, value: str, path: str) -> None:
    most, least, pattern = schema.get("maxLength"), schema.get("minLength"), schema.get("pattern")
    if most is not None and len(value) > most:
        errors.too_long(path, most)
    if least is not None and len(value) < least:
        errors.invalid(path, value, f"{path} in body should be at least {least} chars long")
    compiled = _compiled(pattern) if isinstance(pattern, str) else None
    if compiled is not None and compiled.search(value) is None:
        errors.invalid(path, value, f"{path} in body should match '{pattern}'")
    wanted = schema.get("format")
    if isinstance(wanted, str) and not is_of_format(value, wanted, errors.release):
        errors.invalid(path, value, f"{path} in body must be of type {wanted}: {errors.shown(value)}")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Regex | None:
    """None for what cannot be read; in time that grows with the text only, since people write them."""
    try:
        return Regex(pattern, longest=_LONGEST, go=True)
    except RegexError:
        return None


_LONGEST: Final = 1000


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
    """anyOf, oneOf, allOf, not: of what fails, that which was looked at furthest tells why."""
    some = () if schema.get(_INT_OR_STRING) else _alternatives(errors, schema.get("anyOf"), value, path)
    if some and all(some):
        _none(errors, f'"{path}" must validate at least one schema (anyOf)')
        _add(errors, some[0])
    one = _alternatives(errors, schema.get("oneOf"), value, path)
    fitting = sum(not found for found in one)
    if one and not fitting:
        _none(errors, f'"{path}" must validate one and only one schema (oneOf). Found none valid')
        _add(errors, one[0])
    elif fitting > 1:
        _none(
            errors,
            f'"{path}" must validate one and only one schema (oneOf). Found {fitting} valid alternatives',
        )
    every = [_found(errors, inner, value, path) for inner in schema.get("allOf") or ()]
    for found in every:
        _add(errors, found)
    if any(every):
        told = ". None validated" if all(every) else ""
        _none(errors, f'"{path}" must validate all the schemas (allOf){told}')
    if isinstance(schema.get("not"), Mapping) and not _found(errors, schema["not"], value, path):
        _none(errors, f'"{path}" must not validate the schema (not)')


def _alternatives(errors: FieldErrors, schemas: Any, value: Any, path: str) -> list[FieldErrors]:
    """What is wrong by each of them: first that which looks at most of the value."""
    by_reach = sorted(schemas or (), key=lambda inner: -_reach(inner, value))
    return [_found(errors, inner, value, path) for inner in by_reach]


def _found(errors: FieldErrors, schema: Any, value: Any, path: str) -> FieldErrors:
    found = FieldErrors(errors.release)
    if isinstance(schema, Mapping):
        check_schema(found, schema, value, path)
    return found


def _reach(schema: Any, value: Any) -> int:
    """How many values a schema looks at."""
    if not isinstance(schema, Mapping):
        return 0
    known = _mapping(schema.get("properties"))
    if isinstance(value, Mapping):
        return 1 + sum(_reach(known[name], inner) for name, inner in value.items() if name in known)
    if isinstance(value, list | tuple):
        return 1 + sum(_reach(schema.get("items"), inner) for inner in value)
    return 1


def _none(errors: FieldErrors, why: str) -> None:
    """What is wrong with no field in particular."""
    errors.invalid("<nil>", "", why)


def _add(errors: FieldErrors, found: FieldErrors) -> None:
    for cause in found.causes:
        if cause not in errors.causes:
            errors.causes.append(cause)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
