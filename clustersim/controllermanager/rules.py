"""Rules of the controllers that look after workloads and old pods, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_REPLICATION: Final = "v1.7.5, v1.8.0 pkg/controller/replication/replication_controller.go"
_GC: Final = "v1.7.5, v1.8.0 pkg/controller/podgc/gc_controller.go"

TOO_FEW: Final = Rule(
    "replication-controller.too-few",
    "replication-controller",
    f"{_REPLICATION} manageReplicas",
    _("{active} of {wanted} pods are active (neither ended nor being deleted): {difference} are created."),
)

TOO_MANY: Final = Rule(
    "replication-controller.too-many",
    "replication-controller",
    f"{_REPLICATION} manageReplicas; pkg/controller/controller_utils.go ActivePods",
    _("{active} pods are active and {wanted} wanted: {difference} are deleted, those not ready first."),
)

_SETS: Final = "v1.7.5, v1.8.0 pkg/controller/replicaset/replica_set.go"
SET_TOO_FEW: Final = Rule(
    "replicaset-controller.too-few",
    "replicaset-controller",
    f"{_SETS} manageReplicas",
    TOO_FEW.text,
)
SET_TOO_MANY: Final = Rule(
    "replicaset-controller.too-many",
    "replicaset-controller",
    f"{_SETS} manageReplicas; pkg/controller/controller_utils.go ActivePods",
    TOO_MANY.text,
)

GC_THRESHOLD: Final = Rule(
    "pod-gc.terminated",
    "pod-gc",
    f"{_GC} gcTerminated",
    _("{terminated} pods have ended and {threshold} may stay: the oldest {surplus} are deleted."),
    flags=("controller-manager.terminated-pod-gc-threshold",),
)

GC_ORPHANED: Final = Rule(
    "pod-gc.orphaned",
    "pod-gc",
    f"{_GC} gcOrphaned",
    _("Pod {pod} is bound to {node}, and there is no such Node object any more: it is deleted by force."),
)

GC_UNSCHEDULED: Final = Rule(
    "pod-gc.unscheduled-terminating",
    "pod-gc",
    f"{_GC} gcUnscheduledTerminating",
    _("Pod {pod} is being deleted and was never bound to a node: it is deleted by force."),
)

RULES: Final = (TOO_FEW, TOO_MANY, SET_TOO_FEW, SET_TOO_MANY, GC_THRESHOLD, GC_ORPHANED, GC_UNSCHEDULED)
