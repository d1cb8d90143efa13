"""Heartbeats: a status of the Node in v1.7 and v1.8, a renewal of the node's Lease today."""

from abc import abstractmethod
from functools import partial
from typing import Any

import msgspec

from clustersim.api.coordination import Lease
from clustersim.api.core_v1 import Node
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.server import ApiServer
from clustersim.engine.actor import Then
from clustersim.engine.loop import Loop
from clustersim.engine.time import SECOND, Micros
from clustersim.express.exchange import Exchange, Journey, Land, ReadFirst, Take
from clustersim.kubelet.conditions import beaten
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubelet.node_lease import NAMESPACE, NodeLease, NodeLeaseMemory
from clustersim.network import Network


def heartbeat_of(kubelet: Kubelet, apiserver: ApiServer, network: Network) -> Exchange:
    """The heartbeat of a kubelet."""
    if (leases := kubelet.parts.get(NodeLease.name)) is not None:
        return LeaseRenewal(kubelet, leases, apiserver, network)
    return StatusReport(kubelet, apiserver, network)


class Heartbeat(Exchange):
    """A pass of the loop of that name, which knows of those that were carried once they are over."""

    loop: Loop

    def next_after(self, answered: Micros) -> Micros:
        return answered + self.loop.pause()

    def settle(self, journey: Journey) -> None:
        self.loop.state.anchor = journey.answered
        super().settle(journey)

    def taken(self, take: Take, reply: Reply) -> None:
        """One was answered, and the next pass is armed: it does not run if it is carried."""
        state = self.loop.state
        if state.due is not None and not state.running and take(reply.body, state.due):
            state.token += 1

    def await_begin(self, begins: Micros) -> None:
        self.loop.arm(begins)

    def await_answer(self, begun: Micros, answered: Micros, obj: Any) -> None:
        self.loop.take_back_pause()
        self.loop.under_way(begun)
        self.answer(answered, obj, self.once_written())

    def begin(self, begun: Micros) -> None:
        """A pass has begun, because its time had come."""
        self.process.engine.cause = 0
        self.loop.under_way(begun)

    @abstractmethod
    def once_written(self) -> Then:
        """How the kubelet goes on with the answer to what it wrote."""


class StatusReport(Heartbeat, ReadFirst):
    """PATCH of the Node's status, after a GET of the Node."""

    methods = ("GET", "PATCH")

    def __init__(self, kubelet: Kubelet, apiserver: ApiServer, network: Network) -> None:
        super().__init__(kubelet.heartbeats, "nodes", kubelet.node_name, apiserver, network)
        self.kubelet = kubelet
        self.report = kubelet.node_status
        self.loop = kubelet.loops["heartbeat"]

    def join(self, take: Take, land: Land) -> None:
        self.report.answered.append(partial(self.taken, take))
        self.report.before_change.append(land)
        self.kubelet.host.before_clock_change.append(land)
        self.client.before_sending.append(land)

    def repeats(self, obj: Node, begins: Micros) -> bool:
        period = self.loop.period
        return period >= SECOND and self.is_prompt(2, begins, period) and self.report.repeats(obj)

    def clock_skew(self) -> Micros:
        return self.kubelet.host.state.clock_skew

    def store(self, journey: Journey) -> None:
        node: Node = self.apiserver.etcd.store.objects["nodes"][self.key]
        self.count(self.counters)
        at = rfc3339(journey.began + self.told + journey.clock_skew)
        if node.status.conditions[-1].last_heartbeat_time == at:
            return  # a clock that was set back tells the same time again: nothing changes
        metadata, status = self.next_version(node.metadata), beaten(node.status, at)
        later = msgspec.structs.replace(node, metadata=metadata, status=status)
        self.apiserver.renewed("nodes", self.key, later)

    def once_written(self) -> Then:
        return self.report.then(self.report.patched)

    def resume(self, begun: Micros, obj: Node) -> None:
        self.begin(begun)
        super().resume(begun, obj)

    def reads(self) -> Then:
        self.report.state.attempt = 0
        return self.report.then(self.report.got)

    def write(self, told: Micros, obj: Node) -> None:
        self.report.state.node = obj
        status = beaten(obj.status, rfc3339(told + self.kubelet.host.state.clock_skew))
        request = Request("patch-status", "nodes", "", self.key, status, before=obj.status)
        self.client.sent(told, request, self.once_written())


class LeaseRenewal(Heartbeat):
    """PUT of the node's Lease with the time at which it began."""

    methods = ("PUT",)

    def __init__(self, kubelet: Kubelet, part: NodeLease, apiserver: ApiServer, network: Network) -> None:
        key = f"{NAMESPACE}/{kubelet.node_name}"
        super().__init__(kubelet.heartbeats, "leases", key, apiserver, network)
        self.part = part
        self.loop = kubelet.loops["heartbeat"]

    def join(self, take: Take, land: Land) -> None:
        self.part.answered.append(partial(self.taken, take))
        self.part.kubelet.host.before_clock_change.append(land)
        self.client.before_sending.append(land)

    def repeats(self, obj: Lease, begins: Micros) -> bool:
        return self.is_prompt(1, begins, self.loop.period)

    def store(self, journey: Journey) -> None:
        memory: NodeLeaseMemory = self.part.state
        lease: Lease = self.apiserver.etcd.store.objects["leases"][self.key]
        self.count(self.counters)
        memory.lease = self._renewed(lease, journey.began, metadata=self.next_version(lease.metadata))
        self.apiserver.renewed("leases", self.key, memory.lease)

    def _renewed(self, lease: Lease, at: Micros, **changes: Any) -> Lease:
        return msgspec.structs.replace(lease, spec=self.part.fresh(lease.spec, at), **changes)

    def once_written(self) -> Then:
        return self.part.then(self.part.renewed)

    def resume(self, begun: Micros, obj: Lease) -> None:
        self.begin(begun)
        self.part.state.attempt = 0
        name = self.key.rpartition("/")[2]
        update = Request("update", "leases", NAMESPACE, name, self._renewed(obj, begun))
        self.client.sent(begun, update, self.once_written())
