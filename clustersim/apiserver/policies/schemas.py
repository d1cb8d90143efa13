"""What a schema makes of values for expressions: which type they have, and what they are
(apiserver pkg/cel/common/schemas.go, valuesunstructured.go, pkg/cel/escaping.go)."""

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.cel_words import RESERVED
from clustersim.cel.durations import parse_duration, parse_moment
from clustersim.cel.syntax import CelError
from clustersim.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
    object_of,
)
from clustersim.cel.values import from_json

Schema = Mapping[str, Any]

_WHOLE: Final = re.compile(r"[a-zA-Z_./-][a-zA-Z0-9_./-]*", re.ASCII)
_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_FORMATS: Final = {"byte": BYTES, "duration": DURATION, "date": TIMESTAMP, "date-time": TIMESTAMP}
_SIMPLE: Final = {"boolean": BOOL, "number": DOUBLE, "integer": INT}
_TEXT: Final = {"type": "string"}
_OF_ROOT: Final[Schema] = {
    "kind": _TEXT,
    "apiVersion": _TEXT,
    "metadata": {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}},
}
_DEEPEST: Final = 50


def escaped(name: str) -> str:
    """A field's name as expressions have it; empty for one that they cannot have."""
    if name in RESERVED:
        return f"__{name}__"
    if _WHOLE.fullmatch(name) is None:
        return ""
    return re.sub(r"__|[-./]", lambda found: _ESCAPES[found[0]], name)


def whole(schema: Schema, *, root: bool) -> Schema:
    """The schema, of a whole object with what every object has."""
    if not root and not schema.get("x-kubernetes-embedded-resource"):
        return schema
    properties = schema.get("properties")
    return {**schema, "properties": {**(properties if isinstance(properties, Mapping) else {}), **_OF_ROOT}}


def type_of(schema: Schema, *, root: bool = False, name: str = "object", depth: int = 0) -> Type | None:
    """None for what expressions do not see."""
    if depth > _DEEPEST:
        return None
    if schema.get("x-kubernetes-int-or-string"):
        return DYN
    schema = whole(schema, root=root)
    match schema.get("type"):
        case "array":
            items = schema.get("items")
            inner = type_of(items, depth=depth + 1) if isinstance(items, Mapping) else None
            return None if inner is None else list_of(inner)
        case "object":
            return _object_type(schema, name, depth)
        case "string":
            return _FORMATS.get(str(schema.get("format")), STRING)
    return _SIMPLE.get(str(schema.get("type")))


def _object_type(schema: Schema, name: str, depth: int) -> Type | None:
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        inner = type_of(others, depth=depth + 1)
        return None if inner is None else map_of(STRING, inner)
    fields: dict[str, Type] = {}
    for field, one in properties_of(schema).items():
        inner = type_of(one, name=f"{name}.{field}", depth=depth + 1)
        if inner is not None and (known := escaped(field)):
            fields[known] = inner
    return object_of(name, fields)


def properties_of(schema: Schema) -> Mapping[str, Schema]:
    """The schemas of its fields."""
    found = schema.get("properties")
    named = found.items() if isinstance(found, Mapping) else ()
    return {str(name): one for name, one in named if isinstance(one, Mapping)}


def value_of(schema: Schema, plain: Any, *, root: bool = False) -> Any:
    """A value as expressions see it by its schema: fields that nobody has told of are not there."""
    schema = whole(schema, root=root)
    if plain is None or schema.get("x-kubernetes-int-or-string"):
        return plain
    match schema.get("type"):
        case "array" if isinstance(plain, list | tuple):
            items = schema.get("items")
            return tuple(value_of(items, one) for one in plain) if isinstance(items, Mapping) else ()
        case "object" if isinstance(plain, Mapping):
            return _object_value(schema, plain)
        case "string" if isinstance(plain, str):
            return _text_value(str(schema.get("format")), plain)
        case "number" if isinstance(plain, int) and not isinstance(plain, bool):
            return float(plain)
        case "integer" if isinstance(plain, float):
            return int(plain)
    return from_json(plain)


def _object_value(schema: Schema, plain: Mapping[str, Any]) -> Any:
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        return {str(name): value_of(others, one) for name, one in plain.items()}
    fields = properties_of(schema)
    return {
        escaped(name): value_of(fields[name], one)
        for name, one in plain.items()
        if name in fields and escaped(name) and (one is not None or fields[name].get("nullable"))
    }


def _text_value(form: str, text: str) -> Any:
    try:
        match form:
            case "byte":
                return base64.b64decode(text, validate=True)
            case "duration":
                return parse_duration(text)
            case "date":
                return parse_moment(f"{text}T00:00:00Z")
            case "date-time":
                return parse_moment(text)
    except (CelError, ValueError):
        return text
    return text
