"""OpenAPI v2 as JSON, which clients get that do not ask for its protobuf: made of the v3 documents."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from clustersim.releases import release_named
from visualizer.kubeapi.discovery import Served
from visualizer.kubeapi.openapi.added import document_of

_OLD: Final = "#/definitions/"
_NEW: Final = "#/components/schemas/"
_TYPES: Final = ["application/json", "application/yaml"]


def swagger(served: Served) -> bytes:
    """The whole document of what is served, encoded."""
    if not served.added:
        return _kept(served.release.name)
    return _swagger(served)


@lru_cache(maxsize=4)
def _kept(release_name: str) -> bytes:
    return _swagger(Served(release_named(release_name)))


def _swagger(served: Served) -> bytes:
    paths: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for group, versions in served.groups().items():
        for version in versions:
            found = msgspec.json.decode(document_of(served, group, version))
            paths |= {path: _path(one) for path, one in found["paths"].items()}
            definitions |= {name: _old(one) for name, one in found["components"]["schemas"].items()}
    info = {"title": "Kubernetes", "version": served.release.version}
    document = {"swagger": "2.0", "info": info, "paths": paths, "definitions": definitions}
    return msgspec.json.encode(document)


def _path(operations: Mapping[str, Any]) -> dict[str, Any]:
    found = {verb: _operation(one) for verb, one in operations.items() if verb != "parameters"}
    return {**found, "parameters": [_parameter(one) for one in operations.get("parameters", ())]}


def _operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in operation.items() if name.startswith("x-")}
    parameters = [_parameter(one) for one in operation.get("parameters", ())]
    if "requestBody" in operation:
        [content] = operation["requestBody"]["content"].values()
        parameters.append({"name": "body", "in": "body", "required": True, "schema": _old(content["schema"])})
    responses = {
        code: {
            "description": one["description"],
            "schema": _old(next(iter(one["content"].values()))["schema"]),
        }
        for code, one in operation["responses"].items()
    }
    return {**found, "produces": _TYPES, "parameters": parameters, "responses": responses}


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in parameter.items() if name != "schema"}, **parameter["schema"]}


def _old(schema: Any) -> Any:
    """A schema, with what v2 does not know said otherwise."""
    if isinstance(schema, list):
        return [_old(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if inner := schema.get("allOf"):
        kept = {
            name: value for name, value in schema.items() if name.startswith("x-") or name == "description"
        }
        return {**_old(inner[0]), **kept}
    found = {
        name: _old(value) for name, value in schema.items() if name not in ("oneOf", "anyOf", "nullable")
    }
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string") is True:
        found |= {"type": "string", "format": "int-or-string"}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        found["$ref"] = _OLD + reference.removeprefix(_NEW)
    return found
