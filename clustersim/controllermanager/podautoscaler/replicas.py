"""How many pods it takes to bring a metric to its target (the ReplicaCalculator).

Pods that are not ready count as idle where there are too few pods; pods of which nothing was measured count
as idle where there are too few, and as fully used where there are too many; exactly at the target they do not
count.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/podautoscaler/replica_calculator.go, metrics/utilization.go.
"""

from collections.abc import Callable, Iterable, Mapping
from math import ceil
from typing import Final, NamedTuple

import msgspec

from clustersim.api.autoscaling_targets import Target, thousandths
from clustersim.api.core_v1 import Container, Pod, PodStatus
from clustersim.api.meta import replace
from clustersim.api.resources import requests_v136
from clustersim.api.timestamp import micros
from clustersim.api.usage import PodUsage
from clustersim.controllermanager.pods import is_ready, ready_condition
from clustersim.engine.time import SECOND, Micros

WINDOW: Final[Micros] = 15 * SECOND
"""Over which metrics-server of today measures."""


class CannotTellError(ValueError):
    """Why it cannot be said how many pods it takes."""


class Calculation(msgspec.Struct, frozen=True, kw_only=True):
    """How a release computes. tolerance: shares below and above the target that change nothing;
    initialization, readiness_delay: today's grace for the CPU of young pods; today: it has one."""

    tolerance: tuple[float, float]
    initialization: Micros = 0
    readiness_delay: Micros = 0
    today: bool


class Groups(NamedTuple):
    """How many pods count, and the names of those that are left out, not ready, or not measured."""

    ready: int
    gone: frozenset[str]
    unready: frozenset[str]
    missing: frozenset[str]


class Ratio(NamedTuple):
    """Of the metric to its target; in percent of the requests, and on average in thousandths."""

    usage: float
    utilization: int | None
    average: int


class Proposal(NamedTuple):
    """How many pods it takes, and what was measured."""

    replicas: int
    ratio: Ratio


def propose(
    how: Calculation, target: Target, current: int, pods: Iterable[Pod], told: Iterable[PodUsage], now: Micros
) -> Proposal:
    """How many pods the metric asks for. Raises CannotTellError."""
    pods, told = list(pods), list(told)
    measured = {one.name: used for one in told if (used := _used(target, one)) is not None}
    if not pods:
        raise CannotTellError("no pods returned by selector while calculating replica count")
    at = told[0].at if told else now
    grouped = _groups_of_today if how.today else _groups_of_old
    groups = grouped(how, target, pods, measured, at, now)
    left_out = groups.gone | groups.unready
    values = {name: used for name, used in measured.items() if name not in left_out}
    ratio_of, full = _measure(how, target, pods)
    if not values:
        unready = "for targeted pods (pods might be unready)" if how.today else "for any ready pods"
        raise CannotTellError(f"did not receive metrics {unready}")
    ratio = ratio_of(values)
    return Proposal(_replicas(how, current, values, groups, ratio, ratio_of, full), ratio)


def _replicas(
    how: Calculation,
    current: int,
    values: dict[str, int],
    groups: Groups,
    ratio: Ratio,
    ratio_of: Callable[[Mapping[str, int]], Ratio],
    full: Mapping[str, int],
) -> int:
    usage = ratio.usage
    adds_unready = bool(groups.unready) and usage > 1
    if not adds_unready and not groups.missing:
        return current if _tolerated(how, usage) else ceil(usage * groups.ready)
    for name in sorted(groups.missing) if usage != 1 else ():
        values[name] = full[name] if usage < 1 else 0
    for name in sorted(groups.unready) if adds_unready else ():
        values[name] = 0
    again = ratio_of(values).usage
    if _tolerated(how, again) or (usage < 1 < again) or (again < 1 < usage):
        return current
    found = ceil(again * len(values))
    turned = (again < 1 and found > current) or (again > 1 and found < current)
    return current if how.today and turned else found


def _tolerated(how: Calculation, usage: float) -> bool:
    below, above = how.tolerance
    return 1 - below <= usage <= 1 + above if how.today else abs(1 - usage) <= above


def _used(target: Target, one: PodUsage) -> int | None:
    """Thousandths that a pod uses; None where what is asked for was not measured."""
    parts = [
        used.cpu if target.name == "cpu" else used.memory * 1000
        for name, used in one.containers
        if target.container in ("", name)
    ]
    return sum(parts) if parts and target.name in ("cpu", "memory") else None


# --- which pods count ------------------------------------------------------------------------------------


def _groups_of_old(
    how: Calculation, target: Target, pods: list[Pod], measured: Mapping[str, int], at: Micros, now: Micros
) -> Groups:
    unready = {pod.metadata.name for pod in pods if pod.status.phase != "Running" or not is_ready(pod)}
    names = {pod.metadata.name for pod in pods} - unready
    missing = names - measured.keys()
    return Groups(len(names - missing), frozenset(), frozenset(unready), frozenset(missing))


def _groups_of_today(
    how: Calculation, target: Target, pods: list[Pod], measured: Mapping[str, int], at: Micros, now: Micros
) -> Groups:
    gone, unready, missing = set(), set(), set()
    for pod in pods:
        name = pod.metadata.name
        if pod.metadata.deletion_timestamp or pod.status.phase == "Failed":
            gone.add(name)
        elif pod.status.phase == "Pending":
            unready.add(name)
        elif name not in measured:
            missing.add(name)
        elif target.name == "cpu" and _is_young(how, pod, at, now):
            unready.add(name)
    ready = len(pods) - len(gone) - len(unready) - len(missing)
    return Groups(ready, frozenset(gone), frozenset(unready), frozenset(missing))


def _is_young(how: Calculation, pod: Pod, at: Micros, now: Micros) -> bool:
    """Its CPU does not count yet: it still starts, or has never been ready."""
    condition = ready_condition(pod)
    if condition is None or not pod.status.start_time:
        return True
    started, since = micros(pod.status.start_time), micros(condition.last_transition_time)
    if started + how.initialization > now:
        return condition.status == "False" or at < since + WINDOW
    return condition.status == "False" and started + how.readiness_delay > since


# --- the target --------------------------------------------------------------------------------------------


def _measure(
    how: Calculation, target: Target, pods: list[Pod]
) -> tuple[Callable[[Mapping[str, int]], Ratio], dict[str, int]]:
    """What gives the ratio of values by pod, and how much each pod uses that is fully used. Raises
    CannotTellError where a pod asks for nothing."""
    if target.value is not None:
        wanted = target.value

        def plain(values: Mapping[str, int]) -> Ratio:
            average = sum(values.values()) // len(values)
            return Ratio(average / wanted, None, average)

        return plain, {pod.metadata.name: wanted for pod in pods}
    percent = target.utilization or 0
    requests = {pod.metadata.name: _requested(how, target, pod) for pod in pods}

    def share(values: Mapping[str, int]) -> Ratio:
        known = [name for name in values if name in requests]
        asked = sum(requests[name] for name in known)
        if not asked:
            raise CannotTellError("no metrics returned matched known pods")
        used = sum(values[name] for name in known)
        utilization = used * 100 // asked
        return Ratio(utilization / percent, utilization, used // len(known))

    most = max(100, percent) if how.today else 100
    return share, {name: asked * most // 100 for name, asked in requests.items()}


def _requested(how: Calculation, target: Target, pod: Pod) -> int:
    """Thousandths that its containers ask for, or today the pod as a whole. Raises CannotTellError where one
    asks for nothing."""
    if how.today and not target.container and pod.spec.resources is not None and pod.spec.resources.requests:
        return _requested_as_a_whole(target, pod)
    total, found = 0, False
    for one in _lasting(pod):
        if target.container not in ("", one.name):
            continue
        asked = one.resources.requests.get(target.name)
        if asked is None:
            name = pod.metadata.name
            raise CannotTellError(
                f"missing request for {target.name} in container {one.name} of Pod {name}"
                if how.today
                else f"missing request for {target.name} on container {one.name} in pod "
                f"{pod.metadata.namespace}/{name}"
            )
        total += thousandths(asked)
        found = True
    if how.today and target.container and not found:
        raise CannotTellError(f"container {target.container} not found in Pod {pod.metadata.name}")
    return total


def _requested_as_a_whole(target: Target, pod: Pod) -> int:
    """The same of a pod that says it for all its containers together (calculatePodLevelRequests)."""
    asked = requests_v136(replace(pod, status=PodStatus())).counted
    found = asked.cpu if target.name == "cpu" else asked.memory * 1000
    if not found:
        raise CannotTellError(f"missing pod-level request for {target.name} in Pod {pod.metadata.name}")
    return found


def _lasting(pod: Pod) -> Iterable[Container]:
    """Its containers, with those beside them that were started first, which only today's have."""
    yield from pod.spec.containers
    yield from (one for one in pod.spec.init_containers if one.restart_policy == "Always")
