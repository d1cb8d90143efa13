"""Nodes that are short of something are tainted also in v1.8, where the feature gate TaintNodesByCondition is
on: the scheduler looks at no conditions then. Neither a node that is not ready nor a cordon has such a taint.

The real controller tries once for every change of a node, and a node changes with every heartbeat; here a
try that failed is made again sooner. Source: v1.8.0 pkg/controller/node/node_controller.go
doNoScheduleTaintingPass.
"""

from typing import Final

from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.nodelifecycle import rules as rules_of_today
from clustersim.controllermanager.nodelifecycle import taint_keys
from clustersim.controllermanager.nodelifecycle.condition_taints import ConditionKeys, ConditionTaints
from clustersim.engine.rules import Rule

GATE: Final = "TaintNodesByCondition=true"

CONDITION: Final = Rule(
    "node-controller.taint-by-condition",
    "node-controller",
    "v1.8.0 pkg/controller/node/node_controller.go doNoScheduleTaintingPass",
    rules_of_today.CONDITION.text,
    flags=("controller-manager.feature-gates",),
)

OF_V1_8: Final = ConditionKeys(
    {
        ("MemoryPressure", "True"): taint_keys.MEMORY_PRESSURE,
        ("OutOfDisk", "True"): taint_keys.OUT_OF_DISK,
        ("DiskPressure", "True"): taint_keys.DISK_PRESSURE,
        ("NetworkUnavailable", "True"): taint_keys.NETWORK_UNAVAILABLE,
    },
    "",
    CONDITION,
)


def condition_taints(controller: NodeControllerBase) -> ConditionTaints | None:
    """Who taints nodes by their conditions; nobody where the gate is closed."""
    return ConditionTaints(controller, OF_V1_8) if GATE in controller.flags.feature_gates else None
