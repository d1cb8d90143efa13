"""The endpoints controller: for every Service with a selector, where its pods are, ready ones and others.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/endpoint/endpoints_controller.go, pkg/api/endpoints/util.go.
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import (
    EndpointAddress,
    EndpointPort,
    Endpoints,
    EndpointSubset,
    Pod,
    Service,
)
from clustersim.api.endpointsubsets import V1_7 as PACKING_V1_7
from clustersim.api.endpointsubsets import V1_36 as PACKING_V1_36
from clustersim.api.endpointsubsets import Packing, repacked
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta, ObjectReference, replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.controllermanager import triggertimes
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.podcontrol import is_forgiven
from clustersim.controllermanager.pods import is_ready, is_terminated
from clustersim.controllermanager.services import MAX_RETRIES, ServiceFollower, is_followed, target_port
from clustersim.controllermanager.triggertimes import TriggerTimes

SOURCE: Final = "endpoints_controller.go"
TOLERATE_UNREADY: Final = "service.alpha.kubernetes.io/tolerate-unready-endpoints"
MANAGED_BY: Final = "endpoints.kubernetes.io/managed-by"
HEADLESS: Final = "service.kubernetes.io/headless"
OVER_CAPACITY: Final = "endpoints.kubernetes.io/over-capacity"
CAPACITY: Final = 1000

Ports = tuple[EndpointPort, ...]


class EndpointsController(ServiceFollower):
    """Keeps Endpoints at what the pods of their Services are; as in v1.7, where every change of a pod counts.

    versions: an address carries its pod's version, so that every change of the pod changes the Endpoints.
    """

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "services", "endpoints")
    title: ClassVar[str] = "endpoint"
    every_update = True
    versions: ClassVar[bool] = True
    portless: ClassVar[Ports | None] = None
    """What stands for the ports of a headless Service that has none; None: it lists no addresses."""
    packing: ClassVar[Packing] = PACKING_V1_7
    drops_ended: ClassVar[bool] = False
    """A pod that has ended is left out, also where all pods count as ready."""

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "endpoint-controller")
        self.endpoints = self.shared.get("endpoints")

    def start(self) -> None:
        """Work on what was queued, and look for Endpoints whose Service is gone."""
        super().start()
        for endpoints in self.endpoints.list():
            if LEADER_ANNOTATION not in endpoints.metadata.annotations:
                self.queue.add(key_of(endpoints))

    # --- what releases do each in their own way -----------------------------------------------------

    def follows(self, service: Service) -> bool:
        """The Endpoints of that Service are this controller's."""
        return bool(service.spec.selector)

    def tolerant(self, service: Service) -> bool:
        """Pods count as ready whether they are or not."""
        return service.metadata.annotations.get(TOLERATE_UNREADY) == "true"

    def may_serve(self, pod: Pod) -> bool:
        """A pod that is not ready is listed as such."""
        if pod.spec.restart_policy == "Never":
            return not is_terminated(pod)
        return pod.spec.restart_policy != "OnFailure" or pod.status.phase != "Succeeded"

    def metadata_for(self, service: Service, subsets: tuple[EndpointSubset, ...]) -> ObjectMeta:
        """Labels and annotations of the Endpoints of a Service."""
        return ObjectMeta(labels=service.metadata.labels)

    def limited(self, subsets: tuple[EndpointSubset, ...]) -> tuple[EndpointSubset, ...]:
        """As many addresses as one object may hold."""
        return subsets

    def forget(self, key: str) -> None:
        """That Service is gone."""

    def looked_at(self, key: str, service: Service, pods: list[Pod]) -> str:
        """When what changes now has happened, "" where nobody tells."""
        return ""

    def timed(self, endpoints: Endpoints, moment: str) -> Endpoints:
        """Endpoints that tell that moment."""
        return endpoints

    def not_written(self, endpoints: Endpoints, key: str, why: str, *, made: bool) -> None:
        """Endpoints could not be written."""

    def said_failed(self, key: str, why: str, *, dropped: bool) -> tuple[str, str]:
        """What the log says of a synchronisation that failed, and at which level. dropped: for good."""
        if dropped:
            return f'Dropping service "{key}" out of the queue: {why}', "W"
        return f'Error syncing endpoints for service "{key}": {why}', "I"

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring the Endpoints of one Service to what its pods are."""
        namespace, _, name = key.partition("/")
        service: Service | None = self.services.get(namespace, name)
        if service is None:
            self.forget(key)
            self.api.delete("endpoints", namespace, name, self.then(self.removed, key))
            return
        if not self.follows(service):
            self.queue.done(key)
            return
        current: Endpoints | None = self.endpoints.get(namespace, name)
        pods = self.shared.selected(namespace, service.spec.selector)
        moment = self.looked_at(key, service, pods)
        wanted = self.subsets_of(service, pods, current.subsets if current is not None else ())
        marks, subsets = self.metadata_for(service, wanted), self.limited(wanted)
        if current is None:
            metadata = replace(marks, name=name, namespace=namespace)
            made = Endpoints(metadata=metadata, subsets=subsets)
            self.api.create(self.timed(made, moment), self.then(self.written, key, made, True))
            return
        metadata = replace(
            current.metadata,
            labels=marks.labels,
            annotations={
                **{k: v for k, v in current.metadata.annotations.items() if k != OVER_CAPACITY},
                **marks.annotations,
            },
        )
        changed = replace(current, metadata=metadata, subsets=subsets)
        if changed == current:
            self.queue.done(key)
        else:
            self.api.update(self.timed(changed, moment), self.then(self.written, key, changed, False))

    def written(self, reply: Reply, key: str, endpoints: Endpoints, made: bool) -> None:
        """The Endpoints were written; if somebody was faster, again a little later. made: anew."""
        if reply.ok or (made and is_forgiven(self, reply)):
            self.queue.done(key)
        else:
            self.not_written(endpoints, key, reply.message, made=made)
            self.failed(key, reply.message)

    def failed(self, key: str, why: str) -> None:
        """Again a little later, but not for ever (handleErr)."""
        dropped = self.queue.state.failures.get(key, 0) >= MAX_RETRIES
        told, level = self.said_failed(key, why, dropped=dropped)
        self.log(told, SOURCE, level)
        if dropped:
            self.log(why, SOURCE, "E")
        self.queue.retry(key, limit=MAX_RETRIES)

    def removed(self, reply: Reply, key: str) -> None:
        """The Endpoints of a Service that is gone were deleted, or were not there."""
        if reply.ok or reply.status == 404:
            self.queue.done(key)
        else:
            self.failed(key, reply.message)

    def subsets_of(
        self, service: Service, pods: list[Pod], current: tuple[EndpointSubset, ...] = ()
    ) -> tuple[EndpointSubset, ...]:
        """The addresses of these pods at the Service's ports, ready ones and others; nothing without an
        address. Ports that the same pods offer share a subset.

        Pods that are being deleted are left out, and so are those that have ended and will not be restarted.
        `current`: what there is already; the addresses of pods that did not change are shared with it, as a
        thousand pods become ready one after another.
        """
        known, tolerant = _by_pod(current), self.tolerant(service)
        headless = self.portless is not None and service.spec.cluster_ip == "None"
        groups: dict[Ports, tuple[list[EndpointAddress], list[EndpointAddress]]] = {}
        for pod in pods:
            if not pod.status.pod_ip or (pod.metadata.deletion_timestamp and not tolerant):
                continue
            ready = tolerant or is_ready(pod)
            if (self.drops_ended or not ready) and not self.may_serve(pod):
                continue
            version = pod.metadata.resource_version if self.versions else ""
            address = known.get((pod.metadata.uid, version)) or address_of(pod, version, service)
            ports = ports_of(service, pod)
            if ports or (headless and not service.spec.ports):
                groups.setdefault(ports, ([], []))[0 if ready else 1].append(address)
        return repacked(
            (
                EndpointSubset(
                    addresses=tuple(ready),
                    not_ready_addresses=tuple(others),
                    ports=ports or self.portless or (),
                )
                for ports, (ready, others) in groups.items()
            ),
            self.packing,
        )


class EndpointsControllerV18(EndpointsController):
    """v1.8 looks only at readiness, address and labels: a pod that is merely being deleted stays listed. To a
    headless Service without ports it gives port 0, which no API server takes."""

    every_update = False
    portless = (EndpointPort(port=0),)


class EndpointsControllerV136(EndpointsController):
    """v1.36: what is being deleted or has ended is left out, a thousand addresses are the most, and labels
    say whose it is."""

    every_update = False
    deletions = True
    versions = False
    portless = ()
    packing = PACKING_V1_36
    drops_ended = True

    @property
    def state(self) -> TriggerTimes:
        """Its memory."""
        return self.memory(TriggerTimes)

    def forget(self, key: str) -> None:
        self.state.services.pop(key, None)

    def looked_at(self, key: str, service: Service, pods: list[Pod]) -> str:
        return triggertimes.look(self.state, key, service, pods)

    def timed(self, endpoints: Endpoints, moment: str) -> Endpoints:
        return triggertimes.timed(endpoints, moment)

    def follows(self, service: Service) -> bool:
        return is_followed(service)

    def not_written(self, endpoints: Endpoints, key: str, why: str, *, made: bool) -> None:
        reason, what = (
            ("FailedToCreateEndpoint", "create endpoint for service")
            if made
            else ("FailedToUpdateEndpoint", "update endpoint")
        )
        self.tell(endpoints, "Warning", reason, f"Failed to {what} {key}: {why}")

    def said_failed(self, key: str, why: str, *, dropped: bool) -> tuple[str, str]:
        what = "Dropping service out of the queue" if dropped else "Error syncing endpoints, retrying"
        quoted = why.replace('"', '\\"')
        return f'"{what}" service="{key}" err="{quoted}"', "I"

    def tolerant(self, service: Service) -> bool:
        return service.spec.publish_not_ready_addresses

    def may_serve(self, pod: Pod) -> bool:
        return not is_terminated(pod)

    def metadata_for(self, service: Service, subsets: tuple[EndpointSubset, ...]) -> ObjectMeta:
        labels = {**service.metadata.labels, MANAGED_BY: "endpoint-controller"}
        if service.spec.cluster_ip == "None":
            labels[HEADLESS] = ""
        over = _total(subsets) > CAPACITY
        return ObjectMeta(labels=labels, annotations={OVER_CAPACITY: "truncated"} if over else {})

    def limited(self, subsets: tuple[EndpointSubset, ...]) -> tuple[EndpointSubset, ...]:
        return subsets if _total(subsets) <= CAPACITY else cut_to(CAPACITY, subsets)


# --- pure functions -------------------------------------------------------------------------------------


def ports_of(service: Service, pod: Pod) -> Ports:
    """The Service's ports as numbers on that pod; those that it does not have are left out."""
    return tuple(
        EndpointPort(port=number, name=port.name, protocol=port.protocol, app_protocol=port.app_protocol)
        for port in sorted(service.spec.ports, key=lambda port: (port.name, port.port))
        if (number := target_port(port, pod)) is not None
    )


def address_of(pod: Pod, version: str, service: Service) -> EndpointAddress:
    """A pod's address, with the version of the pod where that is told, and with its name in the domain of the
    Service, if it has one."""
    metadata = pod.metadata
    target = ObjectReference(
        kind="Pod",
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        resource_version=version,
    )
    hostname = pod.spec.hostname if pod.spec.subdomain == service.metadata.name else ""
    return EndpointAddress(
        ip=pod.status.pod_ip, hostname=hostname, node_name=pod.spec.node_name, target_ref=target
    )


def cut_to(most: int, subsets: tuple[EndpointSubset, ...]) -> tuple[EndpointSubset, ...]:
    """So many addresses of more, ready ones before others; what is left of a kind is shared among the subsets
    by their sizes, rounded up as long as it lasts (v1.36 truncateEndpoints)."""
    ready = sum(len(subset.addresses) for subset in subsets)
    if ready > most:
        shares = _shares([len(subset.addresses) for subset in subsets], most)
        cut = (
            replace(subset, addresses=subset.addresses[:share], not_ready_addresses=())
            for subset, share in zip(subsets, shares, strict=True)
        )
    else:
        shares = _shares([len(subset.not_ready_addresses) for subset in subsets], most - ready)
        cut = (
            replace(subset, not_ready_addresses=subset.not_ready_addresses[:share])
            for subset, share in zip(subsets, shares, strict=True)
        )
    return tuple(subset for subset in cut if subset.addresses or subset.not_ready_addresses)


def _shares(sizes: list[int], most: int) -> list[int]:
    total, left, shares = sum(sizes), most, list[int]()
    for size in sizes:
        shares.append(min(left, -(-size * most // total)))
        left -= shares[-1]
    return shares


def _by_pod(subsets: tuple[EndpointSubset, ...]) -> dict[tuple[str, str], EndpointAddress]:
    return {
        (target.uid, target.resource_version): address
        for subset in subsets
        for address in (*subset.addresses, *subset.not_ready_addresses)
        if (target := address.target_ref) is not None
    }


def _total(subsets: tuple[EndpointSubset, ...]) -> int:
    return sum(len(subset.addresses) + len(subset.not_ready_addresses) for subset in subsets)
