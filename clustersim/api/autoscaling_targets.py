"""What an autoscaler asks for, metric by metric, whatever version of the API it was written in."""

from typing import Final

import msgspec

from clustersim.api.autoscaling import (
    ContainerResourceMetricStatus,
    HorizontalPodAutoscaler,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
    ResourceMetricStatus,
)
from clustersim.api.quantity import canonical, parse_quantity

MEASURED: Final = ("Resource", "ContainerResource")
"""Types of metrics that heapster and metrics-server know."""


class Target(msgspec.Struct, frozen=True):
    """One metric: its type, the resource, of one container or (empty) of all; utilization in percent of the
    request, or a value for each pod in thousandths, which is that quantity."""

    type: str
    name: str = ""
    container: str = ""
    utilization: int | None = None
    value: int | None = None
    quantity: str = ""

    @property
    def title(self) -> str:
        """As Events name it."""
        of = "container resource" if self.container else "resource"
        percent = " utilization (percentage of request)" if self.value is None else ""
        return f"{self.name} {of}{percent}"


def targets_of(autoscaler: HorizontalPodAutoscaler) -> tuple[Target, ...]:
    """All its metrics in their order; autoscaling/v1 has its CPU target apart, after the others."""
    spec = autoscaler.spec
    found = tuple(map(_target, spec.metrics))
    percent = spec.target_cpu_utilization_percentage
    return found if percent is None else (*found, Target("Resource", "cpu", utilization=percent))


def _target(metric: MetricSpec) -> Target:
    if metric.type == "ContainerResource" and (one := metric.container_resource) is not None:
        return _with(Target("ContainerResource", one.name, one.container), one.target)
    if metric.type == "Resource" and (whole := metric.resource) is not None:
        if whole.target is not None:
            return _with(Target("Resource", whole.name), whole.target)
        value = whole.target_average_value
        return Target(
            "Resource",
            whole.name,
            utilization=None if value else whole.target_average_utilization,
            value=thousandths(value) if value else None,
            quantity=value,
        )
    if metric.external is not None:
        return Target(metric.type, metric.external.metric.name)
    other = metric.pods or metric.object
    if other is None:
        return Target(metric.type)
    return Target(metric.type, other.metric.name if other.metric is not None else other.metric_name)


def _with(target: Target, wanted: MetricTarget) -> Target:
    value = wanted.average_value
    return msgspec.structs.replace(
        target,
        utilization=None if value else wanted.average_utilization,
        value=thousandths(value) if value else None,
        quantity=value,
    )


def thousandths(quantity: str) -> int:
    """Quantity.MilliValue."""
    return parse_quantity(quantity).scaled(3)


def status_of(target: Target, utilization: int | None, average: int, *, today: bool) -> MetricStatus:
    """What the metric is now, as the status tells it. average: thousandths."""
    text = canonical(f"{average}m")
    current = MetricValueStatus(average_utilization=utilization, average_value=text)
    if target.container:
        told = ContainerResourceMetricStatus(container=target.container, name=target.name, current=current)
        return MetricStatus(type=target.type, container_resource=told)
    status = (
        ResourceMetricStatus(name=target.name, current=current)
        if today
        else ResourceMetricStatus(
            name=target.name, current_average_utilization=utilization, current_average_value=text
        )
    )
    return MetricStatus(type=target.type, resource=status)
