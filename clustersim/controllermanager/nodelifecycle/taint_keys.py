"""The taints that say in what state a node is (v1.36.2 k8s.io/api/core/v1 well_known_taints.go)."""

from typing import Final

NOT_READY: Final = "node.kubernetes.io/not-ready"
UNREACHABLE: Final = "node.kubernetes.io/unreachable"
UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
MEMORY_PRESSURE: Final = "node.kubernetes.io/memory-pressure"
DISK_PRESSURE: Final = "node.kubernetes.io/disk-pressure"
OUT_OF_DISK: Final = "node.kubernetes.io/out-of-disk"
PID_PRESSURE: Final = "node.kubernetes.io/pid-pressure"
NETWORK_UNAVAILABLE: Final = "node.kubernetes.io/network-unavailable"
OUT_OF_SERVICE: Final = "node.kubernetes.io/out-of-service"

NO_SCHEDULE: Final = "NoSchedule"
NO_EXECUTE: Final = "NoExecute"

LOST: Final = {"False": NOT_READY, "Unknown": UNREACHABLE}
"""What a node that is not ready is tainted with, by the status of its Ready condition."""
