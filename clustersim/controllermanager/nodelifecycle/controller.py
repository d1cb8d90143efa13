"""The node lifecycle controller: a loop that watches nodes, one that taints the lost, taints by condition."""

from collections.abc import Iterable
from typing import ClassVar

from clustersim.client.flowcontrol import full_rate_limiter
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.deadlines import NodeDeadlines, Stir
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.nodelifecycle import rules
from clustersim.controllermanager.nodelifecycle.condition_taints import ConditionTaints
from clustersim.controllermanager.nodelifecycle.deadlines import taint_deadlines
from clustersim.controllermanager.nodelifecycle.marking import NewPods
from clustersim.controllermanager.nodelifecycle.monitor import TaintMonitor
from clustersim.controllermanager.nodelifecycle.node_labels import NodeLabels
from clustersim.controllermanager.nodelifecycle.state import LifecycleState
from clustersim.controllermanager.nodelifecycle.tainting import NoExecuteTainting
from clustersim.controllermanager.part import ControlLoop


class NodeLifecycleController(NodeControllerBase):
    """Monitors nodes (`monitor`), taints them by their conditions (`conditions`) and, when they are lost,
    with NoExecute (`tainting`); keeps their old labels (`labels`)."""

    waits_for: ClassVar[tuple[str, ...]] = ("nodes", "pods", "leases", "daemonsets")
    title: ClassVar[str] = "taint"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "node-lifecycle-controller", "node-controller")
        self.shared.get("daemonsets")
        self.tainting = NoExecuteTainting(self)
        zones = Zones(self, self.tainting, rules.ZONES, full_rate_limiter)
        self.monitor = TaintMonitor(self, self.tainting, zones)
        self.conditions = ConditionTaints(self)
        self.labels = NodeLabels(self)
        self.new_pods = NewPods(self)

    @property
    def state(self) -> LifecycleState:
        """Its memory."""
        return self.memory(LifecycleState)

    def start(self) -> None:
        """Everything begins at once."""
        self.monitor.loop.start(self.context.until_first_pass(self.monitor.name))
        self.tainting.loop.start()
        self.conditions.queue.open()
        self.labels.queue.open()
        self.new_pods.queue.open()

    def stir(self) -> Stir:
        parts = self.process.state.parts
        evictions = parts.get("controller/taint-eviction-controller")
        timers = evictions.timers if evictions is not None else {}
        return super().stir().with_timers(timers, parts.get("queue/taint-eviction"))

    def deadlines(self, names: Iterable[str] | None = None) -> dict[str, NodeDeadlines]:
        loop = self.process.state.loops.get(self.monitor.name)
        evictions = self.process.state.parts.get("controller/taint-eviction-controller")
        timers = evictions.timers if evictions is not None else {}
        state = self.peek(LifecycleState)
        healths = self.monitor.healths(state, names)
        return taint_deadlines(state, healths, timers, self.pods.on_node, loop, self.flags, self.now)

    def control_loops(self) -> tuple[ControlLoop, ...]:
        """The monitor and the nodes it still has to look at, the tainting and the nodes that wait for it, and
        the nodes whose taints do not yet follow their conditions."""
        state = self.peek(LifecycleState)
        waiting = sum(len(evictor.queue) for evictor in state.evictors.values())
        return (
            ControlLoop(self.monitor.name, state.last_active, len(state.todo) + state.working),
            ControlLoop(self.tainting.name, state.last_eviction, waiting),
            self.loop_of(self.conditions.queue),
        )
