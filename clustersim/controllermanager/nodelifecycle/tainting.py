"""The NoExecute taints of lost nodes: the loop over their queues taints the next node of each zone, as far as
its limiter allows.

The time that pods tolerate the taint counts from when the taint-eviction controller sees it. Source: v1.36.2
pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoExecuteTaintingPass, markNodeAsReachable.
"""

from collections.abc import Mapping
from typing import ClassVar

from clustersim.api.core_v1 import Node, Taint
from clustersim.api.topology import zone_key
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.evictor import Queued
from clustersim.controllermanager.node.health import READY, node_condition
from clustersim.controllermanager.node.zoneloop import ZoneLoop
from clustersim.controllermanager.nodelifecycle import rules, taint_keys
from clustersim.controllermanager.nodelifecycle.taint_writer import TaintChange, TaintWriter, has_taint
from clustersim.controllermanager.part import Part

Lost = Mapping[str, str]
"""Keys of taints, by the status of the Ready condition that they stand for."""


def no_execute(key: str) -> Taint:
    """The taint that drives pods away."""
    return Taint(key=key, effect=taint_keys.NO_EXECUTE)


def without(lost: Lost, wanted: str = "") -> tuple[Taint, ...]:
    """The taints of lost nodes but one."""
    return tuple(no_execute(key) for key in lost.values() if key != wanted)


def is_driving_away(node: Node, lost: Lost = taint_keys.LOST) -> bool:
    """Whether the node has one of the NoExecute taints of lost nodes."""
    return bool(node.spec.taints) and any(
        has_taint(node, key, taint_keys.NO_EXECUTE) for key in lost.values()
    )


class ReachableNodes(Part):
    """Takes the NoExecute taints of lost nodes off, and swaps one for the other; neither is rate limited."""

    def __init__(self, controller: NodeControllerBase, lost: Lost = taint_keys.LOST) -> None:
        super().__init__(controller.process, "node-reachable")
        self.lost = lost
        self.writer = TaintWriter(controller, "reachable-taint-writer", self.written)

    def clear(self, node: Node, cause: int) -> None:
        """Take off what there is."""
        self.writer.change(node, (), without(self.lost), cause)

    def swap(self, node: Node, wanted: str, cause: int) -> None:
        """Exchange one taint for the other."""
        self.writer.change(node, (no_execute(wanted),), without(self.lost, wanted), cause)

    def written(self, change: TaintChange, ok: bool) -> None:
        """A failure is mended by the next pass."""


class NoExecuteTainting(ZoneLoop):
    """The loop over the queues. `lost`: the taints of the release."""

    rule = rules.LIMITER
    verb = "taint-node"
    lost: ClassVar[Lost] = taint_keys.LOST

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller, "node-tainting")
        self.reachable = ReachableNodes(controller, self.lost)
        self.writer = TaintWriter(controller, "no-execute-taint-writer", self.written)

    def zone_of(self, node: Node) -> str:
        """What the release calls the zone of a node."""
        return zone_key(node)

    def deal_with(self, zone: str, head: Queued, cause: int) -> None:
        """Taint the node by its present Ready condition; one that is ready or gone is left alone."""
        node: Node | None = self.controller.nodes.get("", head.node)
        ready = node_condition(node, READY) if node is not None else None
        wanted = self.lost.get(ready.status) if ready is not None else None
        if node is None or wanted is None:
            self.processed(zone, head.node)
            return
        self.writer.change(node, (no_execute(wanted),), without(self.lost, wanted), cause, zone)

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
            if is_driving_away(node, self.lost):
                self.reachable.clear(node, cause)
            if (evictor := self.state.evictors.get(self.zone_of(node))) is not None:
                evictor.remove(name)
        self.engine.cause = cause
