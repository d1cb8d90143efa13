"""The endpointslice controller of today: where the pods of a Service are, a hundred of them in a slice.

A pod that is being deleted stays listed as terminating, and as serving for as long as it is ready; one that
has ended is left out, and so is one whose node does not exist. endpointpacking.py says which slice is whose.

Before it works on a Service again, the controller must have heard of what it wrote last; otherwise it waits
for a second. The answer to a write and the news of it are in a race, which the news usually wins.
Source: v1.36 pkg/controller/endpointslice/endpointslice_controller.go,
staging/src/k8s.io/endpointslice/{reconciler,utils,util/endpointslice_tracker}.go.
"""

from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, Service
from clustersim.api.discovery import DiscoveryEndpointPort, Endpoint, EndpointConditions, EndpointSlice
from clustersim.api.meta import ObjectMeta, ObjectReference, OwnerReference
from clustersim.api.status import Reply
from clustersim.api.topology import ZONE
from clustersim.controllermanager import endpointhints, triggertimes
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.endpointpacking import Ports, Reconciliation, reconciled
from clustersim.controllermanager.endpoints import HEADLESS
from clustersim.controllermanager.podcontrol import is_forgiven
from clustersim.controllermanager.pods import is_ready, is_terminated
from clustersim.controllermanager.references import owned_by
from clustersim.controllermanager.services import MAX_RETRIES, ServiceFollower, is_followed, target_port
from clustersim.controllermanager.triggertimes import TriggerTimes
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.node_ready import is_ready_node

SOURCE: Final = "endpointslice_controller.go"
SERVICE_NAME: Final = "kubernetes.io/service-name"
MANAGED_BY: Final = "endpointslice.kubernetes.io/managed-by"
CONTROLLER: Final = "endpointslice-controller.k8s.io"
GONE: Final = -1
"""In place of the generation of a slice that was deleted."""

FOREIGN_DELAY: Final[Micros] = SECOND
"""Until a slice is looked at that somebody else changed (endpointSliceChangeMinSyncDelay)."""

FIRST_RETRY: Final[Micros] = SECOND
"""defaultSyncBackOff"""

STALE_IN: Final = 8
"""One in so many times the answer to a write comes before the news of it: estimated from recordings."""


class SliceState(State):
    """By Service: writes without an answer, the last error, the generation of each slice that was written (by
    UID), and whether the news of a write is waited for. zones: of Services that follow the topology, how many
    endpoints are for each zone; times: when pods became ready that were looked at."""

    pending: dict[str, int] = msgspec.field(default_factory=dict)
    errors: dict[str, list[str]] = msgspec.field(default_factory=dict)
    written: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    unheard: dict[str, bool] = msgspec.field(default_factory=dict)
    zones: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    times: TriggerTimes = msgspec.field(default_factory=TriggerTimes)


class EndpointSliceController(ServiceFollower):
    """Keeps the slices of every Service with a selector."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "services", "endpointslices", "nodes")
    title: ClassVar[str] = "endpoint_slice"
    deletions = True
    first_retry = FIRST_RETRY

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "endpoint-slice-controller")
        self.slices = self.shared.get("endpointslices", self.slice_changed)
        self.nodes = self.shared.get("nodes", self.node_changed, renewals=False)

    @property
    def state(self) -> SliceState:
        """Its memory."""
        return self.memory(SliceState)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """Zones may have another share of the CPU: Services whose hints are too uneven for that are looked at
        (checkNodeTopologyDistribution)."""
        if not self.state.zones or (old is not None and new is not None and _seen(old) == _seen(new)):
            return
        shares = endpointhints.cpu_shares(self.nodes.list())
        for key, zones in self.state.zones.items():
            if endpointhints.overloaded(zones, shares):
                self.queue.add(key)

    def slice_changed(self, old: EndpointSlice | None, new: EndpointSlice | None) -> None:
        """What was written is seen; what somebody else changed is put right."""
        found = new if new is not None else old
        if found is None or found.metadata.labels.get(MANAGED_BY) != CONTROLLER:
            return
        key = f"{found.metadata.namespace}/{found.metadata.labels.get(SERVICE_NAME, '')}"
        written = self.state.written.get(key, {})
        known = written.get(found.metadata.uid)
        if new is None:
            written.pop(found.metadata.uid, None)
            foreign = known is not None and known != GONE
        else:
            foreign = known is None or new.metadata.generation > known
        if foreign and key not in self.state.pending:
            self.queue.add_after(key, FOREIGN_DELAY)
        if key in self.state.unheard and not self._is_stale(key):
            del self.state.unheard[key]
            self.queue.done(key)

    def _own_slices(self, key: str) -> list[EndpointSlice]:
        namespace, _, name = key.partition("/")
        return [
            found
            for found in self.slices.list()
            if found.metadata.namespace == namespace
            and found.metadata.labels.get(SERVICE_NAME) == name
            and found.metadata.labels.get(MANAGED_BY) == CONTROLLER
            and not found.metadata.deletion_timestamp
        ]

    def _is_stale(self, key: str) -> bool:
        """Something that was written has not been heard of (StaleSlices)."""
        written = self.state.written.get(key, {})
        known = {found.metadata.uid: found.metadata.generation for found in self._own_slices(key)}
        return any(
            uid in known if generation == GONE else known.get(uid, 0) < generation
            for uid, generation in written.items()
        )

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring the slices of one Service to what its pods are; those of a Service that is gone are collected
        after it."""
        namespace, _, name = key.partition("/")
        service: Service | None = self.services.get(namespace, name)
        if service is None or not is_followed(service) or service.metadata.deletion_timestamp:
            if service is None:
                self.state.written.pop(key, None)
                self.state.zones.pop(key, None)
                self.state.times.services.pop(key, None)
            self.queue.done(key)
            return
        if self._is_stale(key):
            self._again(key, "EndpointSlice informer cache is out of date")
            return
        pods = self.shared.selected(namespace, service.spec.selector)
        wanted: dict[Ports, list[Endpoint]] = {}
        for pod in pods:
            if not pod.status.pod_ip or is_terminated(pod):
                continue
            if self._is_lost(service, pod):
                node = pod.spec.node_name
                self._failed(
                    key, f"skipping Pod {pod.metadata.name} for Service {key}: Node {node} Not Found"
                )
            else:
                wanted.setdefault(ports_of(service, pod), []).append(self._endpoint(service, pod))
        made = _prototype(service, owned_by(service, self.traits.release))
        existing = [one for one in self._own_slices(key) if _is_owned(one, service)]
        strange = [one for one in self._own_slices(key) if not _is_owned(one, service)]
        work = reconciled(made, existing, wanted, placeholder=True)
        work = self._hinted(key, service, existing, work)
        moment = triggertimes.look(self.state.times, key, service, pods)
        self.state.pending[key] = len(work.create) + len(work.update) + len(work.delete) + len(strange)
        for made in work.create:
            answer = self.then(self.written, key, "create EndpointSlice")
            self.api.create(triggertimes.timed(made, moment), answer)
        for changed in work.update:
            answer = self.then(self.written, key, f"update {changed.metadata.name} EndpointSlice")
            self.api.update(triggertimes.timed(changed, moment), answer)
        for gone in (*work.delete, *strange):
            what = f"delete {gone.metadata.name} EndpointSlice"
            answer = self.then(self.written, key, what, gone.metadata.uid)
            self.api.delete("endpointslices", namespace, gone.metadata.name, answer)
        self._answered(key)

    def _hinted(
        self, key: str, service: Service, existing: list[EndpointSlice], work: Reconciliation
    ) -> Reconciliation:
        """The same with hints for whom each endpoint is meant, where the Service asks for them."""
        changing = (*work.create, *work.update)
        touched = {one.metadata.name for one in (*work.update, *work.delete)}
        staying = tuple(one for one in existing if one.metadata.name not in touched)
        known = self.state.zones.pop(key, {})
        if not endpointhints.follows_topology(service):
            if known:
                self._hints_told(service, "Warning", "Disabled", "Topology Aware Hints has been disabled")
            slices = endpointhints.distributed((*changing, *staying), service.spec.traffic_distribution)
            return _merged(work, staying, slices)
        shares = endpointhints.cpu_shares(self.nodes.list())
        found = endpointhints.allotted(changing, staying, shares)
        if found.refused:
            self._hints_told(service, "Warning", "Disabled", found.refused)
        else:
            self.state.zones[key] = found.zones
            if not known:
                self._hints_told(service, "Normal", "Enabled", "Topology Aware Hints has been enabled")
        return _merged(work, staying, found.slices)

    def _hints_told(self, service: Service, kind: str, what: str, message: str) -> None:
        self.tell(service, kind, f"TopologyAwareHints{what}", f"{message}, addressType: IPv4")

    def _is_lost(self, service: Service, pod: Pod) -> bool:
        """Its node does not exist: it is left out, and the Service is looked at again, unless the Service
        wants all addresses. (The garbage collector of pods will come.)"""
        there = self.nodes.get("", pod.spec.node_name) is not None
        return not there and not service.spec.publish_not_ready_addresses

    def _endpoint(self, service: Service, pod: Pod) -> Endpoint:
        node: Node | None = self.nodes.get("", pod.spec.node_name) if pod.spec.node_name else None
        zone = node.metadata.labels.get(ZONE, "") if node is not None else ""
        serving, terminating = is_ready(pod), bool(pod.metadata.deletion_timestamp)
        ready = service.spec.publish_not_ready_addresses or (serving and not terminating)
        metadata = pod.metadata
        return Endpoint(
            addresses=(pod.status.pod_ip,),
            conditions=EndpointConditions(ready=ready, serving=serving, terminating=terminating),
            node_name=pod.spec.node_name,
            zone=zone,
            hostname=pod.spec.hostname if pod.spec.subdomain == service.metadata.name else "",
            target_ref=ObjectReference(
                kind="Pod", namespace=metadata.namespace, name=metadata.name, uid=metadata.uid
            ),
        )

    def written(self, reply: Reply, key: str, what: str, deleted: str = "") -> None:
        """A slice was written, or not. deleted: the UID of one that goes."""
        self.state.pending[key] -= 1
        if not reply.ok and reply.status != 404 and not is_forgiven(self, reply):
            self._failed(key, f"failed to {what} for Service {key}: {reply.message}")
        elif deleted:
            self.state.written.setdefault(key, {})[deleted] = GONE
        elif reply.ok:
            metadata = reply.body.metadata
            self.state.written.setdefault(key, {})[metadata.uid] = metadata.generation
        self._answered(key)

    def _answered(self, key: str) -> None:
        if self.state.pending[key]:
            return
        del self.state.pending[key]
        errors = self.state.errors.pop(key, [])
        if errors:
            error = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
            namespace, _, name = key.partition("/")
            if (service := self.services.get(namespace, name)) is not None:
                told = f"Error updating Endpoint Slices for Service {key}: {error}"
                self.tell(service, "Warning", "FailedToUpdateEndpointSlices", told)
            self._again(key, error)
        elif self._is_stale(key) and not self._answer_first():
            self.state.unheard[key] = True
        else:
            self.queue.done(key)

    def _failed(self, key: str, error: str) -> None:
        self.state.errors.setdefault(key, []).append(error)

    def _answer_first(self) -> bool:
        """The answer to a write comes before the news of it: chance."""
        stream = self.process.chancy_random(f"{self.name}/answer")
        return bool(self.process.chance) and stream.below(STALE_IN) == 0

    def _again(self, key: str, error: str) -> None:
        quoted = error.replace('"', '\\"')
        told = f'"Error syncing endpoint slices for service, retrying" key="{key}" err="{quoted}"'
        self.log(told, SOURCE)
        self.queue.retry(key, limit=MAX_RETRIES)


# --- pure functions -------------------------------------------------------------------------------------


def ports_of(service: Service, pod: Pod) -> Ports:
    """The Service's ports as numbers on that pod."""
    return tuple(
        DiscoveryEndpointPort(
            name=port.name, port=number, protocol=port.protocol, app_protocol=port.app_protocol or None
        )
        for port in service.spec.ports
        if (number := target_port(port, pod)) is not None
    )


def _is_owned(found: EndpointSlice, service: Service) -> bool:
    """It is of this Service, and not of one of that name before (ownedBy)."""
    return any(owner.uid == service.metadata.uid for owner in found.metadata.owner_references)


def _merged(
    work: Reconciliation, staying: tuple[EndpointSlice, ...], hinted: tuple[EndpointSlice, ...]
) -> Reconciliation:
    """The work with the slices as they are with their hints; those that stay are written if they changed.

    hinted: all slices that are there afterwards; new ones have no name yet.
    """
    before = {one.metadata.name: one for one in staying}
    create = tuple(one for one in hinted if not one.metadata.name)
    update = tuple(one for one in hinted if one.metadata.name and before.get(one.metadata.name) is not one)
    return Reconciliation(create, update, work.delete)


def _seen(node: Node) -> tuple[bool, str]:
    """What of a node matters here: whether it is ready, and its zone."""
    return is_ready_node(node), node.metadata.labels.get(ZONE, "")


def _prototype(service: Service, owner: OwnerReference) -> EndpointSlice:
    labels = {
        **{key: value for key, value in service.metadata.labels.items() if key != HEADLESS},
        SERVICE_NAME: service.metadata.name,
        MANAGED_BY: CONTROLLER,
        **({HEADLESS: ""} if service.spec.cluster_ip == "None" else {}),
    }
    metadata = ObjectMeta(
        generate_name=f"{service.metadata.name}-",
        namespace=service.metadata.namespace,
        labels=labels,
        owner_references=(owner,),
    )
    return EndpointSlice(metadata=metadata, address_type="IPv4")
