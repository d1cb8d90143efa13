"""What an autoscaler asks for, metric by metric, whatever version of the API it was written in."""

from typing import Final

import msgspec

from clustersim.api.autoscaling import (
    ContainerResourceMetricStatus,
    CrossVersionObjectReference,
    HorizontalPodAutoscaler,
    MetricIdentifier,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
    ResourceMetricStatus,
)
from clustersim.api.meta import LabelSelector
from clustersim.api.quantity import Quantity, parse_quantity

MEASURED: Final = ("Resource", "ContainerResource")
"""Types of metrics that heapster and metrics-server know."""


class Target(msgspec.Struct, frozen=True):
    """One metric: its type, the resource, of one container or (empty) of all; utilization in percent of the
    request, or a value for each pod in thousandths, which is that quantity.

    Of metrics that are not of resources: averaged: the quantity is for each pod; kind, of: the object that it
    is a metric of; selector: of which it is a metric.
    """

    type: str
    name: str = ""
    container: str = ""
    utilization: int | None = None
    value: int | None = None
    quantity: str = ""
    averaged: bool = True
    kind: str = ""
    of: str = ""
    selector: LabelSelector | None = None

    @property
    def title(self) -> str:
        """As Events name it."""
        if self.value is not None:
            return f"{self.name} resource"
        of = "container resource" if self.container else "resource"
        return f"{self.name} {of} utilization (percentage of request)"


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
    if metric.type == "External" and (found := metric.external) is not None:
        return _of_others(Target("External"), found.metric, found.target)
    if metric.type == "Pods" and (pods := metric.pods) is not None:
        named = pods.metric or MetricIdentifier(name=pods.metric_name)
        return _of_others(Target("Pods"), named, pods.target, pods.target_average_value)
    if metric.type == "Object" and (one_of := metric.object) is not None:
        described = one_of.described_object or CrossVersionObjectReference()
        target = Target("Object", kind=described.kind, of=described.name)
        named = one_of.metric or MetricIdentifier(name=one_of.metric_name)
        return _of_others(target, named, one_of.target, one_of.target_value)
    return Target(metric.type)


def _of_others(
    target: Target, named: MetricIdentifier, wanted: MetricTarget | None, older: str = ""
) -> Target:
    """A metric that is not of a resource. older: what v1.8 and before say is wanted."""
    wanted = wanted or MetricTarget()
    averaged = bool(wanted.average_value) or target.type == "Pods"
    return msgspec.structs.replace(
        target,
        name=named.name,
        selector=named.selector,
        quantity=wanted.average_value or wanted.value or older,
        averaged=averaged,
    )


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
    style = "binary" if today and target.name == "memory" else "si"
    text = Quantity(average * 10**6, style).text()
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
