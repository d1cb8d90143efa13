"""OpenAPI documents made of the Structs: v3 a document per group-version, v2 in the form that kubectl
up to 1.28 asks for.

They name every field with its type, the keys by which lists are merged, and which kinds a path takes: what
kubectl needs to validate, to explain, and to build patches.
"""

import types
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.fields import fields_of
from clustersim.api.meta import ApiStruct, Merge
from clustersim.releases import release_named
from visualizer.kubeapi.discovery import Served

Schema = dict[str, Any]

_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    bytes: {"type": "string", "format": "byte"},
}


@lru_cache(maxsize=64)
def document(release_name: str, group: str, version: str) -> bytes:
    """The OpenAPI v3 document of a group-version, encoded."""
    release = release_named(release_name)
    api_version = f"{group}/{version}" if group else version
    schemas = Schemas(release.name, api_version, group, version)
    paths: dict[str, Any] = {}
    for resource in Served(release).resources_in(api_version):
        name = schemas.add_kind(resource)
        for path, operations in paths_of(resource, group, version, name):
            paths[path] = operations
    info = {"title": "Kubernetes", "version": release.version}
    return msgspec.json.encode(
        {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas.found}}
    )


def paths_of(resource: Resource, group: str, version: str, schema: str) -> Iterator[tuple[str, Any]]:
    """What can be done with a resource, by path. schema: of its objects."""
    base = f"/apis/{group}/{version}" if group else f"/api/{version}"
    where = f"{base}/namespaces/{{namespace}}" if resource.namespaced else base
    gvk = {"group": group, "version": version, "kind": resource.kind}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    answers = {"200": {"description": "OK", "content": content}}
    flags = [_query("dryRun"), _query("fieldManager"), _query("fieldValidation")]
    collection: dict[str, Any] = {}
    if "list" in resource.verbs:
        collection["get"] = {"responses": answers, "x-kubernetes-action": "list"}
    if "create" in resource.verbs:
        collection["post"] = {
            "parameters": flags,
            "requestBody": {"content": {"*/*": content["application/json"]}, "required": True},
            "responses": answers,
        }
    one: dict[str, Any] = {}
    for method, verb in (("get", "get"), ("put", "update"), ("patch", "patch"), ("delete", "delete")):
        if verb in resource.verbs:
            one[method] = {"responses": answers}
    if "put" in one:
        one["put"]["parameters"] = flags
    if "patch" in one:
        one["patch"]["parameters"] = [*flags, _query("force", "boolean")]
    for operations in (collection, one):
        for operation in operations.values():
            operation["x-kubernetes-group-version-kind"] = gvk
    inside = [_in_path("namespace")] if resource.namespaced else []
    yield f"{where}/{resource.word}", {**collection, "parameters": inside}
    yield f"{where}/{resource.word}/{{name}}", {**one, "parameters": [_in_path("name"), *inside]}
    if resource.namespaced and "get" in collection:
        yield f"{base}/{resource.word}", {"get": collection["get"]}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, kind: str = "string") -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": kind, "uniqueItems": True}}


class Schemas:
    """The schemas of one document, each Struct once."""

    def __init__(self, release: str, api_version: str, group: str, version: str) -> None:
        self.release = release
        self.api_version = api_version
        self.group = group
        self.version = version
        self.found: dict[str, Schema] = {}

    def add_kind(self, resource: Resource) -> str:
        name = self.add(resource.type)
        schema = self.found[name]
        kinds = [{"group": self.group, "version": self.version, "kind": resource.kind}]
        schema["x-kubernetes-group-version-kind"] = kinds
        text = {"type": "string"}
        schema["properties"] = {"apiVersion": text, "kind": text, **schema["properties"]}
        return name

    def add(self, struct: type[ApiStruct]) -> str:
        name = _name(struct, self.group, self.version)
        if name not in self.found:
            schema: Schema = {"type": "object", "description": _summary(struct), "properties": {}}
            self.found[name] = schema  # before its fields: a Struct may contain itself
            hints = get_type_hints(struct, include_extras=True)
            for wire, field in fields_of(struct, self.release, self.api_version).items():
                schema["properties"][wire] = self.schema(hints[field.name])
            required = [
                wire
                for wire, field in fields_of(struct, self.release, self.api_version).items()
                if field.required
            ]
            if required:
                schema["required"] = required
        return name

    def schema(self, hint: Any) -> Schema:
        """The schema of a field of that type."""
        extra: Schema = {}
        while get_origin(hint) is Annotated:
            hint, *tags = get_args(hint)
            for tag in tags:
                extra |= _tagged(tag)
        if get_origin(hint) in (Union, types.UnionType):
            several = [arg for arg in get_args(hint) if arg is not type(None)]
            if {int, str} == set(several):
                return {
                    "format": "int-or-string",
                    "oneOf": [{"type": "integer"}, {"type": "string"}],
                    **extra,
                }
            return {**self.schema(several[0]), **extra}
        return {**self._shape(hint), **extra}

    def _shape(self, hint: Any) -> Schema:
        origin = get_origin(hint)
        if origin in (tuple, list):
            return {"type": "array", "items": self.schema(get_args(hint)[0])}
        if origin is dict:
            values = get_args(hint)[1]
            if values is Any:
                return {"type": "object"}
            return {"type": "object", "additionalProperties": self.schema(values)}
        if origin is Literal:
            return {"type": "string"}
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if isinstance(hint, type) and issubclass(hint, ApiStruct):
            return {"allOf": [{"$ref": f"#/components/schemas/{self.add(hint)}"}], "default": {}}
        return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _tagged(tag: Any) -> Schema:
    if isinstance(tag, Merge):
        if tag.retain and not tag.key:
            return {"x-kubernetes-patch-strategy": "retainKeys"}
        found: Schema = {"x-kubernetes-patch-strategy": "merge,retainKeys" if tag.retain else "merge"}
        if tag.key:
            found["x-kubernetes-patch-merge-key"] = tag.key
            found["x-kubernetes-list-type"] = "map"
            found["x-kubernetes-list-map-keys"] = list(tag.keys)
        else:
            found["x-kubernetes-list-type"] = "set"
        return found
    if isinstance(tag, msgspec.Meta) and tag.extra:
        return dict(tag.extra)
    return {}


def _name(struct: type[ApiStruct], group: str, version: str) -> str:
    if struct.__module__.endswith("api.meta"):
        return f"io.k8s.apimachinery.pkg.apis.meta.v1.{struct.__name__}"
    place = group.split(".")[0] or "core"
    return f"io.k8s.api.{place}.{version}.{struct.__name__}"


def _summary(struct: type[ApiStruct]) -> str:
    return " ".join((struct.__doc__ or "").split())
