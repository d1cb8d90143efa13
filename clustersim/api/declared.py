"""What the schema of an added kind says of its fields, for those who merge and manage them: the same as the
Structs say of kinds that are built in. Source: apiextensions.k8s.io/v1, JSONSchemaProps.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.atoms import ATOM, ATOMS, applied_fields
from clustersim.api.meta import ApiStruct, Merge, ObjectMeta
from clustersim.api.schema import Field

_MAP_TYPE: Final = "x-kubernetes-map-type"
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
    return kind.fields() if isinstance(kind, Declared) else applied_fields(kind)


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    match schema.get("type"):
        case "object" if schema.get(_MAP_TYPE) == "atomic":
            return Field(name, ATOM)
        case "object" if isinstance(schema.get("properties"), Mapping):
            return Field(name, "struct", Declared(schema), pointer=True)
        case "array":
            items, merge = schema.get("items"), _merge(schema)
            if not isinstance(items, Mapping):
                return Field(name, "list", None, merge, pointer=True)
            if merge is not None and merge.key and items.get(_MAP_TYPE) == "atomic":
                return Field(name, ATOMS, None, merge)
            return Field(name, "list", Declared(items), merge, pointer=True)
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
