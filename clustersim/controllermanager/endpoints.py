"""The endpoints controller: for every Service with a selector, where its pods are, ready ones and others.

Source: v1.7.5, v1.8.0 pkg/controller/endpoint/endpoints_controller.go, pkg/api/endpoints/util.go.
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import (
    EndpointAddress,
    EndpointPort,
    Endpoints,
    EndpointSubset,
    Pod,
    Service,
    ServicePort,
)
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta, ObjectReference, replace
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.pods import is_ready

SOURCE: Final = "endpoints_controller.go"
MAX_RETRIES: Final = 15
TOLERATE_UNREADY: Final = "service.alpha.kubernetes.io/tolerate-unready-endpoints"


class EndpointsController(Controller):
    """Keeps Endpoints at what the pods of their Services are."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "services", "endpoints")
    title: ClassVar[str] = "endpoint"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "endpoint-controller", "endpoint-controller")
        self.services = self.shared.get("services", self.service_changed)
        self.endpoints = self.shared.get("endpoints")
        self.shared.get("pods", self.pod_changed)
        workers = self.flags.concurrent_endpoint_syncs
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=workers)

    def start(self) -> None:
        """Work on what was queued, and look for Endpoints whose Service is gone."""
        self.queue.open()
        for endpoints in self.endpoints.list():
            if LEADER_ANNOTATION not in endpoints.metadata.annotations:
                self.queue.add(key_of(endpoints))

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def service_changed(self, old: Service | None, new: Service | None) -> None:
        """A Service was added, changed or removed."""
        changed = new if new is not None else old
        if changed is not None:
            self.queue.add(key_of(changed))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: so may the Endpoints of the Services that select it.

        v1.8 looks only at readiness, address and labels: a pod that is merely being deleted stays listed.
        """
        relabelled = old is not None and new is not None and old.metadata.labels != new.metadata.labels
        if (
            old is not None
            and new is not None
            and not relabelled
            and not self.traits.endpoints_follow_every_update
            and not moved(old, new)
        ):
            return
        self._queue_services_of(new if new is not None else old)
        if relabelled:
            self._queue_services_of(old)

    def _queue_services_of(self, pod: Pod | None) -> None:
        if pod is None:
            return
        for service in self.services.list():
            selector = service.spec.selector
            if (
                selector
                and service.metadata.namespace == pod.metadata.namespace
                and matches_labels(selector, pod.metadata.labels)
            ):
                self.queue.add(key_of(service))

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring the Endpoints of one Service to what its pods are."""
        namespace, _, name = key.partition("/")
        service: Service | None = self.services.get(namespace, name)
        if service is None:
            self.api.delete("endpoints", namespace, name, self.then(self.removed, key))
            return
        if not service.spec.selector:
            self.queue.done(key)
            return
        current: Endpoints | None = self.endpoints.get(namespace, name)
        pods = self.shared.selected(namespace, service.spec.selector)
        subsets = subsets_of(service, pods, current.subsets if current is not None else ())
        labels = service.metadata.labels
        if current is None:
            metadata = ObjectMeta(name=name, namespace=namespace, labels=labels)
            self.api.create(Endpoints(metadata=metadata, subsets=subsets), self.then(self.written, key))
        elif current.subsets == subsets and current.metadata.labels == labels:
            self.queue.done(key)
        else:
            changed = replace(current, metadata=replace(current.metadata, labels=labels), subsets=subsets)
            self.api.update(changed, self.then(self.written, key))

    def written(self, reply: Reply, key: str) -> None:
        """The Endpoints were written; if somebody was faster, again a little later."""
        if reply.ok:
            self.queue.done(key)
        else:
            self.log(f'Error syncing endpoints for service "{key}": {reply.message}', SOURCE, "E")
            self.queue.retry(key, limit=MAX_RETRIES)

    def removed(self, reply: Reply, key: str) -> None:
        """The Endpoints of a Service that is gone were deleted, or were not there."""
        if reply.ok or reply.status == 404:
            self.queue.done(key)
        else:
            self.queue.retry(key, limit=MAX_RETRIES)


# --- what the Endpoints of a Service are: pure functions ---------------------------------------------


def subsets_of(
    service: Service, pods: list[Pod], current: tuple[EndpointSubset, ...] = ()
) -> tuple[EndpointSubset, ...]:
    """The addresses of these pods at the Service's ports, ready ones and others; nothing without an address.

    Pods that are being deleted are left out, and so are those that have ended and will not be restarted.
    `current`: what there is already; the addresses of pods that did not change are shared with it, as a
    thousand pods become ready one after another.
    """
    known = _by_pod(current)
    tolerant = service.metadata.annotations.get(TOLERATE_UNREADY) == "true"
    ready: list[EndpointAddress] = []
    others: list[EndpointAddress] = []
    for pod in pods:
        if not pod.status.pod_ip or (pod.metadata.deletion_timestamp and not tolerant):
            continue
        if tolerant or is_ready(pod):
            ready.append(known.get(_version(pod)) or address_of(pod))
        elif _may_serve(pod):
            others.append(known.get(_version(pod)) or address_of(pod))
    ports = tuple(
        EndpointPort(port=number, name=port.name, protocol=port.protocol)
        for port in sorted(service.spec.ports, key=lambda port: (port.name, port.port))
        if (number := _target(port, pods)) is not None
    )
    if not ports or not (ready or others):
        return ()
    subset = EndpointSubset(
        addresses=tuple(sorted(ready, key=_order)),
        not_ready_addresses=tuple(sorted(others, key=_order)),
        ports=ports,
    )
    return (subset,)


def _target(port: ServicePort, pods: list[Pod]) -> int | None:
    """The number behind a port's target, which may be the name of a container's port (podutil.FindPort)."""
    if not isinstance(port.target_port, str):
        return port.target_port or port.port
    for pod in pods:
        for container in pod.spec.containers:
            for offered in container.ports:
                if offered.name == port.target_port and offered.protocol == port.protocol:
                    return offered.container_port
    return None


def _version(pod: Pod) -> tuple[str, str]:
    return pod.metadata.uid, pod.metadata.resource_version


def _by_pod(subsets: tuple[EndpointSubset, ...]) -> dict[tuple[str, str], EndpointAddress]:
    return {
        (target.uid, target.resource_version): address
        for subset in subsets
        for address in (*subset.addresses, *subset.not_ready_addresses)
        if (target := address.target_ref) is not None
    }


def address_of(pod: Pod) -> EndpointAddress:
    """A pod's address. It carries the pod's version, so that every change of the pod changes the
    Endpoints."""
    metadata = pod.metadata
    target = ObjectReference(
        kind="Pod",
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        resource_version=metadata.resource_version,
    )
    return EndpointAddress(ip=pod.status.pod_ip, node_name=pod.spec.node_name, target_ref=target)


def moved(old: Pod, new: Pod) -> bool:
    """Readiness or address changed (v1.8.0 podChanged)."""
    return (
        is_ready(old) != is_ready(new)
        or old.status.pod_ip != new.status.pod_ip
        or old.spec.node_name != new.spec.node_name
        or old.metadata.uid != new.metadata.uid
    )


def _may_serve(pod: Pod) -> bool:
    if pod.spec.restart_policy == "Never":
        return pod.status.phase not in ("Failed", "Succeeded")
    if pod.spec.restart_policy == "OnFailure":
        return pod.status.phase != "Succeeded"
    return True


def _order(address: EndpointAddress) -> tuple[str, str]:
    return address.ip, address.target_ref.uid if address.target_ref else ""
