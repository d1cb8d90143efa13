"""Between the form that a Struct has and those of other versions, where they differ by more than missing
fields (pkg/apis/*/*/conversion.go).

events.k8s.io/v1 has other names for some fields of an Event than v1; autoscaling/v1 knows one metric only.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.autoscaling import (
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerCondition,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    ResourceMetricSource,
)
from clustersim.api.meta import replace
from clustersim.api.timestamp import rfc3339

_EVENT_NAMES: Final = {
    "regarding": "involvedObject",
    "note": "message",
    "reportingController": "reportingComponent",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
_NAMES: Final[dict[tuple[str, str], dict[str, str]]] = {("Event", "events.k8s.io/v1"): _EVENT_NAMES}
"""By kind and version: its own names of fields, and those of the Struct."""


def to_struct_names(kind: str, api_version: str, plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a client sends, with the names that the Struct has."""
    names = _NAMES.get((kind, api_version))
    if names is None:
        return plain
    return {names.get(name, name): value for name, value in plain.items()}


def to_struct_fields(kind: str, api_version: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Fields that a client selects by, as the Struct names them (pkg/apis/events/v1/conversion.go)."""
    return {struct_field(kind, api_version, path): value for path, value in fields.items()}


def struct_field(kind: str, api_version: str, path: str) -> str:
    """The name that the Struct has for a field of a version; empty where the version calls it otherwise."""
    names = _NAMES.get((kind, api_version), {})
    first, dot, rest = path.partition(".")
    if first in names.values():
        return ""
    return names.get(first, first) + dot + rest


def from_struct_names(kind: str, api_version: str, plain: dict[str, Any]) -> dict[str, Any]:
    """What the server keeps, with the names that the version has."""
    names = _NAMES.get((kind, api_version))
    if names is None:
        return plain
    back = {ours: theirs for theirs, ours in names.items()}
    found = {back.get(name, name): value for name, value in plain.items()}
    if kind == "Event" and not found.get("eventTime"):
        found["eventTime"] = _event_time(found)
    return found


def _event_time(plain: Mapping[str, Any]) -> str:
    """When an event of the old form first happened: a real server says null there, and typed clients
    refuse the whole list for it."""
    first = plain.get("deprecatedFirstTimestamp") or plain["metadata"].get("creationTimestamp") or rfc3339(0)
    return f"{first.removesuffix('Z')}.000000Z"


DEFAULT_CPU_UTILIZATION: Final = 80
"""Percent, where an autoscaler names no metric (pkg/apis/autoscaling)."""


def to_stored(obj: Any, release: str, api_version: str) -> Any:
    """The form that is kept of an object made through a version."""
    if not isinstance(obj, HorizontalPodAutoscaler):
        return obj
    spec, told = obj.spec, obj.metadata.annotations
    if any(name in told for name in _TOLD):
        kept = {name: value for name, value in told.items() if name not in _TOLD}
        obj = replace(obj, metadata=replace(obj.metadata, annotations=kept))
    if spec.target_cpu_utilization_percentage is None and not spec.metrics:
        obj = replace(obj, spec=replace(spec, target_cpu_utilization_percentage=DEFAULT_CPU_UTILIZATION))
    return _with_metric(obj) if release == "v1.36" else obj


def to_version(obj: Any, api_version: str) -> Any:
    """The form that a version has of a stored object."""
    if isinstance(obj, HorizontalPodAutoscaler) and api_version == "autoscaling/v1":
        return _with_target(obj)
    return obj


def _with_metric(autoscaler: HorizontalPodAutoscaler) -> HorizontalPodAutoscaler:
    wanted = autoscaler.spec.target_cpu_utilization_percentage
    if wanted is None:
        return autoscaler
    target = MetricTarget(type="Utilization", average_utilization=wanted)
    metric = MetricSpec(type="Resource", resource=ResourceMetricSource(name="cpu", target=target))
    spec = replace(autoscaler.spec, metrics=(metric,), target_cpu_utilization_percentage=None)
    return replace(autoscaler, spec=spec)


_CONDITIONS: Final = "autoscaling.alpha.kubernetes.io/conditions"
_CURRENT: Final = "autoscaling.alpha.kubernetes.io/current-metrics"
_TOLD: Final = (_CONDITIONS, _CURRENT)
"""Annotations by which autoscaling/v1 tells what its status has no field for."""


def _with_target(autoscaler: HorizontalPodAutoscaler) -> HorizontalPodAutoscaler:
    spec, status = autoscaler.spec, autoscaler.status
    wanted = spec.target_cpu_utilization_percentage
    for metric in spec.metrics:
        source = metric.resource
        if source is not None and source.name == "cpu" and source.target is not None:
            wanted = wanted or source.target.average_utilization
    told = dict(autoscaler.metadata.annotations)
    if status.conditions:
        told[_CONDITIONS] = _json([_condition(one) for one in status.conditions])
    if status.current_metrics:
        told[_CURRENT] = _json([_current(one) for one in status.current_metrics])
    current = status.current_cpu_utilization_percentage
    for one in status.current_metrics:
        if one.resource is not None and one.resource.name == "cpu" and one.resource.current is not None:
            current = one.resource.current.average_utilization
    return replace(
        autoscaler,
        metadata=replace(autoscaler.metadata, annotations=told),
        spec=replace(spec, metrics=(), behavior=None, target_cpu_utilization_percentage=wanted),
        status=replace(status, conditions=(), current_metrics=(), current_cpu_utilization_percentage=current),
    )


def _json(plain: Any) -> str:
    return msgspec.json.encode(plain).decode()


def _condition(one: HorizontalPodAutoscalerCondition) -> dict[str, str]:
    return {
        "type": one.type,
        "status": one.status,
        "lastTransitionTime": one.last_transition_time,
        "reason": one.reason,
        "message": one.message,
    }


def _current(metric: MetricStatus) -> dict[str, Any]:
    """As autoscaling/v1 has it."""
    source = metric.resource or metric.container_resource
    if source is None:
        return {"type": metric.type}
    if source.current is not None:
        percent, value = source.current.average_utilization, source.current.average_value
    else:
        percent, value = source.current_average_utilization, source.current_average_value
    told: dict[str, Any] = {"name": source.name}
    told |= {} if percent is None else {"currentAverageUtilization": percent}
    told["currentAverageValue"] = value
    if metric.container_resource is not None:
        told["container"] = metric.container_resource.container
        return {"type": metric.type, "containerResource": told}
    return {"type": metric.type, "resource": told}
