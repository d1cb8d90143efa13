"""`kubectl get` of HorizontalPodAutoscalers: what their metrics are and should be (TARGETS), and the rest.

Source: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go (formatHPAMetrics).
"""

from typing import Any, Final

from clustersim.api.autoscaling_targets import Target, targets_of
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import (
    UNSET,
)

UNKNOWN: Final = "<unknown>"
_MOST_LISTED: Final = 2


def metrics_cell(autoscaler: Any, *, today: bool) -> str:
    """The column TARGETS."""
    targets = targets_of(autoscaler)
    if not targets:
        return "<none>"
    listed = [
        _listed(target, *measured(autoscaler, index), today=today)
        for index, target in enumerate(targets[:_MOST_LISTED])
    ]
    more = len(targets) - _MOST_LISTED
    return ", ".join(listed) + (f" + {more} more..." if more > 0 else "")


def _listed(target: Target, utilization: int | None, value: str, *, today: bool) -> str:
    slash = "/" if today else " / "
    if not target.type:
        return "<unknown type>"
    if target.utilization is None:
        now, wanted = value or UNKNOWN, target.quantity or "<auto>"
    else:
        now = UNKNOWN if utilization is None else f"{utilization}%"
        wanted = f"{target.utilization}%"
    prefix = f"{target.name}: " if today and target.type in ("Resource", "ContainerResource") else ""
    suffix = " (avg)" if today and target.averaged and target.type in ("Object", "External") else ""
    return f"{prefix}{now}{slash}{wanted}{suffix}"


def measured(autoscaler: Any, index: int) -> tuple[int | None, str]:
    """What a metric was, in percent of the request and as an amount."""
    told = autoscaler.status.current_metrics[index : index + 1]
    if not told:
        return None, ""
    if (resource := told[0].resource or told[0].container_resource) is not None:
        if resource.current is not None:
            return resource.current.average_utilization, resource.current.average_value
        return resource.current_average_utilization, resource.current_average_value
    return None, _amount(told[0], targets_of(autoscaler)[index].averaged)


def _amount(told: Any, averaged: bool) -> str:
    """Of a metric that is not of resources; where one value is asked for and none told, it is 0."""
    source = told.external or told.object or told.pods
    if source is None:
        return ""
    current = getattr(source, "current", None)
    if current is not None:
        return str(current.average_value if averaged else current.value or "0")
    return str(getattr(source, "current_average_value", "") or getattr(source, "current_value", ""))


def autoscaler_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """horizontalpodautoscalers of v1.7 and v1.8."""
    created = obj.metadata.creation_timestamp
    return (*_autoscaler(obj, metrics_cell(obj, today=False)), age(created, now))


def autoscaler_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """horizontalpodautoscalers."""
    created = obj.metadata.creation_timestamp
    return (*_autoscaler(obj, metrics_cell(obj, today=True)), age_today(created, now))


def _autoscaler(obj: Any, targets: str) -> tuple[Cell, ...]:
    spec, reference = obj.spec, obj.spec.scale_target_ref
    least = UNSET if spec.min_replicas is None else str(spec.min_replicas)
    current = getattr(obj.status, "current_replicas", 0) or 0
    return (
        obj.metadata.name,
        f"{reference.kind}/{reference.name}",
        targets,
        least,
        spec.max_replicas,
        current,
    )
