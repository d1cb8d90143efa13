"""Owners and Services as items: what is wanted, what there is, and how requests fare."""

from collections.abc import Sequence
from typing import Any

from clustersim.api.core_v1 import Endpoints, Pod, Service
from clustersim.api.owners import controller_of
from clustersim.api.selectors import matches_labels
from clustersim.apiserver.kubernetes_service import KEY as KUBERNETES
from clustersim.cluster import Cluster
from clustersim.engine.identity import Same
from clustersim.engine.time import SECOND
from clustersim.traffic import Client
from clustersim.view.following import Touched
from clustersim.view.pods import PodItems, is_active, is_ready, workload_key
from clustersim.view.pods_by_place import PodsByPlace
from clustersim.view.structs import ServiceItem, WorkloadItem
from clustersim.workloads import WORKLOADS, wanted_pods


def _addresses(endpoints: Endpoints | None, *, ready: bool = True) -> tuple[str, ...]:
    if endpoints is None:
        return ()
    return tuple(
        f"{address.ip}:{port.port}"
        for subset in endpoints.subsets
        for port in subset.ports
        for address in (subset.addresses if ready else subset.not_ready_addresses)
    )


def key_of(workload: Any) -> str:
    """The key the page has for a workload."""
    return workload_key(type(workload).__name__, workload.metadata.namespace, workload.metadata.name)


def workloads_of(cluster: Cluster) -> dict[str, Any]:
    """Every workload by the key the page has for it; ReplicaSets of a Deployment are part of it."""
    return {
        key_of(found): found
        for resource in WORKLOADS
        for found in cluster.objects(resource).values()
        if controller_of(found) is None
    }


class Workloads:
    """Follows the workloads of one cluster."""

    def __init__(self, cluster: Cluster, pods: PodsByPlace, items: PodItems) -> None:
        self._cluster = cluster
        self._pods = pods
        self._pod_items = items
        self._workloads: dict[str, Any] = {}
        self._items: dict[str, WorkloadItem] = {}
        self.changed: dict[str, None] | None = None
        """The keys of those that may have changed since the last look, None for all."""

    def items(self, touched: Touched | None, places: dict[str, None] | None) -> dict[str, WorkloadItem]:
        """All of them. places: where pods have changed since the last look."""
        self.changed = None
        before = self._workloads
        if touched is None or places is None:
            self._workloads = workloads_of(self._cluster)
            self._items = {key: self._item(key) for key in self._workloads}
            return self._items
        changed = self.changed = {key: None for key in places if key in before}
        if touched.namespaces:
            own = touched.namespaces
            changed.update(
                dict.fromkeys(key for key, found in before.items() if found.metadata.namespace in own)
            )
        for change in touched.workloads:
            if controller_of(change.value) is None:
                key = key_of(change.value)
                changed[key] = None
                if change.type == "DELETED":
                    before.pop(key, None)
                else:
                    before[key] = change.value
        if changed:
            self._items = self._items.copy()
        for key in changed:
            if key in before:
                self._items[key] = self._item(key)
            else:
                self._items.pop(key, None)
        return self._items

    def _item(self, key: str) -> WorkloadItem:
        return workload_item(self._cluster, self._workloads[key], self._pods.at(key), self._pod_items)


def workload_item(cluster: Cluster, workload: Any, pods: list[Pod], items: PodItems) -> WorkloadItem:
    """What an owner wants and what there is of it."""
    services: list[Service] = list(cluster.objects("services").values())
    metadata, labels = workload.metadata, workload.spec.template.metadata.labels
    active = [pod for pod in pods if is_active(pod)]
    addresses: dict[str, bool] | None = None
    for service in services:
        selector = service.spec.selector
        if service.metadata.namespace == metadata.namespace and selector and matches_labels(selector, labels):
            key = f"{metadata.namespace}/{service.metadata.name}"
            addresses = (addresses or {}) | dict.fromkeys(_addresses(cluster.object("endpoints", key)), True)
    return WorkloadItem(
        kind=type(workload).__name__,
        name=metadata.name,
        namespace=metadata.namespace,
        app=labels.get("app", metadata.name),
        wants=wanted_pods(workload),
        active=len(active),
        objects=len(pods),
        ready=sum(1 for pod in active if is_ready(pod)),
        endpoints=None if addresses is None else len(addresses),
        pending=tuple(items.of(pod) for pod in pods if not pod.spec.node_name),
    )


class Services:
    """Every Service of people with the counts of all its callers; the API server's own is none. Follows one
    world.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._clients: dict[str, list[Client]] = {}
        for process in cluster.world.clients:
            if isinstance(process, Client):
                self._clients.setdefault(process.service, []).append(process)
        self._known: dict[str, tuple[Same, ServiceItem]] = {}

    def items(self) -> dict[str, ServiceItem]:
        """As they are now; one that nobody calls is looked at when it has changed."""
        cluster, found = self._cluster, {}
        for key, service in cluster.objects("services").items():
            if key == KUBERNETES:
                continue
            endpoints, clients = cluster.object("endpoints", key), self._clients.get(key, ())
            made_from, known = Same(service, endpoints), self._known.get(key)
            if known is None or clients or known[0] != made_from:
                known = (made_from, _service(service, endpoints, clients))
            found[key] = known
        self._known = found
        return {key: item for key, (_made_from, item) in found.items()}


def _service(service: Service, endpoints: Endpoints | None, clients: Sequence[Client]) -> ServiceItem:
    return ServiceItem(
        name=service.metadata.name,
        namespace=service.metadata.namespace,
        cluster_ip=service.spec.cluster_ip,
        port=service.spec.ports[0].port if service.spec.ports else 0,
        endpoints=_addresses(endpoints),
        not_ready=_addresses(endpoints, ready=False),
        succeeded=sum(client.state.succeeded for client in clients),
        refused=sum(client.state.refused for client in clients),
        hung=sum(client.state.hung for client in clients),
        rate=round(sum(SECOND / client.spec.every for client in clients if client.running), 2),
    )
