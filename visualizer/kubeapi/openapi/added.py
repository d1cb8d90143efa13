"""OpenAPI v3 of everything that is served: the documents of added kinds are made of the schemas of their
definitions.
"""

import hashlib
from typing import Any, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.definitions import schema_of
from clustersim.api.meta import ObjectMeta
from visualizer.kubeapi.discovery import Served
from visualizer.kubeapi.openapi.documents import Schemas, document, paths_of

_MORE: Final = (
    "More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#"
)
API_VERSION: Final = (
    "APIVersion defines the versioned schema of this representation of an object. Servers should convert "
    "recognized schemas to the latest internal value, and may reject unrecognized values. "
    f"{_MORE}resources"
)
KIND: Final = (
    "Kind is a string value representing the REST resource this object represents. Servers may infer this "
    "from the endpoint the client submits requests to. Cannot be updated. In CamelCase. "
    f"{_MORE}types-kinds"
)
METADATA: Final = f"Standard object's metadata. {_MORE}metadata"
"""What the real server says of the three (apimachinery pkg/apis/meta/v1/types.go)."""


def index(served: Served, base: str) -> dict[str, Any]:
    """`/openapi/v3`: where the document of each group-version is; `base`: the path before `/openapi`."""
    paths = {}
    for group, versions in served.groups().items():
        for version in versions:
            place = f"apis/{group}/{version}" if group else f"api/{version}"
            digest = hashlib.sha256(document_of(served, group, version)).hexdigest()[:32].upper()
            paths[place] = {"serverRelativeURL": f"{base}/openapi/v3/{place}?hash={digest}"}
    return {"paths": paths}


def document_of(served: Served, group: str, version: str) -> bytes:
    """The document of a group-version, encoded."""
    api_version = f"{group}/{version}" if group else version
    added = [one for one in served.resources_in(api_version) if one.definition is not None]
    if not added:
        return document(served.release.name, group, version)
    schemas = Schemas(served.release.name, api_version, group, version)
    metadata = {"$ref": f"#/components/schemas/{schemas.add(ObjectMeta)}"}
    paths: dict[str, Any] = {}
    for resource in added:
        name = ".".join([*reversed(group.split(".")), version, resource.kind])
        schemas.found[name] = _schema(resource, group, version, metadata)
        paths |= dict(paths_of(resource, group, version, name))
    info = {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"}
    return msgspec.json.encode(
        {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas.found}}
    )


def _schema(resource: Resource, group: str, version: str, metadata: dict[str, Any]) -> dict[str, Any]:
    assert resource.definition is not None
    schema = dict(schema_of(resource.definition, version) or {"type": "object"})
    own = schema.get("properties")
    head = {
        "apiVersion": {"type": "string", "description": API_VERSION},
        "kind": {"type": "string", "description": KIND},
        "metadata": {"allOf": [metadata], "default": {}, "description": METADATA},
    }
    schema["properties"] = {**(own if isinstance(own, dict) else {}), **head}
    schema["x-kubernetes-group-version-kind"] = [{"group": group, "version": version, "kind": resource.kind}]
    return schema
