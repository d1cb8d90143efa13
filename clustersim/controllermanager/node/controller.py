"""The node controller of v1.7 and v1.8: it marks lost nodes and deletes their pods itself."""

from collections.abc import Iterable
from typing import ClassVar

from clustersim.client.flowcontrol import full_bucket
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.deadlines import NodeDeadlines, eviction_deadlines
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.eviction import Eviction
from clustersim.controllermanager.node.eviction_monitor import EvictionMonitor
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.taints import TaintManager
from clustersim.controllermanager.nodelifecycle.alpha_conditions import condition_taints
from clustersim.controllermanager.part import ControlLoop


class NodeController(NodeControllerBase):
    """Monitors nodes (`monitor`) and deletes the pods of those that are lost (`eviction`) or tainted
    (`taints`)."""

    title: ClassVar[str] = "node"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "node-controller", "controllermanager")
        self.eviction = Eviction(self)
        self.monitor = EvictionMonitor(
            self, self.eviction, Zones(self, self.eviction, rules.ZONES, full_bucket)
        )
        self.taints = TaintManager(self) if self.flags.enable_taint_manager else None
        self.conditions = condition_taints(self)

    def start(self) -> None:
        """Everything begins at once."""
        self.monitor.loop.start(self.context.until_first_pass(self.monitor.name))
        self.eviction.loop.start()
        for part in (self.taints, self.conditions):
            if part is not None:
                part.queue.open()

    def deadlines(self, names: Iterable[str] | None = None) -> dict[str, NodeDeadlines]:
        state = self.peek(NodeControllerState)
        healths, loop = self.monitor.healths(state, names), self.process.state.loops.get(self.monitor.name)
        return eviction_deadlines(state, healths, loop, self.flags, self.now)

    def control_loops(self) -> tuple[ControlLoop, ...]:
        """The monitor and the nodes it still has to look at, the eviction and the nodes that wait for it, the
        taint manager and the changes it still has to look at."""
        state = self.peek(NodeControllerState)
        waiting = sum(len(evictor.queue) for evictor in state.evictors.values())
        loops = (
            ControlLoop(self.monitor.name, state.last_active, len(state.todo)),
            ControlLoop(self.eviction.name, state.last_eviction, waiting),
        )
        parts = (part for part in (self.taints, self.conditions) if part is not None)
        return (*loops, *(self.loop_of(part.queue) for part in parts))
