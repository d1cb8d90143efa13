"""The condition Ready of a node, which its kubelet writes and, when that is silent, the node controller."""

from typing import Final

from clustersim.api.conditions import is_true
from clustersim.api.core_v1 import Node
from clustersim.engine.statemachine import StateMachine, Transition

NEVER: Final = ""
TRUE: Final = "True"
FALSE: Final = "False"
UNKNOWN: Final = "Unknown"

REPORTS_READY: Final = "kubelet reports ready"
REPORTS_NOT_READY: Final = "kubelet reports not ready"
SILENT: Final = "silent for the grace period"

NODE_READY: Final = StateMachine(
    "Ready condition of a node",
    {
        NEVER: "its kubelet has never reported",
        TRUE: "its kubelet reports and its runtime works",
        FALSE: "its kubelet reports that something it needs does not work",
        UNKNOWN: "the node controller has not heard of it for --node-monitor-grace-period",
    },
    Transition(REPORTS_READY, (NEVER, TRUE, FALSE, UNKNOWN), TRUE),
    Transition(REPORTS_NOT_READY, (NEVER, TRUE, FALSE, UNKNOWN), FALSE),
    Transition(SILENT, (NEVER, TRUE, FALSE), UNKNOWN),
)


def is_ready_node(node: Node) -> bool:
    """Its condition Ready is True."""
    return is_true(node.status, "Ready")
