"""The NoExecute taints of lost nodes: the loop over their queues taints the next node of each zone, as far as
its limiter allows.

The time that pods tolerate the taint counts from when the taint-eviction controller sees it. Source: v1.36.2
pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoExecuteTaintingPass, markNodeAsReachable.
"""

from clustersim.api.core_v1 import Node, Taint
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.evictor import Queued
from clustersim.controllermanager.node.health import READY, condition_of
from clustersim.controllermanager.node.zoneloop import ZoneLoop
from clustersim.controllermanager.nodelifecycle import rules, taint_keys
from clustersim.controllermanager.nodelifecycle.health import zone_key
from clustersim.controllermanager.nodelifecycle.taint_writer import TaintChange, TaintWriter, has_taint
from clustersim.controllermanager.part import Part

LOST_TAINTS = tuple(Taint(key=key, effect=taint_keys.NO_EXECUTE) for key in taint_keys.LOST.values())


def no_execute(key: str) -> Taint:
    """The taint that drives pods away."""
    return Taint(key=key, effect=taint_keys.NO_EXECUTE)


def is_driving_away(node: Node) -> bool:
    """Whether the node has one of the NoExecute taints of lost nodes."""
    return bool(node.spec.taints) and any(has_taint(node, taint.key, taint.effect) for taint in LOST_TAINTS)


class ReachableNodes(Part):
    """Takes the NoExecute taints of lost nodes off, and swaps one for the other; neither is rate limited."""

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller.process, "node-reachable")
        self.writer = TaintWriter(controller, "reachable-taint-writer", self.written)

    def clear(self, node: Node, cause: int) -> None:
        """Take off what there is."""
        self.writer.change(node, (), LOST_TAINTS, cause)

    def swap(self, node: Node, wanted: str, cause: int) -> None:
        """Exchange one taint for the other."""
        others = tuple(taint for taint in LOST_TAINTS if taint.key != wanted)
        self.writer.change(node, (no_execute(wanted),), others, cause)

    def written(self, change: TaintChange, ok: bool) -> None:
        """A failure is mended by the next pass."""


class NoExecuteTainting(ZoneLoop):
    """The loop over the queues."""

    rule = rules.LIMITER
    verb = "taint-node"

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller, "node-tainting")
        self.reachable = ReachableNodes(controller)
        self.writer = TaintWriter(controller, "no-execute-taint-writer", self.written)

    def deal_with(self, zone: str, head: Queued, cause: int) -> None:
        """Taint the node by its present Ready condition; one that is ready or gone is left alone."""
        node: Node | None = self.controller.nodes.get("", head.node)
        ready = condition_of(node, READY) if node is not None else None
        wanted = taint_keys.LOST.get(ready.status) if ready is not None else None
        if node is None or wanted is None:
            self.processed(zone, head.node)
            return
        others = tuple(taint for taint in LOST_TAINTS if taint.key != wanted)
        self.writer.change(node, (no_execute(wanted),), others, cause, zone)

    def written(self, change: TaintChange, ok: bool) -> None:
        """The node is tainted, or its turn comes again."""
        if ok:
            self.processed(change.key, change.node)
        else:
            self.failed(change.key, change.node)

    def spare_all(self) -> None:
        """Every node loses its taint, and its place in the queue."""
        cause = self.engine.cause
        for name, node in self.controller.nodes.state.cache.items():
            if is_driving_away(node):
                self.reachable.clear(node, cause)
            if (evictor := self.state.evictors.get(zone_key(node))) is not None:
                evictor.remove(name)
        self.engine.cause = cause
