"""The way from an object to its kind, its key and its JSON, and back."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import msgspec

from clustersim.api import apps, definitions
from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.conversion import from_struct_names, to_version
from clustersim.api.definitions import CustomObject, CustomResourceDefinition
from clustersim.api.fields import RELEASES
from clustersim.api.meta import ApiObject
from clustersim.api.policy import PodDisruptionBudget

_BY_KIND: Final = {resource.kind: resource for resource in RESOURCES.values()}
_BY_TYPE: Final = {resource.type: resource for resource in RESOURCES.values()}


def resources_of(release: str, added: Iterable[CustomResourceDefinition] = ()) -> dict[str, Resource]:
    """What a release ("v1.8") serves, by plural name; with what these definitions add."""
    found = {plural: resource for plural, resource in RESOURCES.items() if release in resource.versions}
    for definition in added:
        if definitions.is_established(definition):
            found[definition.metadata.name] = resource_by(definition, release)
    return found


def requested(release: str, asked: Iterable[str]) -> dict[str, Resource]:
    """What is served beside that because --runtime-config asks for its version, by plural name."""
    versions = tuple(asked)
    found = {}
    for plural, resource in RESOURCES.items():
        served = tuple(one for one in resource.on_request.get(release, ()) if one in versions)
        if served:
            found[plural] = msgspec.structs.replace(resource, versions={**resource.versions, release: served})
    return found


def resource_by(definition: CustomResourceDefinition, release: str) -> Resource:
    """What a definition adds to the API."""
    spec = definition.spec
    served = [one for one in definitions.versions_of(definition) if one.served]
    parts: dict[str, None] = {}
    for version in served:
        if version.subresources is not None and version.subresources.status is not None:
            parts["status"] = None
        if version.subresources is not None and version.subresources.scale is not None:
            parts["scale"] = None
    return Resource(
        definition.metadata.name,
        spec.names.kind,
        CustomObject,
        {release: tuple(f"{spec.group}/{one.name}" for one in served)},
        namespaced=spec.scope != "Cluster",
        short_names=spec.names.short_names,
        subresources=tuple(parts),
        categories=spec.names.categories,
        definition=definition,
    )


@lru_cache(maxsize=256)
def _custom(plural: str, kind: str, api_version: str, namespaced: bool) -> Resource:
    """What an object of an added kind tells of it by itself."""
    versions = dict.fromkeys(RELEASES, (api_version,))
    return Resource(plural, kind, CustomObject, versions, namespaced=namespaced)


def resource_of(obj: ApiObject) -> Resource:
    """The resource an object belongs to."""
    if (found := _BY_TYPE.get(type(obj))) is not None:
        return found
    assert isinstance(obj, CustomObject)
    return _custom(obj.resource, obj.kind, obj.api_version, obj.namespaced)


def resource_of_kind(kind: str) -> Resource | None:
    """The resource of a kind, None for one that the model does not have."""
    return _BY_KIND.get(kind)


def key_of(obj: ApiObject) -> str:
    """ "namespace/name", or "name" for what has no namespace."""
    metadata = obj.metadata
    return f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name


def reference(obj: ApiObject) -> str:
    """ "pods/default/web-1": how the causal record and the page name an object."""
    return f"{resource_of(obj).plural}/{key_of(obj)}"


def object_key(namespace: str, name: str) -> str:
    """The key of an object by its parts."""
    return f"{namespace}/{name}" if namespace else name


def to_builtins(obj: ApiObject, api_version: str = "") -> dict[str, Any]:
    """The object as JSON-ready dicts, `kind` and `apiVersion` included: that version's, or that it is
    stored in."""
    resource = resource_of(obj)
    version = api_version or resource.api_version
    if isinstance(obj, CustomObject):
        head = {"kind": obj.kind, "apiVersion": version, "metadata": msgspec.to_builtins(obj.metadata)}
        return {**head, **obj.content}
    plain: dict[str, Any] = msgspec.to_builtins(to_version(obj, version))
    if version == "apps/v1" and isinstance(obj, apps.StatefulSet):
        plain.setdefault("status", {}).setdefault("availableReplicas", 0)
    if isinstance(obj, PodDisruptionBudget) and "" in obj.status.disrupted_pods.values():
        disrupted = obj.status.disrupted_pods.items()
        plain["status"]["disruptedPods"] = {name: time or None for name, time in disrupted}
    plain = from_struct_names(resource.kind, version, plain)
    return {"kind": resource.kind, "apiVersion": version, **plain}


def encode(obj: ApiObject) -> bytes:
    """The object's JSON."""
    return msgspec.json.encode(to_builtins(obj))


def decode(resource: Resource, data: bytes) -> ApiObject:
    """An object from its JSON; msgspec.ValidationError says where it does not fit."""
    return msgspec.json.decode(data, type=resource.type)
