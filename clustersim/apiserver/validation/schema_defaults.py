"""Defaults in the schemas of added kinds: each must be a value that the schema itself lets in.

Source: v1.36.2 apiextensions-apiserver pkg/apiserver/schema/defaulting/validation.go.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.structural import Schema, has_rules, pruned
from clustersim.apiserver.validation.embedded_objects import EMBEDS, check_embedded
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.schema import check_schema

_OF_OBJECTS: Final = ("metadata", "apiVersion", "kind")
_DEEPEST: Final = 60
_ITEM: Final = object()
"""A step into a list."""


class _Place(msgspec.Struct, frozen=True):
    """Where in a schema. around: the schema of the object that this is in; steps: the way from there;
    in_metadata: what stands here says what the object around is."""

    around: Schema
    steps: tuple[Any, ...] = ()
    in_metadata: bool = False

    def below(self, step: Any, *, in_metadata: bool = False) -> "_Place":
        return _Place(self.around, (*self.steps, step), in_metadata or self.in_metadata)


def check_defaults(errors: FieldErrors, field: str, schema: Schema) -> None:
    """All defaults of a structural schema."""
    root = {**schema, EMBEDS: True}
    _check(errors, field, root, _Place(root), 0)


def _check(errors: FieldErrors, field: str, schema: Schema, place: _Place, depth: int) -> None:
    if depth > _DEEPEST:
        return
    if schema.get(EMBEDS):
        place = _Place(schema)
    if schema.get("default") is not None:
        _check_default(errors, f"{field}.default", schema, place)
    items, known = schema.get("items"), schema.get("properties")
    if isinstance(items, Mapping):
        _check(errors, f"{field}.items", items, place.below(_ITEM), depth + 1)
    for name, inner in known.items() if isinstance(known, Mapping) else ():
        if isinstance(inner, Mapping):
            of_object = bool(schema.get(EMBEDS)) and name in _OF_OBJECTS
            below = place.below(name, in_metadata=of_object)
            _check(errors, f"{field}.properties[{name}]", inner, below, depth + 1)


def _check_default(errors: FieldErrors, field: str, schema: Schema, place: _Place) -> None:
    value, found = schema["default"], FieldErrors(errors.release)
    if place.in_metadata:
        check_embedded(found, place.around, _surrounded(value, place.steps), "")
        if found:
            texts = [f"{cause.field}: {cause.message}" for cause in found.causes]
            told = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
            errors.invalid(field, value, f"must result in valid metadata: {told}")
            return
    else:
        if pruned(schema, value)[0] != value:
            errors.invalid(field, value, "must not have unknown fields")
        check_embedded(found, schema, value, field)
        if found:
            errors.causes += found.causes
            return
    check_schema(found, schema, value, "")
    if not found and has_rules(schema):
        # Only worlds with rules pay for the evaluator.
        from clustersim.apiserver.policies.rules import Rules  # noqa: PLC0415

        root = place.around is schema
        Rules(found, ratchets=False).check(schema, value, value, root=root)
        if not found:
            Rules(found).check(schema, value, None, root=root)
    for cause in found.causes:
        path = f"{field}.{cause.field}" if cause.field not in ("<nil>", "[]") else field
        errors.causes.append(msgspec.structs.replace(cause, field=path))


def _surrounded(value: Any, steps: tuple[Any, ...]) -> dict[str, Any]:
    """The object with nothing but that value in it."""
    for step in reversed(steps):
        value = [value] if step is _ITEM else {step: value}
    return {"kind": "Validation", "apiVersion": "validation/v1", **value}
