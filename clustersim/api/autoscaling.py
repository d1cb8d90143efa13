"""HorizontalPodAutoscaler and Scale. autoscaling/v1 names one metric only, its CPU target."""

from typing import Annotated

import msgspec

from clustersim.api.meta import (
    ApiObject,
    ApiStruct,
    Int32,
    Int64,
    LabelSelector,
    Quantity,
    Time,
    merge,
    written,
)


class CrossVersionObjectReference(ApiStruct, frozen=True, kw_only=True):
    """An object by kind, name and version."""

    kind: str = written("")
    name: str = written("")
    api_version: str = ""


class HPAScalingPolicy(ApiStruct, frozen=True, kw_only=True):
    """So much within so many seconds."""

    period_seconds: Int32 = written(0)
    type: str = written("")
    value: Int32 = written(0)


class HPAScalingRules(ApiStruct, frozen=True, kw_only=True):
    """How fast, in one direction."""

    policies: tuple[HPAScalingPolicy, ...] = ()
    select_policy: str = ""
    stabilization_window_seconds: Int32 | None = None
    tolerance: str = ""


class HorizontalPodAutoscalerBehavior(ApiStruct, frozen=True, kw_only=True):
    """How fast it may scale up and down."""

    scale_down: HPAScalingRules | None = None
    scale_up: HPAScalingRules | None = None


class MetricTarget(ApiStruct, frozen=True, kw_only=True):
    """What a metric should be."""

    type: str = written("")
    average_utilization: Int32 | None = None
    average_value: Quantity = ""
    value: Quantity = ""


class ContainerResourceMetricSource(ApiStruct, frozen=True, kw_only=True):
    """CPU or memory of one container of the pods."""

    container: str = written("")
    name: str = written("")
    target: MetricTarget = written(MetricTarget())


class MetricIdentifier(ApiStruct, frozen=True, kw_only=True):
    """A metric by name and labels."""

    name: str = written("")
    selector: LabelSelector | None = None


class ExternalMetricSource(ApiStruct, frozen=True, kw_only=True):
    """A metric from outside the cluster."""

    metric: MetricIdentifier = written(MetricIdentifier())
    target: MetricTarget = written(MetricTarget())


class ObjectMetricSource(ApiStruct, frozen=True, kw_only=True):
    """A metric of one object."""

    described_object: CrossVersionObjectReference | None = None
    metric: MetricIdentifier | None = None
    metric_name: str = ""
    target: MetricTarget | None = None
    target_value: Quantity = ""


class PodsMetricSource(ApiStruct, frozen=True, kw_only=True):
    """A metric of each pod."""

    metric: MetricIdentifier | None = None
    metric_name: str = ""
    target: MetricTarget | None = None
    target_average_value: Quantity = ""


class ResourceMetricSource(ApiStruct, frozen=True, kw_only=True):
    """CPU or memory of the pods."""

    name: str = written("")
    target: MetricTarget | None = None
    target_average_utilization: Int32 | None = None
    target_average_value: Quantity = ""


class MetricSpec(ApiStruct, frozen=True, kw_only=True):
    """A metric to scale by."""

    type: str = written("")
    container_resource: ContainerResourceMetricSource | None = None
    external: ExternalMetricSource | None = None
    object: ObjectMetricSource | None = None
    pods: PodsMetricSource | None = None
    resource: ResourceMetricSource | None = None


class HorizontalPodAutoscalerSpec(ApiStruct, frozen=True, kw_only=True):
    """What is scaled, between which bounds, by which metrics."""

    max_replicas: Int32 = written(0)
    scale_target_ref: CrossVersionObjectReference = written(CrossVersionObjectReference())
    behavior: HorizontalPodAutoscalerBehavior | None = None
    metrics: tuple[MetricSpec, ...] = ()
    min_replicas: Int32 | None = None
    target_cpu_utilization_percentage: Int32 | None = msgspec.field(
        default=None, name="targetCPUUtilizationPercentage"
    )


class HorizontalPodAutoscalerCondition(ApiStruct, frozen=True, kw_only=True):
    """Whether it can scale."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class MetricValueStatus(ApiStruct, frozen=True, kw_only=True):
    """What a metric was."""

    average_utilization: Int32 | None = None
    average_value: Quantity = ""
    value: Quantity = ""


class ContainerResourceMetricStatus(ApiStruct, frozen=True, kw_only=True):
    """How much it used."""

    container: str = written("")
    current: MetricValueStatus = written(MetricValueStatus())
    name: str = written("")


class ExternalMetricStatus(ApiStruct, frozen=True, kw_only=True):
    """What it was."""

    current: MetricValueStatus = written(MetricValueStatus())
    metric: MetricIdentifier = written(MetricIdentifier())


class ObjectMetricStatus(ApiStruct, frozen=True, kw_only=True):
    """What it was."""

    current: MetricValueStatus | None = None
    current_value: Quantity = ""
    described_object: CrossVersionObjectReference | None = None
    metric: MetricIdentifier | None = None
    metric_name: str = ""
    target: CrossVersionObjectReference | None = None


class PodsMetricStatus(ApiStruct, frozen=True, kw_only=True):
    """What it was on average."""

    current: MetricValueStatus | None = None
    current_average_value: Quantity = ""
    metric: MetricIdentifier | None = None
    metric_name: str = ""


class ResourceMetricStatus(ApiStruct, frozen=True, kw_only=True):
    """How much they used."""

    current: MetricValueStatus | None = None
    current_average_value: Quantity = ""
    name: str = written("")
    current_average_utilization: Int32 | None = None


class MetricStatus(ApiStruct, frozen=True, kw_only=True):
    """What a metric was."""

    type: str = written("")
    container_resource: ContainerResourceMetricStatus | None = None
    external: ExternalMetricStatus | None = None
    object: ObjectMetricStatus | None = None
    pods: PodsMetricStatus | None = None
    resource: ResourceMetricStatus | None = None


class HorizontalPodAutoscalerStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller saw and did."""

    current_replicas: Int32 = 0
    desired_replicas: Int32 = written(0)
    conditions: Annotated[tuple[HorizontalPodAutoscalerCondition, ...], merge("type")] = ()
    current_cpu_utilization_percentage: Int32 | None = msgspec.field(
        default=None, name="currentCPUUtilizationPercentage"
    )
    current_metrics: tuple[MetricStatus, ...] = ()
    last_scale_time: Time = ""
    observed_generation: Int64 = 0


class HorizontalPodAutoscaler(ApiObject, frozen=True, kw_only=True):
    """Scales a workload by what its pods use."""

    spec: HorizontalPodAutoscalerSpec = HorizontalPodAutoscalerSpec()
    status: HorizontalPodAutoscalerStatus = HorizontalPodAutoscalerStatus()


class ScaleSpec(ApiStruct, frozen=True, kw_only=True):
    """How many are wanted."""

    replicas: Int32 = 0


class ScaleStatus(ApiStruct, frozen=True, kw_only=True):
    """How many there are. selector: a text, in older versions a map."""

    replicas: Int32 = written(0)
    selector: dict[str, str] | str | None = None
    target_selector: str = ""


class Scale(ApiObject, frozen=True, kw_only=True):
    """The subresource by which anything with replicas is scaled."""

    spec: ScaleSpec = ScaleSpec()
    status: ScaleStatus = ScaleStatus()
