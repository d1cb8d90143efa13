"""The loop over the queues of lost nodes: every 100 ms, deal with the next node of each zone, as far as its
limiter allows.

A pass with empty queues or without a token finds nothing, so the loop sleeps until there is both. What is
done with a node is the release's: v1.7 and v1.8 delete its pods, today's taints it.
Source: v1.7.5 pkg/controller/node/nodecontroller.go doEvictionPass, v1.8.0 node_controller.go; v1.36.2
pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoExecuteTaintingPass.
"""

from abc import ABC, abstractmethod

from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.evictor import Queued, token_verdict
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.part import Part
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Rule


class ZoneLoop(Part, ABC):
    """One such loop. `rule`: what a node waits for; `verb`: what the decision to deal with it is called."""

    rule: Rule
    verb: str

    def __init__(self, controller: NodeControllerBase, name: str) -> None:
        super().__init__(controller.process, name)
        self.controller = controller
        self.loop = Loop(
            controller.process, self.name, self.run, controller.flags.node_eviction_period, waits=True
        )

    @property
    def state(self) -> NodeControllerState:
        """The node controller's memory."""
        return self.controller.state

    def arm(self) -> None:
        """Something was queued, or a limiter replaced: wake the loop for the first pass that can do
        anything."""
        dues = [
            due
            for evictor in self.state.evictors.values()
            if evictor.queue and evictor.limiter is not None
            if (due := evictor.limiter.next_token(self.now)) is not None
        ]
        if not dues:
            return
        if (due := min(dues)) <= self.now:
            self.loop.wake()
        else:
            self.post(due - self.now - 1, self.wake)

    def wake(self) -> None:
        """A token is about to be there."""
        self.loop.wake()

    def run(self) -> None:
        """A pass begins."""
        self.engine.cause = 0
        self.state.evicting = list(self.state.evictors)
        self.next_node()

    def next_node(self) -> None:
        """The next node of the first zone that has one and a token for it; if there is none, the pass is
        over."""
        state, now = self.state, self.now
        while state.evicting:
            zone = state.evicting[0]
            evictor = state.evictors.get(zone)
            head = evictor.head if evictor is not None else None
            if evictor is None or head is None:
                state.evicting.pop(0)
                continue
            verdict = token_verdict(self.rule, evictor, head, now)
            if not evictor.take(now):
                state.evicting.pop(0)
                continue
            self.engine.cause = head.cause
            cause = self.decide(self.verb, f"nodes/{head.node}", verdict)
            state.last_eviction = now
            self.deal_with(zone, head, cause)
            return
        self.engine.cause = 0
        self.loop.done()
        self.arm()

    @abstractmethod
    def deal_with(self, zone: str, head: Queued, cause: int) -> None:
        """It is this node's turn; ends in `processed` or `failed`."""

    @abstractmethod
    def spare_all(self) -> None:
        """No node of the cluster is ready: whatever was to be done to the lost ones is called off."""

    def processed(self, zone: str, node: str) -> None:
        """The node has been dealt with; on with the next."""
        self.state.evictors[zone].processed(node)
        self.next_node()

    def failed(self, zone: str, node: str) -> None:
        """The node's turn failed: it goes to the end of the queue."""
        self.state.evictors[zone].failed(node, self.now)
        self.next_node()
