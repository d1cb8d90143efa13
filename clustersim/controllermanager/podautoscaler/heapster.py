"""The autoscaler of v1.7 and v1.8: heapster measures, and after a change there is none for a while."""

from typing import ClassVar

from clustersim.api.autoscaling import HorizontalPodAutoscaler
from clustersim.api.autoscaling_targets import Target
from clustersim.api.timestamp import micros
from clustersim.controllermanager.podautoscaler.controller import (
    ABLE,
    ACTIVE,
    LIMITED,
    HorizontalController,
)
from clustersim.controllermanager.podautoscaler.limits import limited_of_old
from clustersim.controllermanager.podautoscaler.replicas import Calculation
from clustersim.controllermanager.podautoscaler.sync import Sync
from clustersim.engine.time import Micros


class HeapsterHorizontalController(HorizontalController):
    """Scales by what heapster has measured."""

    today = False
    no_target: ClassVar[str] = (
        "invalid resource metric source: neither a utilization target nor a value target was set"
    )
    unread: ClassVar[str] = "failed to get pod resource metrics:"
    none_returned: ClassVar[str] = "no metrics returned from heapster"

    def calculation(self, owner: HorizontalPodAutoscaler) -> Calculation:
        tolerance = self.flags.horizontal_pod_autoscaler_tolerance
        return Calculation(tolerance=(tolerance, tolerance), today=False)

    def not_measured(self, job: Sync, target: Target, why: str) -> str:
        of_resource = target.type == "Resource"
        reason = "FailedGetResourceMetric" if of_resource else f"FailedGet{target.type}Metric"
        self.tell(job.owner, "Warning", reason, why)
        job.say(ACTIVE, reason, f"the HPA was unable to compute the replica count: {why}", self.now, so=False)
        if why == self.no_target:
            return why
        what = f"{target.name} utilization" if of_resource else f"{target.type.lower()} metric value"
        return f"failed to get {what}: {why}"

    def all_failed(self, errors: list[str], metrics: int) -> str:
        return errors[0]

    def limit(self, key: str, job: Sync, wanted: int, at: Micros) -> bool:
        """Within its bounds, and not too soon after the last change (shouldScale)."""
        found = limited_of_old(job.current, wanted, self.least(job.owner), job.owner.spec.max_replicas)
        job.say(LIMITED, found.reason, found.message, self.now, so=found.limited)
        job.wanted = found.replicas
        up, down = self._waits(job, at)
        self._say_waits(job, up=up, down=down)
        return (job.wanted > job.current and not up) or (job.wanted < job.current and not down)

    def _waits(self, job: Sync, at: Micros) -> tuple[bool, bool]:
        """Whether it is too soon after the last change to scale up, and to scale down."""
        last = job.owner.status.last_scale_time
        if not last:
            return False, False
        up = self.flags.horizontal_pod_autoscaler_upscale_delay
        down = self.flags.horizontal_pod_autoscaler_downscale_delay
        return micros(last) + up >= at, micros(last) + down >= at

    def _say_waits(self, job: Sync, *, up: bool, down: bool) -> None:
        if not up and not down:
            text = "the last scale time was sufficiently old as to warrant a new scale"
            job.say(ABLE, "ReadyForNewScale", text, self.now)
            return
        which = "Both" if up and down else "Upscale" if up else "Downscale"
        windows = {
            "Both": "both the downscale and upscale forbidden windows",
            "Upscale": "the upscale forbidden window",
            "Downscale": "the downscale forbidden window",
        }
        text = f"the time since the previous scale is still within {windows[which]}"
        job.say(ABLE, f"Backoff{which}", text, self.now, so=False)
