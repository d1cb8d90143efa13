"""An autoscaler being looked at: what was read so far, and the status that will be written."""

import msgspec

from clustersim.api.autoscaling import (
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerCondition,
    HorizontalPodAutoscalerStatus,
    MetricStatus,
    Scale,
)
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.selectors import parse_label_selector
from clustersim.api.timestamp import rfc3339
from clustersim.engine.state import State
from clustersim.engine.time import Micros


class Sync(State):
    """One look. resource: of what is scaled; scale: as it was read; wanted, reason: what it is to become.
    failure: why the first metric could not be had, as a condition tells it."""

    owner: HorizontalPodAutoscaler
    status: HorizontalPodAutoscalerStatus
    resource: str = ""
    scale: Scale = msgspec.field(default_factory=Scale)
    current: int = 0
    wanted: int = 0
    reason: str = ""
    error: str = ""
    failure: tuple[str, str] = ("", "")

    def say(self, kind: str, reason: str, message: str, now: Micros, *, so: bool = True) -> None:
        """Set a condition (setCondition)."""
        known = self.status.conditions
        before = next((one for one in known if one.type == kind), None)
        status = "True" if so else "False"
        told = HorizontalPodAutoscalerCondition(
            type=kind,
            status=status,
            reason=reason,
            message=message,
            last_transition_time=before.last_transition_time
            if before is not None and before.status == status
            else rfc3339(now),
        )
        conditions = (
            (*known, told) if before is None else tuple(told if one.type == kind else one for one in known)
        )
        self.status = replace(self.status, conditions=conditions)

    def count(self, wanted: int, metrics: tuple[MetricStatus, ...], *, scaled_at: str = "") -> None:
        """The status with these numbers (setStatus)."""
        cpu = next((one.resource for one in metrics if one.resource and one.resource.name == "cpu"), None)
        self.status = replace(
            self.status,
            current_replicas=self.current,
            desired_replicas=wanted,
            current_metrics=metrics,
            current_cpu_utilization_percentage=cpu.current_average_utilization if cpu is not None else None,
            last_scale_time=scaled_at or self.status.last_scale_time,
        )

    @property
    def selector(self) -> LabelSelector:
        """Which pods are meant."""
        found = self.scale.status.selector
        if isinstance(found, dict):
            return LabelSelector(match_labels=found)
        return parse_label_selector(found or "")
