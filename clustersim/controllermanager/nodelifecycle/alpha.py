"""Lost nodes are tainted also in v1.7 and v1.8, where the feature gate TaintBasedEvictions is on.

The node controller deletes no pods then: the pass after the one that marks a node queues it for a NoExecute
taint with a key of these releases, and the taint manager does the rest, at once or when the time is over that
a pod tolerates the taint. Source: v1.7.5 pkg/controller/node/nodecontroller.go monitorNodeStatus,
doTaintingPass, markNodeAsHealthy; v1.8.0 node_controller.go (doNoExecuteTaintingPass, markNodeAsReachable).
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from clustersim.api.core_v1 import Node
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT
from clustersim.api.topology import old_zone_key
from clustersim.client.flowcontrol import full_bucket
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.deadlines import NodeDeadlines, Stir
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.eviction_monitor import EvictionMonitor
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.taints import TaintManager
from clustersim.controllermanager.nodelifecycle import rules as rules_of_today
from clustersim.controllermanager.nodelifecycle.alpha_conditions import condition_taints
from clustersim.controllermanager.nodelifecycle.deadlines import TaintingRelease, taint_deadlines
from clustersim.controllermanager.nodelifecycle.taint_keys import NO_EXECUTE
from clustersim.controllermanager.nodelifecycle.taint_writer import has_taint
from clustersim.controllermanager.nodelifecycle.tainting import Lost, NoExecuteTainting, is_driving_away
from clustersim.controllermanager.part import ControlLoop
from clustersim.engine.rules import Rule
from clustersim.flags.controllermanager import ControllerManagerFlags

GATE: Final = "TaintBasedEvictions=true"
LOST: Final = {"False": NOT_READY_TAINT, "Unknown": UNREACHABLE_TAINT}

_SOURCE: Final = "v1.7.5 pkg/controller/node/nodecontroller.go, v1.8.0 pkg/controller/node/node_controller.go"
_GATE_FLAG: Final = "controller-manager.feature-gates"


def _rule(name: str, where: str, of_today: Rule, *flags: str) -> Rule:
    """What these releases do as today's does."""
    return Rule(
        f"node-controller.{name}",
        rules.COMPONENT,
        f"{_SOURCE} {where}",
        of_today.text,
        flags=(_GATE_FLAG, *flags),
    )


NOT_READY: Final = _rule("taint-due", "monitorNodeStatus", rules_of_today.NOT_READY)
SWAPPED: Final = _rule("taint-swapped", "monitorNodeStatus", rules_of_today.SWAPPED)
REACHABLE: Final = _rule("reachable-again", "markNodeAsHealthy", rules_of_today.REACHABLE)
LIMITER: Final = _rule("taint-rate", "doTaintingPass", rules_of_today.LIMITER, *rules.LIMITER.flags)
RULES: Final = (NOT_READY, SWAPPED, REACHABLE, LIMITER)

RELEASE: Final = TaintingRelease(LOST, rules.GRACE, LIMITER, rules.TOLERATION_OVER, waits_a_pass=True)


def is_on(flags: ControllerManagerFlags) -> bool:
    """The gate is open, and there is somebody who deletes pods for their nodes' taints."""
    return GATE in flags.feature_gates and flags.enable_taint_manager


class AlphaTainting(NoExecuteTainting):
    """The loop over the queues, with the taints of these releases."""

    rule = LIMITER
    lost: ClassVar[Lost] = LOST

    def zone_of(self, node: Node) -> str:
        return old_zone_key(node)


class AlphaTaintMonitor(EvictionMonitor):
    """The monitor that has nodes tainted; what it decides by is the status that the pass found."""

    def __init__(self, controller: NodeControllerBase, tainting: AlphaTainting, zones: Zones) -> None:
        super().__init__(controller, tainting, zones)
        self.tainting = tainting

    def is_marked(self, node: Node) -> bool:
        return is_driving_away(node, LOST)

    def welcome(self, node: Node) -> None:
        self._clear(node)

    def decide_on(self, node: Node, observed: str, current: str) -> None:
        if observed == "True":
            self._clear(node)
            return
        name, wanted = node.metadata.name, LOST.get(observed, UNREACHABLE_TAINT)
        opposite = next(key for key in LOST.values() if key != wanted)
        self.engine.cause = self.state.flipped.get(name, 0) or self.state.heard.get(name, 0)
        if has_taint(node, opposite, NO_EXECUTE):
            cause = self.decide("swap-taint", f"nodes/{name}", SWAPPED.holds(node=name, taint=wanted))
            self.tainting.reachable.swap(node, wanted, cause)
        else:
            self._queue(node, observed, wanted)

    def _queue(self, node: Node, status: str, wanted: str) -> None:
        name, state = node.metadata.name, self.state
        evictor = state.evictors.get(state.health[name].zone)
        if evictor is None or name in evictor.seen:
            return
        verdict = NOT_READY.holds(node=name, status=status, taint=wanted)
        evictor.add(name, node.metadata.uid, self.now, self.decide("queue-taint", f"nodes/{name}", verdict))
        state.last_active = self.now
        what = "NotReady" if status == "False" else "unresponsive"
        self.controller.write(f"Node {name} is {what}. Adding it to the Taint queue.")
        self.tainting.arm()

    def _clear(self, node: Node) -> None:
        name = node.metadata.name
        if is_driving_away(node, LOST):
            self.engine.cause = self.state.heard.get(name, 0)
            cause = self.decide("clear-taints", f"nodes/{name}", REACHABLE.holds(node=name))
            self.tainting.reachable.clear(node, cause)
            self.engine.cause = 0
        self.release(name, old_zone_key(node))

    def release(self, name: str, zone: str) -> None:
        evictor = self.state.evictors.get(zone)
        if evictor is not None and evictor.remove(name):
            self.state.last_active = self.now
            self.state.flipped.pop(name, None)
            self.controller.write(f"Node {name} is healthy again, removing all taints")


class AlphaNodeController(NodeControllerBase):
    """Monitors nodes (`monitor`), taints those that are lost (`tainting`) and deletes pods for the taints of
    their nodes (`taints`)."""

    title: ClassVar[str] = "node"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "node-controller", "controllermanager")
        self.tainting = AlphaTainting(self)
        zones = Zones(self, self.tainting, rules.ZONES, full_bucket)
        self.monitor = AlphaTaintMonitor(self, self.tainting, zones)
        self.taints = TaintManager(self)
        self.conditions = condition_taints(self)

    def start(self) -> None:
        """Everything begins at once."""
        self.monitor.loop.start(self.context.until_first_pass(self.monitor.name))
        self.tainting.loop.start()
        self.taints.queue.open()
        if self.conditions is not None:
            self.conditions.queue.open()

    def stir(self) -> Stir:
        timers = self.peek(NodeControllerState).taints.timers
        return super().stir().with_timers(timers, self.process.state.parts.get(self.taints.queue.name))

    def deadlines(self, names: Iterable[str] | None = None) -> dict[str, NodeDeadlines]:
        state = self.peek(NodeControllerState)
        healths, loop = self.monitor.healths(state, names), self.process.state.loops.get(self.monitor.name)
        timers = state.taints.timers
        return taint_deadlines(state, healths, timers, self.pods.on_node, loop, self.flags, self.now, RELEASE)

    def control_loops(self) -> tuple[ControlLoop, ...]:
        """The monitor, the tainting and the nodes that wait for it, the taint manager."""
        state = self.peek(NodeControllerState)
        waiting = sum(len(evictor.queue) for evictor in state.evictors.values())
        loops = (
            ControlLoop(self.monitor.name, state.last_active, len(state.todo)),
            ControlLoop(self.tainting.name, state.last_eviction, waiting),
            self.loop_of(self.taints.queue),
        )
        return loops if self.conditions is None else (*loops, self.loop_of(self.conditions.queue))
