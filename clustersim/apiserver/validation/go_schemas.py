"""Versions of added kinds and their schemas as messages show them, with the names of the server's own types.

Source: v1.36.2 apiextensions-apiserver pkg/apis/apiextensions/{types,types_jsonschema}.go.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from clustersim.api.definitions import CustomResourceDefinitionVersion
from clustersim.apiserver.validation.errors import GoStruct
from clustersim.apiserver.validation.go_fields import go_struct

_NOT_SHOWN = {"schema": "schema", "subresources": "subresources", "selectable_fields": "selectableFields"}


def shown_schema(schema: Mapping[str, Any]) -> GoStruct:
    """A schema with all the words that there are."""
    return GoStruct("apiextensions.JSONSchemaProps", go_struct("JSONSchemaProps", _as_held(schema)))


def shown_versions(versions: Sequence[CustomResourceDefinitionVersion], shared: Collection[str]) -> Any:
    """All versions, without the parts that they have alike: those are held elsewhere."""
    wire = {_NOT_SHOWN.get(name, "additionalPrinterColumns") for name in shared}
    return [_version(one, wire) for one in versions] or None


def _version(version: CustomResourceDefinitionVersion, shared: Collection[str]) -> dict[str, Any]:
    plain = {name: one for name, one in msgspec.to_builtins(version).items() if name not in shared}
    if plain.get("schema"):
        plain["schema"] = {"openAPIV3Schema": _as_held(plain["schema"].get("openAPIV3Schema") or {})}
    return go_struct("CustomResourceDefinitionVersion", plain)


def _as_held(schema: Any) -> Any:
    """A schema with what may be of two kinds as the server holds it."""
    if not isinstance(schema, Mapping):
        return schema
    held = dict(schema)
    items, further, known = held.get("items"), held.get("additionalProperties"), held.get("properties")
    if isinstance(items, Mapping):
        held["items"] = {"schema": _as_held(items)}
    elif isinstance(items, list | tuple):
        held["items"] = {"jsonSchemas": [_as_held(one) for one in items]}
    if isinstance(further, Mapping):
        held["additionalProperties"] = {"allows": True, "schema": _as_held(further)}
    elif isinstance(further, bool):
        held["additionalProperties"] = {"allows": further}
    if isinstance(known, Mapping):
        held["properties"] = {name: _as_held(one) for name, one in known.items()}
    for word in ("allOf", "oneOf", "anyOf"):
        if isinstance(held.get(word), list | tuple):
            held[word] = [_as_held(one) for one in held[word]]
    if "not" in held:
        held["not"] = _as_held(held["not"])
    return held
