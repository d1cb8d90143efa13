"""What the schema of an added kind says of its fields, for those who merge and manage them: the same as the
Structs say of kinds that are built in. Source: apiextensions.k8s.io/v1, JSONSchemaProps.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.meta import ApiStruct, Merge, ObjectMeta
from clustersim.api.schema import Field, schema_of

_METADATA: Final = Field("metadata", "struct", ObjectMeta)


class Declared(msgspec.Struct, frozen=True):
    """An object of an added kind, or one inside it. whole: it is the object itself, which has metadata."""

    schema: Mapping[str, Any]
    whole: bool = False

    def fields(self) -> dict[str, Field]:
        """Its fields by their names."""
        properties = self.schema.get("properties")
        named = properties if isinstance(properties, Mapping) else {}
        found = {name: _field(name, one) for name, one in named.items() if isinstance(one, Mapping)}
        return {**found, "metadata": _METADATA} if self.whole else found


Kind = type[ApiStruct] | Declared
"""What has fields."""


def fields_in(kind: Kind | None) -> dict[str, Field]:
    """The fields of a kind by their names on the wire; of what nobody knows, none."""
    if kind is None:
        return {}
    return kind.fields() if isinstance(kind, Declared) else schema_of(kind)


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    match schema.get("type"):
        case "object" if schema.get("x-kubernetes-map-type") == "atomic":
            return Field(name, "atomic")
        case "object" if isinstance(schema.get("properties"), Mapping):
            return Field(name, "struct", Declared(schema), pointer=True)
        case "array":
            items = schema.get("items")
            return Field(
                name, "list", Declared(items) if isinstance(items, Mapping) else None, _merge(schema)
            )
    return Field(name, "value")


def _merge(schema: Mapping[str, Any]) -> Merge | None:
    """How its items are told apart; None of a list that is replaced whole."""
    keys = schema.get("x-kubernetes-list-map-keys")
    match schema.get("x-kubernetes-list-type"):
        case "map" if isinstance(keys, list) and keys:
            return Merge(tuple(str(key) for key in keys))
        case "set":
            return Merge()
    return None
