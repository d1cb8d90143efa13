"""OpenAPI v2 in the protobuf form that kubectl up to 1.28 asks for: to validate and to build patches.

Made of the v3 documents. The field numbers are those of gnostic's OpenAPIv2.proto.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from clustersim.releases import release_named
from visualizer.kubeapi.discovery import Served
from visualizer.kubeapi.openapi.documents import document

MEDIA_TYPE: Final = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

_REFERENCE: Final = "#/components/schemas/"
_VERBS: Final = {"get": 2, "put": 3, "post": 4, "delete": 5, "patch": 8}


@lru_cache(maxsize=8)
def document_v2(release_name: str) -> bytes:
    """The whole document of a release, encoded."""
    release = release_named(release_name)
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for group, versions in Served(release).groups().items():
        for version in versions:
            found = msgspec.json.decode(document(release_name, group, version))
            paths |= found["paths"]
            schemas |= found["components"]["schemas"]
    info = _text(1, "Kubernetes") + _text(2, release.version)
    return (
        _text(1, "2.0")
        + _message(2, info)
        + _message(8, b"".join(_named(2, path, _path(paths[path])) for path in sorted(paths)))
        + _message(9, b"".join(_named(1, name, _schema(schemas[name])) for name in sorted(schemas)))
    )


def _path(operations: Mapping[str, Any]) -> bytes:
    return b"".join(
        _message(_VERBS[verb], _operation(one)) for verb, one in operations.items() if verb in _VERBS
    )


def _operation(operation: Mapping[str, Any]) -> bytes:
    parameters = b"".join(_message(8, _message(1, _query(one))) for one in operation.get("parameters", ()))
    ok = _named(1, "200", _message(1, _text(1, "OK")))
    return parameters + _message(9, ok) + _extensions(13, operation)


def _query(parameter: Mapping[str, Any]) -> bytes:
    query = _text(2, "query") + _text(4, parameter["name"]) + _text(6, parameter["schema"]["type"])
    return _message(2, _message(3, query))


def _schema(schema: Mapping[str, Any]) -> bytes:
    """A schema; a reference that v3 wraps to say more about it stands for itself here."""
    if inner := schema.get("allOf"):
        schema = {**inner[0], **{name: schema[name] for name in schema if name.startswith("x-")}}
    if schema.get("format") == "int-or-string":
        schema = {**schema, "type": "string"}
    found = [_text(1, "#/definitions/" + schema["$ref"].removeprefix(_REFERENCE))] if "$ref" in schema else []
    found += [
        _text(number, schema[name]) for number, name in ((2, "format"), (4, "description")) if name in schema
    ]
    found += [_text(19, name) for name in schema.get("required", ())]
    if "additionalProperties" in schema:
        found.append(_message(21, _message(1, _schema(schema["additionalProperties"]))))
    if "type" in schema:
        found.append(_message(22, _text(1, schema["type"])))
    if "items" in schema:
        found.append(_message(23, _message(1, _schema(schema["items"]))))
    if "properties" in schema:
        inside = (_named(1, name, _schema(one)) for name, one in schema["properties"].items())
        found.append(_message(25, b"".join(inside)))
    return b"".join((*found, _extensions(31, schema)))


def _extensions(number: int, found: Mapping[str, Any]) -> bytes:
    """What begins with `x-`, as JSON, which is YAML."""
    return b"".join(
        _named(number, name, _text(2, msgspec.json.encode(value).decode()))
        for name, value in found.items()
        if name.startswith("x-")
    )


# --- protobuf ----------------------------------------------------------------------------------------------


def _named(number: int, name: str, value: bytes) -> bytes:
    return _message(number, _text(1, name) + _message(2, value))


def _text(number: int, text: str) -> bytes:
    return _message(number, text.encode())


def _message(number: int, body: bytes) -> bytes:
    return bytes(_varint(number << 3 | 2)) + bytes(_varint(len(body))) + body


def _varint(value: int) -> Iterator[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
