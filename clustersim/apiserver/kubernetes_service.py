"""The Service `kubernetes`, by which pods reach the API server, and where it leads: the server makes both
itself and looks for them every ten seconds.

Nobody but a person ever changes them: a pass is armed by such a change only, for when the next one is due.
Source: v1.7.5, v1.8.0 pkg/master/controller.go, reconcilers.go; v1.36 pkg/controlplane/controller/
kubernetesservice, pkg/controlplane/reconcilers (lease; the leases themselves are not modelled: there is one
server).
"""

import ipaddress
from typing import Any, ClassVar, Final

from clustersim.api import core_v1 as v1
from clustersim.api.discovery import DiscoveryEndpointPort, Endpoint, EndpointConditions, EndpointSlice
from clustersim.api.errors import ApiError
from clustersim.api.meta import ApiObject, ObjectMeta, replace
from clustersim.api.registry import resource_of
from clustersim.api.request import Request, Verb
from clustersim.apiserver.registry import Registry
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.machine import ADDRESS_OF_MASTER

NAMESPACE: Final = "default"
NAME: Final = "kubernetes"
KEY: Final = f"{NAMESPACE}/{NAME}"
INTERVAL: Final[Micros] = 10 * SECOND
"""EndpointInterval."""

PORT_NAME: Final = "https"
PORT: Final = 443


class KubernetesServiceState(State):
    """When the first pass was, and whether the next is armed."""

    begun: Micros = 0
    armed: bool = False


class KubernetesService(Part):
    """Keeps the Service and its Endpoints.

    mends_at_start: the first pass puts ports right, too; all others leave them as they are.
    """

    mends_at_start: ClassVar[bool] = True
    session_affinity: ClassVar[str] = "ClientIP"
    endpoints_labels: ClassVar[dict[str, str]] = {}

    def __init__(self, process: Process, registry: Registry) -> None:
        super().__init__(process, "kubernetes-service")
        self.registry = registry

    @property
    def state(self) -> KubernetesServiceState:
        """Its memory."""
        return self.remember(KubernetesServiceState)

    def start(self) -> None:
        """The first pass."""
        self.state.begun = self.now
        self._reconcile(ports=self.mends_at_start)

    def changed(self) -> None:
        """Somebody changed one of the objects: the next pass matters."""
        state = self.state
        if not state.armed:
            state.armed = True
            self.post(INTERVAL - (self.now - state.begun) % INTERVAL, self.look)

    def look(self) -> None:
        """A later pass."""
        self.state.armed = False
        self._reconcile(ports=False)

    def _reconcile(self, *, ports: bool) -> None:
        """Make what is missing and put right what is wrong; what fails is tried again by the next pass."""
        if not self.registry.etcd.running:
            self.changed()
            return
        for wanted in self.objects():
            resource = resource_of(wanted).plural
            found = self.registry.etcd.get(resource, KEY)
            obj = wanted if found is None else mended(found, wanted, ports=ports)
            if obj == found:
                continue
            try:
                verb: Verb = "create" if found is None else "update"
                self.registry.perform(Request(verb, resource, NAMESPACE, NAME, obj), self.process.name)
            except ApiError as error:
                self.process.log(f"unable to sync kubernetes service: {error.message}", level="E")
                self.changed()

    def objects(self) -> tuple[ApiObject, ...]:
        """What there is to be."""
        return (self._service(), self._endpoints())

    def _service(self) -> v1.Service:
        flags = self.registry.host.flags
        first = ipaddress.ip_network(flags.service_cluster_ip_range).network_address + 1
        port = v1.ServicePort(name=PORT_NAME, port=PORT, protocol="TCP", target_port=flags.secure_port)
        labels = {"component": "apiserver", "provider": "kubernetes"}
        return v1.Service(
            metadata=ObjectMeta(name=NAME, namespace=NAMESPACE, labels=labels),
            spec=v1.ServiceSpec(
                cluster_ip=str(first),
                ports=(port,),
                session_affinity=self.session_affinity,
                type="ClusterIP",
            ),
        )

    def _endpoints(self) -> v1.Endpoints:
        port = v1.EndpointPort(name=PORT_NAME, port=self.registry.host.flags.secure_port, protocol="TCP")
        subset = v1.EndpointSubset(addresses=(v1.EndpointAddress(ip=ADDRESS_OF_MASTER),), ports=(port,))
        return v1.Endpoints(
            metadata=ObjectMeta(name=NAME, namespace=NAMESPACE, labels=self.endpoints_labels),
            subsets=(subset,),
        )


class KubernetesServiceToday(KubernetesService):
    """Of v1.36: any request may go to any server, nobody mirrors its Endpoints, and it writes its slice."""

    mends_at_start = False
    session_affinity = "None"
    endpoints_labels: ClassVar = {"endpointslice.kubernetes.io/skip-mirror": "true"}

    def objects(self) -> tuple[ApiObject, ...]:
        return (*super().objects(), self._slice())

    def _slice(self) -> EndpointSlice:
        port = self.registry.host.flags.secure_port
        return EndpointSlice(
            metadata=ObjectMeta(name=NAME, namespace=NAMESPACE, labels={"kubernetes.io/service-name": NAME}),
            address_type="IPv4",
            endpoints=(Endpoint(addresses=(ADDRESS_OF_MASTER,), conditions=EndpointConditions(ready=True)),),
            ports=(DiscoveryEndpointPort(name=PORT_NAME, port=port, protocol="TCP"),),
        )


def mended(found: Any, wanted: Any, *, ports: bool) -> Any:
    """What is there, with what a pass puts right in it. ports: they are wanted as they should be; otherwise
    any will do."""
    if isinstance(wanted, v1.Service):
        if not ports:
            return found
        return replace(found, spec=replace(found.spec, ports=wanted.spec.ports, type=wanted.spec.type))
    labels = {**found.metadata.labels, **wanted.metadata.labels}
    marked = replace(found, metadata=replace(found.metadata, labels=labels))
    if isinstance(wanted, EndpointSlice):
        kept = wanted.ports if ports or not found.ports else found.ports
        return replace(marked, endpoints=wanted.endpoints, ports=kept)
    (subset,) = wanted.subsets
    if not ports and len(found.subsets) == 1 and found.subsets[0].ports:
        subset = replace(subset, ports=found.subsets[0].ports)
    return replace(marked, subsets=(subset,))
