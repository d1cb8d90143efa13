"""The endpointslicemirroring controller: Endpoints that people write themselves become slices, too.

They belong to Services without a selector; kube-proxy of today reads slices only.
Source: v1.36 pkg/controller/endpointslicemirroring/{endpointslicemirroring_controller,reconciler,utils}.go.
"""

from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import EndpointAddress, Endpoints, Service
from clustersim.api.diff import LAST_APPLIED
from clustersim.api.discovery import DiscoveryEndpointPort, Endpoint, EndpointConditions, EndpointSlice
from clustersim.api.endpointsubsets import V1_36, repacked
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.endpointpacking import Ports, Reconciliation, reconciled
from clustersim.controllermanager.endpointslice import MANAGED_BY, SERVICE_NAME
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.references import owned_by
from clustersim.controllermanager.services import MAX_RETRIES
from clustersim.controllermanager.triggertimes import LAST_CHANGE
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

CONTROLLER: Final = "endpointslicemirroring-controller.k8s.io"
SKIP: Final = "endpointslice.kubernetes.io/skip-mirror"
NOT_MIRRORED: Final = (LAST_CHANGE, LAST_APPLIED)
"""Annotations that slices do not get."""

MOST: Final = 1000
TOO_MANY: Final = (
    "A max of {} addresses can be mirrored to EndpointSlices per Endpoints subset. {} addresses were skipped"
)
FIRST_RETRY: Final[Micros] = SECOND
LONGEST_RETRY: Final[Micros] = 100 * SECOND
"""defaultSyncBackOff, maxSyncBackOff"""


class MirrorState(State):
    """By key: writes without an answer, and whether one failed."""

    pending: dict[str, int] = msgspec.field(default_factory=dict)
    failed: dict[str, bool] = msgspec.field(default_factory=dict)


class EndpointSliceMirroringController(Controller):
    """Mirrors Endpoints of Services without a selector."""

    waits_for: ClassVar[tuple[str, ...]] = ("endpoints", "services", "endpointslices")
    title: ClassVar[str] = "endpoint_slice_mirroring"

    def __init__(self, context: ControllerContext) -> None:
        name = "endpoint-slice-mirroring-controller"
        super().__init__(context, name, name)
        self.endpoints = self.shared.get("endpoints", self.endpoints_changed)
        self.services = self.shared.get("services", self.service_changed)
        self.slices = self.shared.get("endpointslices")
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=5, base=FIRST_RETRY)

    @property
    def state(self) -> MirrorState:
        """Its memory."""
        return self.memory(MirrorState)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def endpoints_changed(self, old: Endpoints | None, new: Endpoints | None) -> None:
        """Endpoints were added, changed or removed."""
        found = new if new is not None else old
        if found is not None and LEADER_ANNOTATION not in found.metadata.annotations:
            self.queue.add(key_of(found))

    def service_changed(self, old: Service | None, new: Service | None) -> None:
        """A Service lost or got its selector, or came or went."""
        before, after = _selects(old), _selects(new)
        found = new if new is not None else old
        if found is not None and before != after:
            self.queue.add(key_of(found))

    def sync(self, key: str) -> None:
        """Bring the slices that mirror one Endpoints object to what it says."""
        namespace, _, name = key.partition("/")
        endpoints: Endpoints | None = self.endpoints.get(namespace, name)
        service: Service | None = self.services.get(namespace, name)
        mirrored = endpoints is not None and service is not None and not service.spec.selector
        if endpoints is not None and endpoints.metadata.labels.get(SKIP) == "true":
            mirrored = False
        existing = [
            found
            for found in self.slices.list()
            if found.metadata.namespace == namespace
            and found.metadata.labels.get(SERVICE_NAME) == name
            and found.metadata.labels.get(MANAGED_BY) == CONTROLLER
        ]
        if endpoints is None or not mirrored:
            work = Reconciliation(delete=tuple(existing))
        else:
            wanted = mirrored_endpoints(endpoints)
            work = reconciled(self._prototype(endpoints), existing, wanted, most=MOST, annotated=True)
            if (skipped := skipped_addresses(endpoints)) > 0:
                self.tell(endpoints, "Warning", "TooManyAddressesToMirror", TOO_MANY.format(MOST, skipped))
        self.state.pending[key] = len(work.create) + len(work.update) + len(work.delete)
        for made in work.create:
            self.api.create(made, self.then(self.written, key))
        for changed in work.update:
            self.api.update(changed, self.then(self.written, key))
        for gone in work.delete:
            self.api.delete("endpointslices", namespace, gone.metadata.name, self.then(self.written, key))
        self._answered(key)

    def _prototype(self, endpoints: Endpoints) -> EndpointSlice:
        name = endpoints.metadata.name
        metadata = ObjectMeta(
            generate_name=f"{name}-",
            namespace=endpoints.metadata.namespace,
            labels={**endpoints.metadata.labels, SERVICE_NAME: name, MANAGED_BY: CONTROLLER},
            annotations={k: v for k, v in endpoints.metadata.annotations.items() if k not in NOT_MIRRORED},
            owner_references=(owned_by(endpoints, self.traits.release),),
        )
        return EndpointSlice(metadata=metadata, address_type="IPv4")

    def written(self, reply: Reply, key: str) -> None:
        """A slice was written, or not."""
        self.state.pending[key] -= 1
        if not reply.ok and reply.status != 404:
            self.state.failed[key] = True
        self._answered(key)

    def _answered(self, key: str) -> None:
        if self.state.pending[key]:
            return
        del self.state.pending[key]
        if self.state.failed.pop(key, False):
            self.queue.retry(key, limit=MAX_RETRIES, longest=LONGEST_RETRY)
        else:
            self.queue.done(key)


def mirrored_endpoints(endpoints: Endpoints) -> dict[Ports, list[Endpoint]]:
    """The addresses of Endpoints as slices have them, by their ports; subsets are packed first."""
    found: dict[Ports, list[Endpoint]] = {}
    for subset in repacked(endpoints.subsets, V1_36):
        ports = tuple(
            DiscoveryEndpointPort(
                name=port.name,
                port=port.port,
                protocol=port.protocol,
                app_protocol=port.app_protocol or None,
            )
            for port in subset.ports
        )
        made = [_endpoint(address, ready=True) for address in subset.addresses]
        made += [_endpoint(address, ready=False) for address in subset.not_ready_addresses]
        found.setdefault(ports, []).extend(made[:MOST])
    return found


def skipped_addresses(endpoints: Endpoints) -> int:
    """How many are too many for their subset."""
    packed = repacked(endpoints.subsets, V1_36)
    return sum(max(0, len(one.addresses) + len(one.not_ready_addresses) - MOST) for one in packed)


def _endpoint(address: EndpointAddress, *, ready: bool) -> Endpoint:
    return Endpoint(
        addresses=(address.ip,),
        conditions=EndpointConditions(ready=ready),
        node_name=address.node_name,
        hostname=address.hostname,
        target_ref=address.target_ref,
    )


def _selects(service: Service | None) -> bool | None:
    return None if service is None else bool(service.spec.selector)
