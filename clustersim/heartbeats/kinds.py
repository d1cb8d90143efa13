"""What a heartbeat is: a status of the Node in v1.7 and v1.8, a renewal of the node's Lease today.

```
 begun  --way--> GET served --read, way--> told --way--> PATCH stored --write, way--> answered      v1.7, v1.8
 begun                                           --way--> PUT stored  --write, way--> answered      v1.36
```
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from clustersim.api.coordination import Lease, LeaseSpec
from clustersim.api.core_v1 import Node
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339, rfc3339_micro
from clustersim.apiserver.server import ApiServer
from clustersim.engine.part import ANSWERED
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.conditions import beaten
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubelet.node_lease import NAMESPACE, NodeLease, NodeLeaseMemory
from clustersim.kubelet.node_status import NodeStatusManager, NodeStatusMemory
from clustersim.network import Network

Take = Callable[[Reply], None]
Land = Callable[[], None]


class Heartbeat(ABC):
    """One kind. ahead: from its begin until it is stored; back: from then until it is answered; answered_by:
    part and method of the kubelet."""

    resource: ClassVar[str]
    answered_by: ClassVar[tuple[str, str]]
    ahead: Micros
    back: Micros

    def __init__(self, apiserver: ApiServer, network: Network) -> None:
        self.apiserver = apiserver
        self.network = network
        links, etcd = apiserver.links, apiserver.etcd.flags
        self.way = links.latency
        self.read = links.request_cost + etcd.read_latency
        self.back = links.request_cost + etcd.write_latency + self.way

    @abstractmethod
    def join(self, kubelet: Kubelet, take: Take, land: Land) -> None:
        """Have a kubelet call `take` with the answer to every heartbeat, and `land` before anything changes
        that its heartbeats depend on."""

    @abstractmethod
    def node_of(self, obj: Any) -> str | None:
        """The node whose heartbeats an object of the resource is for."""

    @abstractmethod
    def stored_of(self, node: str) -> Any:
        """What is stored of a node now."""

    @abstractmethod
    def repeats(self, kubelet: Kubelet, obj: Any, due: Micros) -> bool:
        """The next heartbeat, which begins at `due`, and all after it will say what this one did, at once."""

    @abstractmethod
    def store(self, kubelet: Kubelet) -> None:
        """Store a heartbeat, as its last message would."""

    @abstractmethod
    def resume(self, kubelet: Kubelet, begun: Micros, obj: Any) -> None:
        """Go on with one that began then and is not stored yet, while that object was stored."""

    @abstractmethod
    def settle(self, kubelet: Kubelet, begun: Micros) -> None:
        """The last one that was stored began then: what its requests took of the rate limit.

        What those before it took has been given back since (`_is_prompt`)."""

    def _is_prompt(self, kubelet: Kubelet, requests: int, due: Micros) -> bool:
        """Neither the rate limit nor the time-out of the kubelet's client will ever matter."""
        client, period = kubelet.heartbeats, kubelet.loops["heartbeat"].period
        slowest = self.way + max(self.read + self.way, self.back)
        return (client.timeout is None or client.timeout > slowest) and client.rests(due, requests, period)

    def _metadata(self, metadata: ObjectMeta) -> ObjectMeta:
        """With the version that the next change will have."""
        version = str(self.apiserver.etcd.next_revision)
        return msgspec.structs.replace(metadata, resource_version=version)

    def _answered(self, kubelet: Kubelet, *methods: str) -> None:
        """Requests were answered: what that leaves behind in the API server and the network."""
        for method in methods:
            self.apiserver.counted(method, self.resource, 200)
        self.network.exchanged(kubelet, self.apiserver, len(methods))


class StatusReport(Heartbeat):
    """PATCH of the Node's status, after a GET of the Node."""

    resource = "nodes"
    answered_by = (NodeStatusManager.name, NodeStatusManager.patched.__name__)

    def __init__(self, apiserver: ApiServer, network: Network) -> None:
        super().__init__(apiserver, network)
        self.told = self.way + self.read + self.way
        self.ahead = self.told + self.way

    def join(self, kubelet: Kubelet, take: Take, land: Land) -> None:
        kubelet.node_status.answered.append(take)
        kubelet.node_status.before_change.append(land)
        kubelet.heartbeats.before_sending.append(land)

    def node_of(self, obj: Node) -> str | None:
        return obj.metadata.name

    def stored_of(self, node: str) -> Node | None:
        found: Node | None = self.apiserver.etcd.get(self.resource, node)
        return found

    def repeats(self, kubelet: Kubelet, obj: Node, due: Micros) -> bool:
        return (
            kubelet.flags.node_status_update_frequency >= SECOND
            and self._is_prompt(kubelet, 2, due)
            and kubelet.node_status.repeats(obj)
        )

    def store(self, kubelet: Kubelet) -> None:
        memory: NodeStatusMemory = kubelet.node_status.state
        now = kubelet.engine.state.now
        node: Node = self.apiserver.etcd.store.objects[self.resource][kubelet.node_name]
        memory.node = node
        status = beaten(node.status, rfc3339(now - self.way + kubelet.host.state.clock_skew))
        self._answered(kubelet, "GET", "PATCH")
        later = replace(node, metadata=self._metadata(node.metadata), status=status)
        self.apiserver.renewed(self.resource, kubelet.node_name, later)

    def settle(self, kubelet: Kubelet, begun: Micros) -> None:
        kubelet.heartbeats.take_token(begun)
        kubelet.heartbeats.take_token(begun + self.told)

    def resume(self, kubelet: Kubelet, begun: Micros, obj: Node) -> None:
        report, client, now = kubelet.node_status, kubelet.heartbeats, kubelet.now
        memory: NodeStatusMemory = report.state
        memory.attempt = 0
        if now < begun + self.way:
            client.sent(begun, Request("get", "nodes", "", kubelet.node_name), report.then(report.got))
            return
        client.take_token(begun)
        self._answered(kubelet, "GET")
        told = begun + self.told
        if now < told:
            call = (
                Reply(200, obj, resource_version=self.apiserver.etcd.store.revision),
                report.name,
                "got",
                (),
            )
            kubelet.engine.post(told, kubelet.address, kubelet.incarnation(), ANSWERED, call)
            return
        memory.node = obj
        status = beaten(obj.status, rfc3339(told + kubelet.host.state.clock_skew))
        patch = Request("patch-status", "nodes", "", kubelet.node_name, status)
        client.sent(told, patch, report.then(report.patched))


class LeaseRenewal(Heartbeat):
    """PUT of the node's Lease with the time at which it began."""

    resource = "leases"
    answered_by = (NodeLease.name, NodeLease.renewed.__name__)

    def __init__(self, apiserver: ApiServer, network: Network) -> None:
        super().__init__(apiserver, network)
        self.ahead = self.way

    def join(self, kubelet: Kubelet, take: Take, land: Land) -> None:
        _part(kubelet).answered.append(take)
        kubelet.heartbeats.before_sending.append(land)

    def node_of(self, obj: Lease) -> str | None:
        return obj.metadata.name if obj.metadata.namespace == NAMESPACE else None

    def stored_of(self, node: str) -> Lease | None:
        found: Lease | None = self.apiserver.etcd.get(self.resource, f"{NAMESPACE}/{node}")
        return found

    def repeats(self, kubelet: Kubelet, obj: Lease, due: Micros) -> bool:
        return self._is_prompt(kubelet, 1, due)

    def store(self, kubelet: Kubelet) -> None:
        memory: NodeLeaseMemory = _part(kubelet).state
        key = f"{NAMESPACE}/{kubelet.node_name}"
        lease: Lease = self.apiserver.etcd.store.objects[self.resource][key]
        self._answered(kubelet, "PUT")
        metadata, spec = self._metadata(lease.metadata), _renewed(lease.spec, kubelet.now - self.ahead)
        memory.lease = replace(lease, metadata=metadata, spec=spec)
        self.apiserver.renewed(self.resource, key, memory.lease)

    def settle(self, kubelet: Kubelet, begun: Micros) -> None:
        kubelet.heartbeats.take_token(begun)

    def resume(self, kubelet: Kubelet, begun: Micros, obj: Lease) -> None:
        part = _part(kubelet)
        part.state.attempt = 0
        lease = replace(obj, spec=_renewed(obj.spec, begun))
        request = Request("update", self.resource, NAMESPACE, kubelet.node_name, lease)
        kubelet.heartbeats.sent(begun, request, part.then(part.renewed))


def _renewed(spec: LeaseSpec, at: Micros) -> LeaseSpec:
    """Of a Lease whose holder lived then."""
    return msgspec.structs.replace(spec, renew_time=rfc3339_micro(at))


def _part(kubelet: Kubelet) -> NodeLease:
    found: NodeLease = kubelet.parts[NodeLease.name]
    return found
