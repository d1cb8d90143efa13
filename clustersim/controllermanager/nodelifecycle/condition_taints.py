"""NoSchedule taints by condition: as soon as a node changes, its taints follow its conditions. No rate limit.

Source: v1.36.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoScheduleTaintingPass.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from clustersim.api.core_v1 import Node, Taint
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.nodelifecycle import rules, taint_keys
from clustersim.controllermanager.nodelifecycle.taint_writer import TaintChange, TaintWriter
from clustersim.controllermanager.part import Part
from clustersim.engine.rules import Rule

WORKERS: Final = 8

BY_CONDITION: Final = {
    ("Ready", "False"): taint_keys.NOT_READY,
    ("Ready", "Unknown"): taint_keys.UNREACHABLE,
    ("MemoryPressure", "True"): taint_keys.MEMORY_PRESSURE,
    ("DiskPressure", "True"): taint_keys.DISK_PRESSURE,
    ("NetworkUnavailable", "True"): taint_keys.NETWORK_UNAVAILABLE,
    ("PIDPressure", "True"): taint_keys.PID_PRESSURE,
}


class ConditionKeys(NamedTuple):
    """Keys by a condition and its status; that of a cordon, empty where it is no taint; and by which rule."""

    by_condition: Mapping[tuple[str, str], str]
    cordoned: str
    rule: Rule

    @property
    def managed(self) -> tuple[str, ...]:
        """The keys that follow conditions."""
        return (*self.by_condition.values(), *((self.cordoned,) if self.cordoned else ()))

    def wanted(self, node: Node) -> tuple[str, ...]:
        """Keys of the NoSchedule taints that a node should have."""
        found = [
            key
            for condition in node.status.conditions
            if (key := self.by_condition.get((condition.type, condition.status))) is not None
        ]
        if node.spec.unschedulable and self.cordoned:
            found.append(self.cordoned)
        return tuple(found)

    def difference(self, node: Node) -> tuple[tuple[Taint, ...], tuple[Taint, ...]]:
        """NoSchedule taints that are missing, and those that are too much."""
        wanted, managed = self.wanted(node), self.managed
        present = {
            taint.key: taint
            for taint in node.spec.taints
            if taint.effect == taint_keys.NO_SCHEDULE and taint.key in managed
        }
        missing = tuple(Taint(key=key, effect=taint_keys.NO_SCHEDULE) for key in wanted if key not in present)
        return missing, tuple(taint for key, taint in present.items() if key not in wanted)


OF_TODAY: Final = ConditionKeys(BY_CONDITION, taint_keys.UNSCHEDULABLE, rules.CONDITION)


class ConditionTaints(Part):
    """Works through nodes that changed."""

    def __init__(self, controller: NodeControllerBase, keys: ConditionKeys = OF_TODAY) -> None:
        super().__init__(controller.process, "node-condition-taints")
        self.controller = controller
        self.keys = keys
        self.writer = TaintWriter(controller, "condition-taint-writer", self.written)
        controller.shared.get("nodes", self.node_changed)
        self.queue = WorkQueue(controller.process, self.name, self.sync, workers=WORKERS)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node whose taints do not say what its conditions do is looked at."""
        if new is not None and any(self.keys.difference(new)):
            self.queue.add(new.metadata.name)

    def sync(self, name: str) -> None:
        """Add and remove what is missing and what is too much."""
        node: Node | None = self.controller.nodes.get("", name)
        if node is None:
            self.queue.done(name)
            return
        missing, surplus = self.keys.difference(node)
        if not missing and not surplus:
            self.queue.done(name)
            return
        verdict = self.keys.rule.holds(node=name, taints=", ".join(self.keys.wanted(node)) or "-")
        cause = self.decide("taint-by-condition", f"nodes/{name}", verdict)
        self.writer.change(node, missing, surplus, cause, name)

    def written(self, change: TaintChange, ok: bool) -> None:
        """The taints are as they should be, or it is tried again."""
        if ok:
            self.queue.done(change.key)
        else:
            self.queue.retry(change.key)
