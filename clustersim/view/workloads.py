"""Owners and Services as items: what is wanted, what there is, and how requests fare."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Endpoints, Pod, ReplicationController, Service
from clustersim.api.selectors import matches_labels
from clustersim.engine.time import SECOND, Micros
from clustersim.traffic import Client
from clustersim.view.pods import is_active, is_ready, pod_item
from clustersim.view.structs import ServiceItem, WorkloadItem

if TYPE_CHECKING:
    from clustersim.cluster import Cluster


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


def workload_items(cluster: "Cluster", now: Micros, release: str) -> dict[str, WorkloadItem]:
    """Every ReplicationController."""
    pods: Iterable[Pod] = cluster.objects("pods").values()
    services: list[Service] = list(cluster.objects("services").values())
    owned: dict[str, list[Pod]] = {}
    for pod in pods:
        for owner in pod.metadata.owner_references:
            if owner.controller:
                owned.setdefault(owner.uid, []).append(pod)
    return {
        f"rc/{key}": _workload(cluster, found, owned.get(found.metadata.uid, []), services, now, release)
        for key, found in cluster.objects("replicationcontrollers").items()
    }


def _workload(
    cluster: "Cluster",
    controller: ReplicationController,
    pods: list[Pod],
    services: list[Service],
    now: Micros,
    release: str,
) -> WorkloadItem:
    metadata, labels = controller.metadata, controller.spec.template.metadata.labels
    active = [pod for pod in pods if is_active(pod)]
    addresses: dict[str, bool] = {}
    for service in services:
        selector = service.spec.selector
        if service.metadata.namespace == metadata.namespace and selector and matches_labels(selector, labels):
            key = f"{metadata.namespace}/{service.metadata.name}"
            addresses |= dict.fromkeys(_ready_addresses(cluster.object("endpoints", key)), True)
    return WorkloadItem(
        kind="ReplicationController",
        name=metadata.name,
        namespace=metadata.namespace,
        app=labels.get("app", metadata.name),
        wants=controller.spec.replicas,
        active=len(active),
        objects=len(pods),
        ready=sum(1 for pod in active if is_ready(pod)),
        endpoints=len(addresses),
        pending=tuple(pod_item(pod, now, release) for pod in pods if not pod.spec.node_name),
    )


def service_items(cluster: "Cluster") -> dict[str, ServiceItem]:
    """Every Service with the counts of all its callers."""
    clients = [process for process in cluster.processes() if isinstance(process, Client)]
    return {
        key: _service(service, cluster.object("endpoints", key), [c for c in clients if c.service == key])
        for key, service in cluster.objects("services").items()
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
