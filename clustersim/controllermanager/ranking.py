"""Which of too many pods are deleted: the least useful first.

Source: v1.7.5, v1.8.0 pkg/controller/controller_utils.go ActivePods; v1.36 ActivePodsWithRanks, and
pkg/controller/replicaset/replica_set.go getPodsRankedByRelatedPodsOnSameNode.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.api.timestamp import micros
from clustersim.controllermanager.pods import is_active, is_ready, ready_condition
from clustersim.digits import is_whole
from clustersim.engine.time import Micros

DELETION_COST: Final = "controller.kubernetes.io/pod-deletion-cost"

_PHASES: Final = {"Pending": 0, "Unknown": 1, "Running": 2}
_NEVER: Final[Micros] = 1 << 62

Ranking = Callable[[Sequence[Pod], Sequence[Pod], Micros], list[Pod]]
"""(the pods, all pods of the same Deployment, now) -> the pods, those to delete first in front."""


def by_usefulness(pods: Sequence[Pod], _related: Sequence[Pod], _now: Micros) -> list[Pod]:
    """v1.7, v1.8."""
    return sorted(pods, key=deletion_rank)


def by_usefulness_and_place(pods: Sequence[Pod], related: Sequence[Pod], now: Micros) -> list[Pod]:
    """v1.36: after readiness, what an annotation says it costs, and how many of its kind share its node; and
    ages count by their order of magnitude only, with the UID between equals."""
    crowd = Counter(pod.spec.node_name for pod in related if is_active(pod))

    def first(pod: Pod) -> tuple[bool, int, bool, int, int]:
        ready, cost = is_ready(pod), deletion_cost(pod)
        place = crowd[pod.spec.node_name]
        return bool(pod.spec.node_name), _PHASES.get(pod.status.phase, 0), ready, cost, -place

    def compare(one: Pod, other: Pod) -> int:
        a, b = first(one), first(other)
        if a != b:
            return -1 if a < b else 1
        if is_ready(one) and (
            found := _compare_ages(one, other, _ready_since(one), _ready_since(other), now)
        ):
            return found
        if (often := restarts(one)) != (seldom := restarts(other)):
            return -1 if often > seldom else 1
        return _compare_ages(one, other, _created(one), _created(other), now)

    return sorted(pods, key=cmp_to_key(compare))


def deletion_cost(pod: Pod) -> int:
    """What its annotation says its deletion costs; 0 without one, or with one that is no number."""
    text = pod.metadata.annotations.get(DELETION_COST, "")
    return int(text) if is_whole(text.removeprefix("-")) else 0


def deletion_rank(pod: Pod) -> tuple[bool, int, bool, Micros, int, int, Micros, int]:
    """Pods that sort first are deleted first: unassigned, pending, not ready, ready for a shorter time,
    restarted more often, younger (ActivePods).

    Times are whole seconds, so ties are common. There the real order is that of a map, which is chance; here
    the pod that changed last goes first.
    """
    often, beside = restarts(pod)
    return (
        bool(pod.spec.node_name),
        _PHASES.get(pod.status.phase, 0),
        is_ready(pod),
        -_ready_since(pod),
        -often,
        -beside,
        -_created(pod),
        -int(pod.metadata.resource_version or 0),
    )


def restarts(pod: Pod) -> tuple[int, int]:
    """How often the container that was restarted most often was; and the sidecar, which matters between
    equals (compareMaxContainerRestarts)."""
    sidecars = {one.name for one in pod.spec.init_containers if one.restart_policy == "Always"}
    beside = [one.restart_count for one in pod.status.init_container_statuses if one.name in sidecars]
    often = max((status.restart_count for status in pod.status.container_statuses), default=0)
    return often, max(beside, default=0)


def _ready_since(pod: Pod) -> Micros:
    condition = ready_condition(pod)
    if condition is not None and condition.status == "True" and condition.last_transition_time:
        return micros(condition.last_transition_time)
    return _NEVER


def _created(pod: Pod) -> Micros:
    created = pod.metadata.creation_timestamp
    return micros(created) if created else _NEVER


def _compare_ages(one: Pod, other: Pod, since: Micros, other_since: Micros, now: Micros) -> int:
    """The one that is younger by orders of magnitude first (logarithmicRankDiff)."""
    if since == other_since:
        return 0
    difference = _magnitude(now - since) - _magnitude(now - other_since)
    if difference:
        return difference
    return -1 if one.metadata.uid < other.metadata.uid else 1


def _magnitude(age: Micros) -> int:
    """The binary order of magnitude of an age in nanoseconds, -1 for none."""
    return (age * 1000).bit_length() - 1 if age > 0 else -1
