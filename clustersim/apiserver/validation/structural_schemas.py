"""Validation of the schemas of added kinds: they are structural, that is, they say of every field of which
type it is, and what they say besides only narrows that.

Source: v1.36.2 apiextensions-apiserver pkg/apiserver/schema/validation.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors

_DEEPEST: Final = 60
_NUMBER_OR_TEXT: Final = "x-kubernetes-int-or-string"
_PRESERVES: Final = "x-kubernetes-preserve-unknown-fields"
_EMBEDS: Final = "x-kubernetes-embedded-resource"
_BOTH: Final = [{"type": "integer"}, {"type": "string"}]
"""How fields that are numbers or texts have always been written."""

_NO_TYPE: Final = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
_NOT_NESTED: Final = {
    "type": "must be empty to be structural",
    "additionalProperties": "must be undefined to be structural",
    "default": "must be undefined to be structural",
    "title": "must be empty to be structural",
    "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    _PRESERVES: "must be false to be structural",
    _EMBEDS: "must be false to be structural",
    _NUMBER_OR_TEXT: "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}
"""What is said only where fields are named, and not where their values are narrowed."""


def check_structure(errors: FieldErrors, field: str, schema: Schema) -> None:
    """A whole schema. What keeps it from being structural comes first, in the order of the texts."""
    before = len(errors.causes)
    if schema.get("nullable"):
        errors.forbidden(f"{field}.nullable", "nullable cannot be true at the root")
    _check(errors, field, schema, "root", 0)
    errors.causes[before:] = sorted(errors.causes[before:], key=lambda cause: (cause.field, cause.message))


def _check(errors: FieldErrors, field: str, schema: Schema, level: str, depth: int) -> None:
    if depth > _DEEPEST:
        return
    kind, further = schema.get("type") or "", schema.get("additionalProperties")
    if kind == "array" and not isinstance(schema.get("items"), Mapping):
        errors.required(f"{field}.items", "must be specified")
    if further is not None and level == "root":
        errors.forbidden(f"{field}.additionalProperties", "must not be used at the root")
    for name, inner in _parts(schema):
        _check(errors, f"{field}.{name}", inner, "item" if name == "items" else "field", depth + 1)
    if schema.get(_NUMBER_OR_TEXT):
        for name in (_PRESERVES, _EMBEDS):
            if schema.get(name):
                errors.invalid(f"{field}.{name}", True, f"must be false if {_NUMBER_OR_TEXT} is true")
    _check_narrowing(errors, field, schema, depth)
    _check_type(errors, field, schema, kind, level)
    _check_embedded(errors, field, schema, level)


def _parts(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The schemas of its items and fields, with where they are."""
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(inner, Mapping):
            yield f"properties[{name}]", inner
    for name in ("items", "additionalProperties"):
        inner = schema.get(name)
        if isinstance(inner, Mapping):
            yield name, inner


def _check_type(errors: FieldErrors, field: str, schema: Schema, kind: str, level: str) -> None:
    untyped = schema.get(_NUMBER_OR_TEXT) or schema.get(_PRESERVES)
    if schema.get(_EMBEDS) and kind != "object":
        why = f"must be object if {_EMBEDS} is true"
        if kind:
            errors.invalid(f"{field}.type", kind, why)
        else:
            errors.required(f"{field}.type", why)
    elif not kind and not untyped:
        errors.required(f"{field}.type", _NO_TYPE[level])
    if level == "root" and kind not in ("", "object"):
        errors.invalid(f"{field}.type", kind, "must be object at the root")


def _check_embedded(errors: FieldErrors, field: str, schema: Schema, level: str) -> None:
    """What is said of the metadata of objects, at the root and of those inside of others."""
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    embeds = bool(schema.get(_EMBEDS))
    if embeds and schema.get("additionalProperties") is not None:
        errors.forbidden(f"{field}.additionalProperties", f"must not be used if {_EMBEDS} is set")
    if embeds and not schema.get(_PRESERVES) and not properties:
        why = f"must not be empty if {_EMBEDS} is true without {_PRESERVES}"
        errors.required(f"{field}.properties", why)
    if not embeds and level != "root":
        return
    for name, wanted in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        inner = properties.get(name)
        if isinstance(inner, Mapping) and inner.get("type") != wanted:
            here = f"{field}.properties[{name}].type"
            errors.invalid(here, inner.get("type") or "", f"must be {wanted}")
    metadata = properties.get("metadata")
    if level == "root" and isinstance(metadata, Mapping) and _says_more(metadata):
        why = (
            "must not specify anything other than name and generateName, but metadata is implicitly specified"
        )
        errors.forbidden(f"{field}.properties[metadata]", why)


def _says_more(metadata: Schema) -> bool:
    of_names = set(metadata.get("properties") or ()) <= {"name", "generateName"}
    return any(
        value not in (None, "", {}, [])
        for name, value in metadata.items()
        if name not in ("type", "default") and not (name == "properties" and of_names)
    )


def _check_narrowing(errors: FieldErrors, field: str, schema: Schema, depth: int) -> None:
    any_of, all_of = schema.get("anyOf"), schema.get("allOf")
    for name, told in (("anyOf", any_of), ("allOf", all_of), ("oneOf", schema.get("oneOf"))):
        if name == "anyOf" and any_of == _BOTH:
            continue
        for index, inner in enumerate(told if isinstance(told, list | tuple) else ()):
            if not (name == "allOf" and index == 0 and inner == {"anyOf": _BOTH}):
                _check_nested(errors, f"{field}.{name}[{index}]", inner, depth + 1)
    _check_nested(errors, f"{field}.not", schema.get("not"), depth + 1)


def _check_nested(errors: FieldErrors, field: str, schema: Any, depth: int) -> None:
    """Values are narrowed here, and nothing is said of which fields there are."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    _check_narrowing(errors, field, schema, depth)
    for name, inner in _parts(schema):
        if name != "additionalProperties":
            _check_nested(errors, f"{field}.{name}", inner, depth + 1)
    for name, why in _NOT_NESTED.items():
        value = schema.get(name)
        if value not in (None, "", False, [], ()) or (name == "default" and value is not None):
            errors.forbidden(f"{field}.{name}", why)
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and "metadata" in properties:
        errors.forbidden(f"{field}.properties[metadata]", "must not be specified in a nested context")
