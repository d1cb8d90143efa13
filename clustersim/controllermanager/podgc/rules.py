"""The rules of the pod garbage collector of v1.36."""

from typing import Final

from clustersim.controllermanager import rules as shared
from clustersim.engine.rules import Rule
from clustersim.i18n import _

COMPONENT: Final = "pod-gc"
_SOURCE: Final = "v1.36.2 pkg/controller/podgc/gc_controller.go"

THRESHOLD: Final = Rule(
    "pod-gc.ended",
    COMPONENT,
    f"{_SOURCE} gcTerminated",
    shared.GC_THRESHOLD.text,
    flags=("controller-manager.terminated-pod-gc-threshold",),
)

ORPHANED: Final = Rule(
    "pod-gc.orphaned-after-quarantine",
    COMPONENT,
    f"{_SOURCE} gcOrphaned",
    _(
        "Pod {pod} is bound to {node}, and there is no such Node object. After {limit} of quarantine, with "
        "the next pass, it is marked Failed and deleted by force."
    ),
)

UNSCHEDULED: Final = Rule(
    "pod-gc.unbound-terminating", COMPONENT, f"{_SOURCE} gcUnscheduledTerminating", shared.GC_UNSCHEDULED.text
)

OUT_OF_SERVICE: Final = Rule(
    "pod-gc.out-of-service",
    COMPONENT,
    f"{_SOURCE} gcTerminating",
    _(
        "{pods:pod is|pods are} being deleted on nodes that are not ready and tainted out-of-service: nobody "
        "will ever confirm that, so they are deleted by force."
    ),
)

RULES: Final = (THRESHOLD, ORPHANED, UNSCHEDULED, OUT_OF_SERVICE)
