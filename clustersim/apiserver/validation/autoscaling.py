"""Validation of HorizontalPodAutoscaler.

Sources: v1.7.5, v1.8.0, v1.36 pkg/apis/autoscaling/validation/validation.go.
"""

from typing import Any, Final

from clustersim.api.autoscaling import (
    CrossVersionObjectReference,
    HorizontalPodAutoscaler,
    HPAScalingRules,
    MetricIdentifier,
    MetricSpec,
    MetricTarget,
)
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.resources import CONTAINER_RESOURCES, check_name

LONGEST_WINDOW_S: Final = 3600
LONGEST_PERIOD_S: Final = 1800
_METRICS: Final = ("ContainerResource", "External", "Object", "Pods", "Resource")
_TARGETS: Final = ("Utilization", "Value", "AverageValue")


def check_autoscaler(errors: FieldErrors, autoscaler: HorizontalPodAutoscaler) -> None:
    """Its bounds, what it scales, by what, and how fast."""
    spec = autoscaler.spec
    least, most = spec.min_replicas, spec.max_replicas
    if least is not None and least < 1:
        why = "must be greater than or equal to 1" if errors.modern else "must be greater than 0"
        errors.invalid("spec.minReplicas", least, why)
    if errors.modern and most == 0:
        errors.required("spec.maxReplicas", "must be set and greater than 0")
    elif most < 1:
        why = "must be greater than or equal to 1" if errors.modern else "must be greater than 0"
        errors.invalid("spec.maxReplicas", most, why)
    if least is not None and most < least:
        errors.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    _check_reference(errors, "spec.scaleTargetRef", spec.scale_target_ref)
    target = spec.target_cpu_utilization_percentage
    if target is not None and target < 1:
        errors.invalid("spec.targetCPUUtilizationPercentage", target, "must be greater than 0")
    for index, metric in enumerate(spec.metrics):
        _check_metric(errors, f"spec.metrics[{index}]", metric)
    if errors.modern and least == 0 and not {"Object", "External"} & {one.type for one in spec.metrics}:
        why = "must specify at least one Object or External metric to support scaling to zero replicas"
        errors.forbidden("spec.metrics", why)
    if spec.behavior is not None:
        for name, rules in (("scaleUp", spec.behavior.scale_up), ("scaleDown", spec.behavior.scale_down)):
            if rules is not None:
                _check_rules(errors, f"spec.behavior.{name}", rules)


def _check_reference(errors: FieldErrors, field: str, reference: CrossVersionObjectReference) -> None:
    for name, value in (("kind", reference.kind), ("name", reference.name)):
        if not value:
            errors.required(f"{field}.{name}")
        else:
            errors.each(f"{field}.{name}", value, names.path_segment(value, errors.release))
    if not errors.modern:
        return
    version = reference.api_version
    if version.count("/") > 1:
        errors.invalid(f"{field}.apiVersion", version, f"unexpected GroupVersion string: {version}")
    elif field == "spec.scaleTargetRef" and reference.kind != "ReplicationController" and "/" not in version:
        errors.invalid(f"{field}.apiVersion", version, "apiVersion must specify API group")


def _check_rules(errors: FieldErrors, field: str, rules: HPAScalingRules) -> None:
    window = rules.stabilization_window_seconds
    if window is not None and window < 0:
        why = "must be greater than or equal to zero"
        errors.invalid(f"{field}.stabilizationWindowSeconds", window, why)
    if window is not None and window > LONGEST_WINDOW_S:
        why = f"must be less than or equal to {LONGEST_WINDOW_S}"
        errors.invalid(f"{field}.stabilizationWindowSeconds", window, why)
    choices = ("Disabled", "Max", "Min")
    errors.one_of(f"{field}.selectPolicy", rules.select_policy, choices, needed=False)
    if not rules.policies:
        errors.required(f"{field}.policies", "must specify at least one Policy")
    for index, policy in enumerate(rules.policies):
        here = f"{field}.policies[{index}]"
        if policy.type not in ("Pods", "Percent"):
            errors.unsupported(f"{here}.type", policy.type, ("Percent", "Pods"))
        if policy.value <= 0:
            errors.invalid(f"{here}.value", policy.value, "must be greater than zero")
        if policy.period_seconds <= 0:
            errors.invalid(f"{here}.periodSeconds", policy.period_seconds, "must be greater than zero")
        if policy.period_seconds > LONGEST_PERIOD_S:
            why = f"must be less than or equal to {LONGEST_PERIOD_S}"
            errors.invalid(f"{here}.periodSeconds", policy.period_seconds, why)
    if rules.tolerance and parse_quantity(rules.tolerance).nanos < 0:
        errors.invalid(f"{field}.tolerance", rules.tolerance, "must be greater than or equal to 0")


def _check_metric(errors: FieldErrors, field: str, metric: MetricSpec) -> None:
    """It says where the number comes from, and what number of that place (validateMetricSpec)."""
    if not metric.type:
        errors.required(f"{field}.type", "must specify a metric source type")
    if metric.type not in _METRICS:
        errors.unsupported(f"{field}.type", metric.type, _METRICS)
    given: dict[str, Any] = {
        "Object": metric.object,
        "External": metric.external,
        "Pods": metric.pods,
        "Resource": metric.resource,
        "ContainerResource": metric.container_resource,
    }
    first = next((kind for kind, source in given.items() if source is not None), "")
    if errors.modern and first:
        _check_source(errors, f"{field}.{_field_of(first)}", first, given[first])
    alone = sum(source is not None for source in given.values()) == 1 and errors.modern
    for kind, source in given.items():
        here = f"{field}.{_field_of(kind)}"
        if kind == metric.type and source is None:
            errors.required(here, "must populate information for the given metric source")
        elif kind != metric.type and source is not None and not alone:
            errors.forbidden(here, "must populate the given metric source only")


def _field_of(kind: str) -> str:
    return f"{kind[0].lower()}{kind[1:]}"


def _check_source(errors: FieldErrors, field: str, kind: str, source: Any) -> None:
    """One that is looked at: the first that is given."""
    if kind == "Object":
        described = source.described_object or CrossVersionObjectReference()
        _check_reference(errors, f"{field}.describedObject", described)
    if kind in ("Object", "External", "Pods"):
        _check_identifier(errors, f"{field}.metric", source.metric or MetricIdentifier())
    elif not source.name:
        errors.required(f"{field}.name", "must specify a resource name")
    if kind == "ContainerResource":
        if source.name:
            why = "must be a standard resource for containers"
            check_name(errors, f"{field}.name", source.name, CONTAINER_RESOURCES, why)
        if not source.container:
            errors.required(f"{field}.container", "must specify a container")
        else:
            reasons = names.dns_label(source.container, errors.release)
            errors.each(f"{field}.container", source.container, reasons)
    target = source.target or MetricTarget()
    _check_target(errors, f"{field}.target", target)
    lacking, both = _NEEDS[kind]
    pair = (
        (target.average_utilization is not None, "averageUtilization")
        if kind in ("Resource", "ContainerResource")
        else (bool(target.value), "averageValue")
    )
    if kind == "Pods":
        pair = (False, "averageValue")
    if not pair[0] and not target.average_value:
        errors.required(f"{field}.target.{pair[1]}", lacking)
    if both and pair[0] and target.average_value:
        name = "value" if kind == "External" else "averageValue"
        errors.forbidden(f"{field}.target.{name}", both)


_RAW: Final = "must set either a target raw value or a target utilization"
_RAW_BOTH: Final = "may not set both a target raw value and a target utilization"
_NEEDS: Final = {
    "Object": ("must set either a target value or averageValue", ""),
    "External": (
        "must set either a target value for metric or a per-pod target",
        "may not set both a target value for metric and a per-pod target",
    ),
    "Pods": ("must specify a positive target averageValue", ""),
    "Resource": (_RAW, _RAW_BOTH),
    "ContainerResource": (_RAW, _RAW_BOTH),
}
"""What is said where no target is given, and where two are."""


def _check_identifier(errors: FieldErrors, field: str, identifier: MetricIdentifier) -> None:
    if not identifier.name:
        errors.required(f"{field}.name", "must specify a metric name")
    else:
        reasons = names.path_segment(identifier.name, errors.release)
        errors.each(f"{field}.name", identifier.name, reasons)


def _check_target(errors: FieldErrors, field: str, target: MetricTarget) -> None:
    if not target.type:
        errors.required(f"{field}.type", "must specify a metric target type")
    if target.type not in _TARGETS:
        why = "must be either Utilization, Value, or AverageValue"
        errors.invalid(f"{field}.type", target.type, why)
    for name, text in (("value", target.value), ("averageValue", target.average_value)):
        if text and parse_quantity(text).nanos <= 0:
            errors.invalid(f"{field}.{name}", text, "must be positive")
    if target.average_utilization is not None and target.average_utilization < 1:
        errors.invalid(f"{field}.averageUtilization", target.average_utilization, "must be greater than 0")
