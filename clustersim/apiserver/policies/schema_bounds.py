"""How large a value can be by its schema: what nobody bounds fits into a request
(apiserver pkg/cel/common/schemas.go SchemaDeclType, pkg/cel/limits.go)."""

from collections.abc import Mapping
from typing import Final

from clustersim.apiserver.policies.schemas import Schema, escaped, properties_of, whole
from clustersim.cel.sizes import Bound

REQUEST: Final = 3 * 1024 * 1024
"""Bytes of the longest request."""
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_DEEPEST: Final = 50
_FORMATS: Final = {"duration": (32, 3), "date": (12, 12), "date-time": (32, 21)}
"""By format, the longest text, and the bytes of the shortest."""
_BOOLEAN: Final = Bound(bytes=4)
_NUMBER: Final = Bound(bytes=1)
_KEY: Final = Bound(bytes=2)


def bound_of(schema: Schema, *, root: bool = False, depth: int = 0) -> Bound | None:
    """None for what expressions do not see."""
    if depth > _DEEPEST:
        return None
    if schema.get("x-kubernetes-int-or-string"):
        return Bound(_longest(schema, REQUEST - 2), 1)
    schema = whole(schema, root=root)
    match schema.get("type"):
        case "array":
            return _of_list(schema, depth)
        case "object":
            return _of_object(schema, depth)
        case "string":
            return _of_text(schema)
        case "boolean":
            return _BOOLEAN
        case "number" | "integer":
            return _NUMBER
    return None


def repeated(bound: Bound) -> int:
    """How often such a value fits into a request."""
    return REQUEST // (bound.bytes + 1)


def _inner(schema: object, depth: int) -> Bound | None:
    if not isinstance(schema, Mapping):
        return None
    return bound_of(schema, root=bool(schema.get(_EMBEDDED)), depth=depth + 1)


def _longest(schema: Schema, otherwise: int) -> int:
    """In bytes, of which a letter takes up to four."""
    told = schema.get("maxLength")
    return max(0, told) * 4 if told is not None else otherwise


def _of_list(schema: Schema, depth: int) -> Bound | None:
    items = _inner(schema.get("items"), depth)
    if items is None:
        return None
    told = schema.get("maxItems")
    most = max(0, told) if told is not None else (REQUEST - 2) // (items.bytes + 1)
    return Bound(most, 2, items=items)


def _of_object(schema: Schema, depth: int) -> Bound | None:
    if isinstance(schema.get("additionalProperties"), Mapping):
        values = _inner(schema["additionalProperties"], depth)
        if values is None:
            return None
        told = schema.get("maxProperties")
        most = max(0, told) if told is not None else (REQUEST - 2) // (values.bytes + 6)
        return Bound(most, 2, key=_KEY, items=values)
    least, fields = 2, dict[str, Bound]()
    needed = schema.get("required") or ()
    for name, one in properties_of(schema).items():
        inner = _inner(one, depth)
        if inner is None:
            continue
        if known := escaped(name):
            fields[known] = inner
        if name in needed and one.get("default") is None:
            least += len(name.encode()) + inner.bytes + 4
    return Bound(0, least, fields=fields)


def _of_text(schema: Schema) -> Bound:
    form = str(schema.get("format"))
    if form == "byte":
        told = schema.get("maxLength")
        return Bound(max(0, told) if told is not None else REQUEST - 2, 2)
    if form in _FORMATS:
        return Bound(*_FORMATS[form])
    choices = [one for one in schema.get("enum") or () if isinstance(one, str)]
    longest = max((len(one.encode()) for one in choices), default=0)
    return Bound(_longest(schema, longest if schema.get("enum") else REQUEST - 2), 2)
