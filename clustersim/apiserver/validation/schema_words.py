"""What the words of a schema hold, of all schemas that are in one.

Source: v1.36.2 apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
(ValidateCustomResourceDefinitionOpenAPISchema, specStandardValidatorV3, validateMapListKeysMapSet).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors

_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_DEEPEST: Final = 60
_KEEPS: Final = "x-kubernetes-preserve-unknown-fields"
_EMBEDS: Final = "x-kubernetes-embedded-resource"
_LIST: Final = "x-kubernetes-list-type"
_KEYS: Final = "x-kubernetes-list-map-keys"
_MAP: Final = "x-kubernetes-map-type"
_NOT_SUPPORTED: Final = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
_OF_OBJECTS: Final = ("metadata", "kind", "apiVersion")
_LISTS: Final = ("atomic", "set", "map")
_MAPS: Final = ("atomic", "granular")


class Where(msgspec.Struct, frozen=True):
    """In what a schema is. root: in nothing; metadata: in what every object has; no_default: why nothing may
    be filled in there, empty where it may."""

    root: bool = False
    metadata: bool = False
    no_default: str = ""


ROOT: Final = Where(root=True)


def check_words(errors: FieldErrors, field: str, schema: Schema, where: Where = ROOT, depth: int = 0) -> None:
    """A schema and all that are in it."""
    if depth > _DEEPEST:
        return
    _check_standard(errors, field, schema, where)
    if schema.get("uniqueItems"):
        why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        errors.forbidden(f"{field}.uniqueItems", why)
    further = schema.get("additionalProperties")
    if schema.get("properties") and (further is False or isinstance(further, Mapping)):
        why = "additionalProperties and properties are mutual exclusive"
        errors.forbidden(f"{field}.additionalProperties", why)
    for name, inner, inside in _below(schema, where):
        check_words(errors, f"{field}.{name}", inner, inside, depth + 1)
    if schema.get(_KEEPS) is False:
        errors.invalid(f"{field}.{_KEEPS}", False, "must be true or undefined")
    _check_type(errors, field, schema, _MAP, "object")
    if (kind := schema.get(_MAP)) is not None and kind not in _MAPS:
        errors.unsupported(f"{field}.{_MAP}", kind, _MAPS)
    _check_list(errors, field, schema)


def _below(schema: Schema, where: Where) -> Iterator[tuple[str, Schema, Where]]:
    """The schemas in a schema: where each stands, and in what."""
    plain = msgspec.structs.replace(where, root=False)
    further = schema.get("additionalProperties")
    if isinstance(further, Mapping):
        why = "inside additionalProperties applying to object metadata"
        yield (
            "additionalProperties",
            further,
            msgspec.structs.replace(plain, no_default=why) if where.metadata else plain,
        )
    for name, inner in _named(schema, "properties"):
        inside = plain
        if (where.root or schema.get(_EMBEDS)) and name in _OF_OBJECTS:
            why = f"in top-level {name}" if where.root else where.no_default
            inside = Where(metadata=True, no_default=why)
        yield f"properties[{name}]", inner, inside
    for word in ("not", "items"):
        single = schema.get(word)
        if isinstance(single, Mapping):
            yield word, single, plain
    for word in ("allOf", "oneOf", "anyOf"):
        among = schema.get(word)
        for index, one in enumerate(among if isinstance(among, list | tuple) else ()):
            if isinstance(one, Mapping):
                yield f"{word}[{index}]", one, plain


def _named(schema: Schema, word: str) -> Iterator[tuple[str, Schema]]:
    found = schema.get(word)
    for name, inner in found.items() if isinstance(found, Mapping) else ():
        if isinstance(inner, Mapping):
            yield name, inner


def _check_standard(errors: FieldErrors, field: str, schema: Schema, where: Where) -> None:
    kind = schema.get("type")
    if kind and kind not in _TYPES:
        errors.unsupported(f"{field}.type", kind, _TYPES)
    if schema.get("default") is not None and where.no_default:
        errors.forbidden(f"{field}.default", f"must not be set {where.no_default}")
    for word in _NOT_SUPPORTED:
        if schema.get(word) not in (None, "", {}):
            errors.forbidden(f"{field}.{word}", f"{word} is not supported")
    if kind == "null":
        why = "type cannot be set to null, use nullable as an alternative"
        errors.forbidden(f"{field}.type", why)
    if isinstance(schema.get("items"), list | tuple):
        errors.forbidden(f"{field}.items", "items must be a schema object and not an array")
    if where.metadata and schema.get(_EMBEDS):
        errors.forbidden(f"{field}.{_EMBEDS}", "must not be used inside of resource meta")


def _check_type(errors: FieldErrors, field: str, schema: Schema, word: str, wanted: str) -> bool:
    """Whether a word stands at the type that it is for."""
    kind = schema.get("type")
    if schema.get(word) is None or kind == wanted:
        return True
    why = f"must be {wanted} if {word} is specified"
    if kind:
        errors.invalid(f"{field}.type", kind, why)
    else:
        errors.required(f"{field}.type", why)
    return False


def _check_list(errors: FieldErrors, field: str, schema: Schema) -> None:
    kind, keys, items = schema.get(_LIST), schema.get(_KEYS) or (), schema.get("items")
    item = items if isinstance(items, Mapping) else {}
    if _check_type(errors, field, schema, _LIST, "array") and kind == "set":
        _check_item_of_set(errors, f"{field}.items", item)
    if kind is not None and kind not in _LISTS:
        errors.unsupported(f"{field}.{_LIST}", kind, _LISTS)
    if keys and kind != "map":
        why = f"must be map if {_KEYS} is non-empty"
        if kind is None:
            errors.required(f"{field}.{_LIST}", why)
        else:
            errors.invalid(f"{field}.{_LIST}", kind, why)
    if kind == "map":
        _check_map(errors, field, keys, items)
    if kind in ("map", "set") and item.get("nullable"):
        errors.forbidden(f"{field}.items.nullable", f"cannot be nullable when {_LIST} is {kind}")
    if kind == "map":
        _check_keys(errors, f"{field}.items", keys, item)


def _check_item_of_set(errors: FieldErrors, field: str, item: Schema) -> None:
    """What is in a set is compared as a whole. The type of an object's map is not shown."""
    why, nested = f"must be atomic as item of a list with {_LIST}=set", item.get(_LIST)
    if item.get("type") == "array" and nested not in (None, "atomic"):
        errors.invalid(f"{field}.{_LIST}", nested, why)
    if item.get("type") == "object" and item.get(_MAP) != "atomic":
        errors.invalid(f"{field}.{_MAP}", nested, why)


def _check_map(errors: FieldErrors, field: str, keys: Sequence[str], items: Any) -> None:
    if not keys:
        errors.required(f"{field}.{_KEYS}", f"must not be empty if {_LIST} is map")
    if items is None:
        errors.required(f"{field}.items", f"must have a schema if {_LIST} is map")
    if not isinstance(items, Mapping):
        return
    kind = items.get("type") or ""
    if kind != "object":
        why = f"must be object if parent array's {_LIST} is map"
        errors.invalid(f"{field}.items.type", kind, why)
        return
    known = dict(_named(items, "properties"))
    for index, key in enumerate(keys):
        if key not in known:
            errors.invalid(f"{field}.{_KEYS}", keys, "entries must all be names of item properties")
        elif known[key].get("type") in ("array", "object"):
            why = f"must be a scalar type if parent array's {_LIST} is map"
            errors.invalid(f"{field}.items.properties[{key}].type", kind, why)
        if key in keys[:index]:
            errors.invalid(f"{field}.{_KEYS}", keys, "must not contain duplicate entries")


def _check_keys(errors: FieldErrors, field: str, keys: Sequence[str], item: Schema) -> None:
    known, needed = dict(_named(item, "properties")), item.get("required") or ()
    among = f"this property is in {_KEYS}, so it"
    for key in keys:
        if key not in known:
            continue
        here = f"{field}.properties[{key}]"
        if key not in needed and known[key].get("default") is None:
            errors.required(f"{here}.default", f"{among} must have a default or be a required property")
        if known[key].get("nullable"):
            errors.forbidden(f"{here}.nullable", f"{among} cannot be nullable")
