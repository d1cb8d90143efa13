"""Owners and Services as items: what is wanted, what there is, and how requests fare."""

from typing import Any

from clustersim.api.core_v1 import Endpoints, Pod, Service
from clustersim.api.owners import controller_of
from clustersim.api.selectors import matches_labels
from clustersim.apiserver.kubernetes_service import KEY as KUBERNETES
from clustersim.cluster import Cluster
from clustersim.engine.time import SECOND
from clustersim.traffic import Client
from clustersim.view.pods import PodItems, is_active, is_ready, workload_key
from clustersim.view.structs import ServiceItem, WorkloadItem
from clustersim.workloads import WORKLOADS, wanted_pods


def _ready_addresses(endpoints: Endpoints | None) -> tuple[str, ...]:
    if endpoints is None:
        return ()
    return tuple(
        f"{address.ip}:{port.port}"
        for subset in endpoints.subsets
        for port in subset.ports
        for address in subset.addresses
    )


def _unready_addresses(endpoints: Endpoints | None) -> tuple[str, ...]:
    if endpoints is None:
        return ()
    return tuple(
        f"{address.ip}:{port.port}"
        for subset in endpoints.subsets
        for port in subset.ports
        for address in subset.not_ready_addresses
    )


def workloads_of(cluster: Cluster) -> dict[str, Any]:
    """Every workload by the key the page has for it; ReplicaSets of a Deployment are part of it."""
    return {
        workload_key(type(found).__name__, found.metadata.namespace, found.metadata.name): found
        for resource in WORKLOADS
        for found in cluster.objects(resource).values()
        if controller_of(found) is None
    }


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
            addresses = (addresses or {}) | dict.fromkeys(
                _ready_addresses(cluster.object("endpoints", key)), True
            )
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


def service_items(cluster: Cluster) -> dict[str, ServiceItem]:
    """Every Service of people with the counts of all its callers; the API server's own is none."""
    clients = [process for process in cluster.processes() if isinstance(process, Client)]
    return {
        key: _service(service, cluster.object("endpoints", key), [c for c in clients if c.service == key])
        for key, service in cluster.objects("services").items()
        if key != KUBERNETES
    }


def _service(service: Service, endpoints: Endpoints | None, clients: list[Client]) -> ServiceItem:
    return ServiceItem(
        name=service.metadata.name,
        namespace=service.metadata.namespace,
        cluster_ip=service.spec.cluster_ip,
        port=service.spec.ports[0].port if service.spec.ports else 0,
        endpoints=_ready_addresses(endpoints),
        not_ready=_unready_addresses(endpoints),
        succeeded=sum(client.state.succeeded for client in clients),
        refused=sum(client.state.refused for client in clients),
        hung=sum(client.state.hung for client in clients),
        rate=round(sum(SECOND / client.spec.every for client in clients if client.running), 2),
    )
