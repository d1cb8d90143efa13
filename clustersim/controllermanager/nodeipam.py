"""The node IPAM controller: with --allocate-node-cidrs every Node gets a range of addresses for its pods.

Ranges are given in order of their addresses, going round; that of a Node which is removed is free again.
Source: v1.36 pkg/controller/nodeipam/{node_ipam_controller,ipam/range_allocator,ipam/cidrset/cidr_set}.go; in
v1.7.5 and v1.8.0 the node controller does it (pkg/controller/node/ipam).
"""

from ipaddress import IPv4Network
from typing import ClassVar

import msgspec

from clustersim.api.core_v1 import Node
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.state import State


class IpamState(State):
    """used: number of the range -> its node; given: node -> the numbers it has; candidate: the number that is
    tried first."""

    used: dict[int, str] = msgspec.field(default_factory=dict)
    given: dict[str, list[int]] = msgspec.field(default_factory=dict)
    candidate: int = 0

    def take(self, number: int, node: str) -> None:
        """The range belongs to the node, whosever it was."""
        if self.used.get(number) != node:
            self.free(number)
            self.used[number] = node
            self.given.setdefault(node, []).append(number)

    def free(self, number: int) -> None:
        """The range belongs to nobody."""
        if (node := self.used.pop(number, None)) is not None:
            self.given[node].remove(number)
            if not self.given[node]:
                del self.given[node]

    def leave(self, node: str) -> None:
        """All that the node has is free."""
        for number in list(self.given.get(node, ())):
            self.free(number)


class NodeIpamController(Controller):
    """Gives ranges to nodes that have none."""

    waits_for: ClassVar[tuple[str, ...]] = ("nodes",)
    title: ClassVar[str] = "ipam"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "node-ipam-controller", "cidrAllocator")
        self.cluster = IPv4Network(self.flags.cluster_cidr)
        self.nodes = self.shared.get("nodes", self.node_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=30)

    @property
    def state(self) -> IpamState:
        """Its memory."""
        return self.memory(IpamState)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A Node that has a range occupies it, one without gets one, one that is gone leaves it."""
        if new is not None and new.spec.pod_cidr:
            if old is None or old.spec is not new.spec:
                self._occupy(new)
        elif new is not None:
            self.queue.add(new.metadata.name)
        elif old is not None:
            self.state.leave(old.metadata.name)

    def _occupy(self, node: Node) -> None:
        network = IPv4Network(node.spec.pod_cidr, strict=False)
        if network.subnet_of(self.cluster):
            first = int(network.network_address) - int(self.cluster.network_address)
            self.state.take(first >> (32 - self.flags.node_cidr_mask_size), node.metadata.name)

    def sync(self, name: str) -> None:
        """Give one node the next free range, or tell that there is none."""
        node: Node | None = self.nodes.get("", name)
        if node is None or node.spec.pod_cidr:
            self.queue.done(name)
            return
        number = self._next(name)
        if number is None:
            self.tell(node, "Normal", "CIDRNotAvailable", f"Node {name} status is now: CIDRNotAvailable")
            self.queue.retry(name)
            return
        cidr = str(self.range(number))
        spec: dict[str, object] = {"podCIDR": cidr}
        if self.traits.ranges_are_a_list:
            spec["podCIDRs"] = [cidr]
        self.api.patch("nodes", "", name, {"spec": spec}, self.then(self.patched, name, number))

    def _next(self, name: str) -> int | None:
        state = self.state
        if mine := state.given.get(name):
            return mine[0]
        count = 1 << (self.flags.node_cidr_mask_size - self.cluster.prefixlen)
        for step in range(count):
            number = (state.candidate + step) % count
            if number not in state.used:
                state.take(number, name)
                state.candidate = (number + 1) % count
                return number
        return None

    def range(self, number: int) -> IPv4Network:
        """The range of that number."""
        size = self.flags.node_cidr_mask_size
        return IPv4Network((int(self.cluster.network_address) + (number << (32 - size)), size))

    def patched(self, reply: Reply, name: str, number: int) -> None:
        """The Node has its range, or is tried again; one that is gone needs none."""
        if reply.ok:
            self.queue.done(name)
        elif reply.status == 404:
            self.state.free(number)
            self.queue.done(name)
        else:
            self.queue.retry(name)
