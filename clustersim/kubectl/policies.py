"""`kubectl get` of disruption budgets and priority classes.

Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today
from clustersim.kubectl.columns import Cell


def min_available(obj: Any) -> str:
    """Of a PodDisruptionBudget."""
    return "N/A" if obj.spec.min_available is None else str(obj.spec.min_available)


def max_unavailable(obj: Any) -> str:
    """Of a PodDisruptionBudget."""
    found = getattr(obj.spec, "max_unavailable", None)
    return "N/A" if found is None else str(found)


def disruptions_allowed(obj: Any) -> int:
    """Of a PodDisruptionBudget; the field was renamed on the way."""
    status = obj.status
    return int(
        getattr(status, "disruptions_allowed", None) or getattr(status, "pod_disruptions_allowed", 0) or 0
    )


def priority_class_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """priorityclasses."""
    default = "true" if obj.global_default else "false"
    policy = getattr(obj, "preemption_policy", None) or "PreemptLowerPriority"
    return (obj.metadata.name, obj.value, default, age_today(obj.metadata.creation_timestamp, now), policy)
