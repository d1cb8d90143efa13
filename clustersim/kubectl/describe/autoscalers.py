"""`kubectl describe hpa`. Sources: v1.7.5, v1.8.0 pkg/printers/internalversion/describe.go
HorizontalPodAutoscalerDescriber; v1.36 k8s.io/kubectl pkg/describe."""

from collections.abc import Iterable
from typing import Any

from clustersim.api.autoscaling_targets import Target, targets_of
from clustersim.kubectl.ages import moment
from clustersim.kubectl.autoscalers import UNKNOWN, measured
from clustersim.kubectl.describe.parts import TODAY, head


def autoscaler_lines(found: Any, controller: Any, release: str) -> Iterable[str]:
    """Its description; controller: the ReplicationController that it scales, which the old kubectls look
    at."""
    spec, status = found.spec, found.status
    yield from head(found, release)
    yield f"CreationTimestamp:\t{moment(found.metadata.creation_timestamp)}"
    yield f"Reference:\t{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}"
    yield "Metrics:\t( current / target )"
    for index, target in enumerate(targets_of(found)):
        yield _metric_line(target, *measured(found, index), today=release in TODAY)
    yield f"Min replicas:\t{'<unset>' if spec.min_replicas is None else spec.min_replicas}"
    yield f"Max replicas:\t{spec.max_replicas}"
    if release in TODAY:
        if spec.behavior is not None:
            yield "Behavior:"
            yield from _direction("Up", spec.behavior.scale_up)
            yield from _direction("Down", spec.behavior.scale_down)
        yield (
            f"{spec.scale_target_ref.kind} pods:\t{status.current_replicas} current / "
            f"{status.desired_replicas} desired"
        )
    elif spec.scale_target_ref.kind.lower() == "replicationcontroller":
        counts = "failed to check Replication Controller"
        if controller is not None:
            counts = f"{controller.status.replicas} current / {controller.spec.replicas} desired"
        yield f"ReplicationController pods:\t{counts}"
    if status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus\tReason\tMessage"
        yield "  ----\t------\t------\t-------"
        for one in status.conditions:
            yield f"  {one.type}\t{one.status}\t{one.reason}\t{one.message}"


def _metric_line(target: Target, utilization: int | None, value: str, *, today: bool) -> str:
    if target.type not in ("Resource", "ContainerResource"):
        where = f" on {target.kind}/{target.of}" if target.kind else " on pods"
        where = "" if target.type == "External" else where
        how = "average value" if target.averaged else "value"
        told = f" (target {how})" if today and target.type != "Pods" else ""
        return f'  "{target.name}"{where}{told}:\t{value or UNKNOWN} / {target.quantity or "<auto>"}'
    of = f' of container "{target.container}"' if target.container else ""
    what = f"  resource {target.name}{of} on pods"
    if target.utilization is None:
        return f"{what}:\t{value or UNKNOWN} / {target.quantity}"
    now = UNKNOWN if utilization is None else f"{utilization}% ({value})"
    return f"{what}  (as a percentage of request):\t{now} / {target.utilization}%"


def _direction(which: str, rules: Any) -> Iterable[str]:
    if rules is None:
        return
    yield f"  Scale {which}:"
    if rules.stabilization_window_seconds is not None:
        yield f"    Stabilization Window: {rules.stabilization_window_seconds} seconds"
    if rules.policies:
        yield f"    Select Policy: {rules.select_policy or 'Max'}"
        yield "    Policies:"
        for one in rules.policies:
            yield f"      - Type: {one.type}\tValue: {one.value}\tPeriod: {one.period_seconds} seconds"
