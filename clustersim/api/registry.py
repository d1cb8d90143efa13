"""Which kinds there are: plural resource name, kind, group-version, namespaced or not, and the way to and
from JSON."""

from typing import Any, Final

import msgspec

from clustersim.api import apps_v1beta1, batch_v1
from clustersim.api import core_v1 as v1
from clustersim.api import extensions_v1beta1 as extensions
from clustersim.api.meta import ApiObject


class Resource(msgspec.Struct, frozen=True):
    """One kind of object as the API serves it."""

    plural: str
    kind: str
    api_version: str
    type: type[ApiObject]
    namespaced: bool = True
    short_names: tuple[str, ...] = ()


RESOURCES: Final[dict[str, Resource]] = {
    resource.plural: resource
    for resource in (
        Resource("daemonsets", "DaemonSet", "extensions/v1beta1", extensions.DaemonSet, short_names=("ds",)),
        Resource(
            "deployments", "Deployment", "extensions/v1beta1", extensions.Deployment, short_names=("deploy",)
        ),
        Resource("endpoints", "Endpoints", "v1", v1.Endpoints, short_names=("ep",)),
        Resource("events", "Event", "v1", v1.Event, short_names=("ev",)),
        Resource("jobs", "Job", "batch/v1", batch_v1.Job),
        Resource("namespaces", "Namespace", "v1", v1.Namespace, namespaced=False, short_names=("ns",)),
        Resource("nodes", "Node", "v1", v1.Node, namespaced=False, short_names=("no",)),
        Resource("pods", "Pod", "v1", v1.Pod, short_names=("po",)),
        Resource(
            "replicasets", "ReplicaSet", "extensions/v1beta1", extensions.ReplicaSet, short_names=("rs",)
        ),
        Resource(
            "replicationcontrollers",
            "ReplicationController",
            "v1",
            v1.ReplicationController,
            short_names=("rc",),
        ),
        Resource("services", "Service", "v1", v1.Service, short_names=("svc",)),
        Resource(
            "statefulsets", "StatefulSet", "apps/v1beta1", apps_v1beta1.StatefulSet, short_names=("sts",)
        ),
    )
}

_BY_KIND: Final = {resource.kind: resource for resource in RESOURCES.values()}
_BY_TYPE: Final = {resource.type: resource for resource in RESOURCES.values()}


def resource_of(obj: ApiObject) -> Resource:
    """The resource an object belongs to."""
    return _BY_TYPE[type(obj)]


def resource_of_kind(kind: str) -> Resource | None:
    """The resource of a kind, None for one that the model does not have."""
    return _BY_KIND.get(kind)


def key_of(obj: ApiObject) -> str:
    """ "namespace/name", or "name" for what has no namespace."""
    metadata = obj.metadata
    return f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name


def reference(obj: ApiObject) -> str:
    """ "pods/default/web-1": how the causal record and the page name an object."""
    return f"{_BY_TYPE[type(obj)].plural}/{key_of(obj)}"


def object_key(namespace: str, name: str) -> str:
    """The key of an object by its parts."""
    return f"{namespace}/{name}" if namespace else name


def to_builtins(obj: ApiObject) -> dict[str, Any]:
    """The object as JSON-ready dicts, `kind` and `apiVersion` included."""
    resource = resource_of(obj)
    plain: dict[str, Any] = msgspec.to_builtins(obj)
    return {"kind": resource.kind, "apiVersion": resource.api_version, **plain}


def encode(obj: ApiObject) -> bytes:
    """The object's JSON."""
    return msgspec.json.encode(to_builtins(obj))


def decode(resource: Resource, data: bytes) -> ApiObject:
    """An object from its JSON; msgspec.ValidationError says where it does not fit."""
    return msgspec.json.decode(data, type=resource.type)
