"""One description by kind: what belongs to the object is looked up in a store."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.api.core_v1 import Event
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels, selector_of
from clustersim.engine.time import Micros
from clustersim.kubectl.describe.node import node_lines
from clustersim.kubectl.describe.owners import deployment_lines, replica_lines, service_lines
from clustersim.kubectl.describe.parts import events
from clustersim.kubectl.describe.pod import pod_lines
from clustersim.kubectl.describe.tabwriter import tabbed

Store = Mapping[str, Mapping[str, Any]]
"""Objects by resource and key."""

DESCRIBED: Final = (
    "deployments",
    "nodes",
    "pods",
    "replicasets",
    "replicationcontrollers",
    "services",
)
"""Resources that can be described."""


def describe(resource: str, obj: Any, store: Store, release: str, now: Micros) -> str:
    """What kubectl of the release prints of the object. Raises KeyError for a resource it cannot describe."""
    lines = [*_lines(resource, obj, store, release), *events(_events_of(obj, store), release, now)]
    return tabbed(lines, release)


def _lines(resource: str, obj: Any, store: Store, release: str) -> Iterable[str]:
    match resource:
        case "nodes":
            found = _sorted(store, "pods")
            own = [pod for pod in found if pod.spec.node_name == obj.metadata.name]
            live = [pod for pod in own if pod.status.phase not in ("Succeeded", "Failed")]
            return node_lines(obj, live, release)
        case "pods":
            return pod_lines(obj)
        case "replicationcontrollers" | "replicasets":
            return replica_lines(obj, _selected(obj, store))
        case "deployments":
            return deployment_lines(obj, _sorted(store, "replicasets"))
        case "services":
            return service_lines(obj, store.get("endpoints", {}).get(key_of(obj)), release)
    raise KeyError(resource)


def _sorted(store: Store, resource: str) -> list[Any]:
    objects = store.get(resource, {})
    return [objects[key] for key in sorted(objects)]


def _selected(owner: Any, store: Store) -> list[Any]:
    selector, namespace = selector_of(owner), owner.metadata.namespace
    return [
        pod
        for pod in _sorted(store, "pods")
        if pod.metadata.namespace == namespace and matches_labels(selector, pod.metadata.labels)
    ]


def _events_of(obj: Any, store: Store) -> list[Event]:
    """Events about this very object; of a node those that carry its name for a UID, as the kubelet's do."""
    kind = type(obj).__name__
    uid = obj.metadata.name if kind == "Node" else obj.metadata.uid
    return [
        event
        for event in _sorted(store, "events")
        if event.involved_object.kind == kind
        and event.involved_object.name == obj.metadata.name
        and event.involved_object.uid == uid
    ]
