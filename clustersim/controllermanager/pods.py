"""What controllers ask of pods. Pure functions (v1.7.5, v1.8.0 pkg/controller/controller_utils.go)."""

from collections.abc import Iterable
from typing import Final

from clustersim.api.core_v1 import Pod, PodCondition
from clustersim.api.timestamp import micros
from clustersim.engine.time import SECOND, Micros

ENDED: Final = ("Succeeded", "Failed")


def is_terminated(pod: Pod) -> bool:
    """It has ended, one way or the other."""
    return pod.status.phase in ENDED


def is_active(pod: Pod) -> bool:
    """It counts as one of its controller's pods: neither ended nor being deleted."""
    return not is_terminated(pod) and not pod.metadata.deletion_timestamp


def ready_condition(pod: Pod) -> PodCondition | None:
    """Its Ready condition."""
    for condition in pod.status.conditions:
        if condition.type == "Ready":
            return condition
    return None


def is_ready(pod: Pod) -> bool:
    """Its Ready condition is True."""
    for condition in pod.status.conditions:
        if condition.type == "Ready":
            return condition.status == "True"
    return False


def is_available(pod: Pod, min_ready_seconds: int, now: Micros) -> bool:
    """It has been ready for long enough."""
    condition = ready_condition(pod)
    if condition is None or condition.status != "True":
        return False
    if min_ready_seconds == 0:
        return True
    since = condition.last_transition_time
    return bool(since) and micros(since) + min_ready_seconds * SECOND <= now


def until_available(pods: Iterable[Pod], min_ready_seconds: int, now: Micros) -> Micros | None:
    """How long until the next of these pods is available, None if none is about to be
    (v1.36 FindMinNextPodAvailabilityCheck)."""
    ready = (ready_condition(pod) for pod in pods)
    since = [one.last_transition_time for one in ready if one is not None and one.status == "True"]
    waits = [micros(time) + min_ready_seconds * SECOND - now for time in since if time]
    return min((wait for wait in waits if wait > 0), default=None)


def is_terminating(pod: Pod) -> bool:
    """It is being deleted and has not ended yet."""
    return bool(pod.metadata.deletion_timestamp) and not is_terminated(pod)
