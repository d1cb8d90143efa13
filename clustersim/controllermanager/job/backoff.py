"""How long a Job waits before it makes another pod: 10 s, 20 s, 40 s ... counted from the last failure.

The failure's moment is when its containers ended, which the kubelet reports in whole seconds.
Source: v1.36 pkg/controller/job/backoff_utils.go.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.timestamp import micros
from clustersim.controllermanager.job.indexes import all_failures_of
from clustersim.controllermanager.pods import ready_condition
from clustersim.engine.time import MINUTE, SECOND, Micros

FIRST: Final[Micros] = 10 * SECOND
LONGEST: Final[Micros] = 10 * MINUTE


class BackoffRecord(msgspec.Struct, frozen=True):
    """Failures since the last success, and when the last one was."""

    failures: int = 0
    last: Micros = 0

    def after(self, succeeded: Sequence[Pod], failed: Sequence[Pod]) -> "BackoffRecord":
        """The record once these pods, which are counted for the first time, are known, too."""
        times = sorted(map(finished_at, failed))
        if not succeeded:
            return BackoffRecord(self.failures + len(times), times[-1]) if times else self
        since = max(map(finished_at, succeeded))
        times = [time for time in times if time > since]
        return BackoffRecord(len(times), times[-1]) if times else BackoffRecord()

    def remaining(self, now: Micros) -> Micros:
        """How long no pod is made yet."""
        return remaining_after(self.failures, self.last, now)


def remaining_after(failures: int, last: Micros, now: Micros) -> Micros:
    """What is left of the pause after so many failures, the last of them then."""
    if not failures:
        return 0
    pause = min(FIRST << min(failures - 1, 40), LONGEST)
    return max(0, last + pause - now)


def remaining_for_index(last_failed: Pod | None, now: Micros) -> Micros:
    """The same for one index, whose last failed pod is known."""
    if last_failed is None:
        return 0
    return remaining_after(all_failures_of(last_failed) + 1, finished_at(last_failed), now)


def finished_at(pod: Pod) -> Micros:
    """When the pod ended, its sidecars included (getFinishedTime)."""
    sidecars = {one.name for one in pod.spec.init_containers if one.restart_policy == "Always"}
    beside = [status for status in pod.status.init_container_statuses if status.name in sidecars]
    ended = [status.state.terminated for status in (*pod.status.container_statuses, *beside)]
    times = [micros(one.finished_at) for one in ended if one is not None and one.finished_at]
    if times and len(times) == len(ended):
        return max(times)
    condition = ready_condition(pod)
    if condition is not None and condition.status == "False" and condition.last_transition_time:
        return micros(condition.last_transition_time)
    metadata = pod.metadata
    if metadata.deletion_timestamp:
        return micros(metadata.deletion_timestamp) - (metadata.deletion_grace_period_seconds or 0) * SECOND
    return micros(metadata.creation_timestamp)
