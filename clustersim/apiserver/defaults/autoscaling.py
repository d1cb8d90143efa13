"""Defaults of HorizontalPodAutoscalers (pkg/apis/autoscaling/*/defaults.go)."""

from typing import Any, Final

from clustersim.api.autoscaling import (
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior,
    HPAScalingPolicy,
    HPAScalingRules,
    MetricSpec,
    MetricTarget,
    ResourceMetricSource,
)
from clustersim.api.meta import replace


def default_autoscaler(autoscaler: HorizontalPodAutoscaler, api_version: str) -> HorizontalPodAutoscaler:
    """One pod at least; the versions with metrics scale by CPU at 80 %."""
    spec = autoscaler.spec
    changes: dict[str, Any] = {}
    if spec.min_replicas is None:
        changes["min_replicas"] = 1
    if api_version == "autoscaling/v2" and not spec.metrics:
        target = MetricTarget(type="Utilization", average_utilization=80)
        source = ResourceMetricSource(name="cpu", target=target)
        changes["metrics"] = (MetricSpec(type="Resource", resource=source),)
    if api_version == "autoscaling/v2beta1" and not spec.metrics:
        older = ResourceMetricSource(name="cpu", target_average_utilization=80)
        changes["metrics"] = (MetricSpec(type="Resource", resource=older),)
    if spec.behavior is not None:
        changes["behavior"] = HorizontalPodAutoscalerBehavior(
            scale_up=_completed(spec.behavior.scale_up, _SCALE_UP),
            scale_down=_completed(spec.behavior.scale_down, _SCALE_DOWN),
        )
    return replace(autoscaler, spec=replace(spec, **changes)) if changes else autoscaler


_SCALE_UP: Final = HPAScalingRules(
    stabilization_window_seconds=0,
    select_policy="Max",
    policies=(
        HPAScalingPolicy(type="Pods", value=4, period_seconds=15),
        HPAScalingPolicy(type="Percent", value=100, period_seconds=15),
    ),
)


_SCALE_DOWN: Final = HPAScalingRules(
    select_policy="Max", policies=(HPAScalingPolicy(type="Percent", value=100, period_seconds=15),)
)
"""What an autoscaler does that says only something of its behaviour (pkg/apis/autoscaling/v2/defaults.go)."""


def _completed(rules: HPAScalingRules | None, usual: HPAScalingRules) -> HPAScalingRules:
    if rules is None:
        return usual
    window = rules.stabilization_window_seconds
    return replace(
        rules,
        stabilization_window_seconds=usual.stabilization_window_seconds if window is None else window,
        select_policy=rules.select_policy or usual.select_policy,
        policies=rules.policies or usual.policies,
    )
