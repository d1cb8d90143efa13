"""What controllers ask of pods. Pure functions (v1.7.5, v1.8.0 pkg/controller/controller_utils.go)."""

from typing import Final

from clustersim.api.core_v1 import Pod, PodCondition
from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros

_PHASES: Final = {"Pending": 0, "Unknown": 1, "Running": 2}
_NEVER: Final[Micros] = 1 << 62


def is_terminated(pod: Pod) -> bool:
    """It has ended, one way or the other."""
    return pod.status.phase in ("Succeeded", "Failed")


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
    condition = ready_condition(pod)
    return condition is not None and condition.status == "True"


def is_available(pod: Pod, min_ready_seconds: int, now: Micros) -> bool:
    """It has been ready for long enough."""
    condition = ready_condition(pod)
    if condition is None or condition.status != "True":
        return False
    if min_ready_seconds == 0:
        return True
    since = condition.last_transition_time
    return bool(since) and micros(since) + min_ready_seconds * 1_000_000 <= now


def deletion_rank(pod: Pod) -> tuple[bool, int, bool, Micros, int, Micros, int]:
    """Pods that sort first are deleted first: unassigned, pending, not ready, ready for a shorter time,
    restarted more often, younger (ActivePods).

    Times are whole seconds, so ties are common. There the real order is that of a map, which is chance; here
    the pod that changed last goes first.
    """
    metadata, condition = pod.metadata, ready_condition(pod)
    ready_since = _NEVER
    if condition is not None and condition.status == "True" and condition.last_transition_time:
        ready_since = micros(condition.last_transition_time)
    return (
        bool(pod.spec.node_name),
        _PHASES.get(pod.status.phase, 0),
        is_ready(pod),
        -ready_since,
        -max((status.restart_count for status in pod.status.container_statuses), default=0),
        -(micros(metadata.creation_timestamp) if metadata.creation_timestamp else _NEVER),
        -int(metadata.resource_version or 0),
    )
