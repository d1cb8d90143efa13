"""Eviction: a pod is deleted only if its disruption budgets allow it.

Today a pod that cannot be disrupted any more, since it has ended or is not running yet, needs no budget.
Source: v1.7.5, v1.8.0, v1.36 pkg/registry/core/pod/{rest,storage}/eviction.go.
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.budgets import guards
from clustersim.api.conditions import condition_of, is_true
from clustersim.api.core_v1 import Pod, PodCondition
from clustersim.api.errors import ApiError, Cause, too_many_requests
from clustersim.api.meta import replace
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import Micros

TOO_MANY: Final = (
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
)
VIOLATED: Final = "Cannot evict pod as it would violate the pod's disruption budget."
NOT_COUNTED: Final = "The disruption budget {name} is still being processed by the server."


EVICTED: Final = PodCondition(
    type="DisruptionTarget", status="True", reason="EvictionByEvictionAPI", message="Eviction API: evicting"
)
"""What v1.36 writes into a pod that it evicts."""


def is_free(pod: Pod, budget: PodDisruptionBudget) -> bool:
    """v1.36: a pod that is not ready costs its budget nothing, where enough others are healthy or the budget
    says so (unhealthyPodEvictionPolicy)."""
    if is_true(pod.status, "Ready"):
        return False
    status = budget.status
    enough = 0 < status.desired_healthy <= status.current_healthy
    return enough or budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow"


def marked(pod: Pod, now: Micros) -> Pod:
    """The pod, said to be evicted."""
    others = tuple(one for one in pod.status.conditions if one.type != EVICTED.type)
    condition = replace(EVICTED, last_transition_time=rfc3339(now))
    changed: Pod = replace(pod, status=replace(pod.status, conditions=(*others, condition)))
    return changed


def charged_budgets(
    pod: Pod, budgets: Mapping[str, Any], now: Micros, *, today: bool
) -> tuple[PodDisruptionBudget, ...]:
    """The budget that pays for the pod's eviction, less one; none where none applies. Raises ApiError 429
    where it allows none, 500 where there are several."""
    ended = pod.status.phase in ("Succeeded", "Failed", "Pending") or bool(pod.metadata.deletion_timestamp)
    if today and ended:
        return ()
    found = [budget for budget in budgets.values() if guards(budget, pod, today=today)]
    if len(found) > 1:
        raise ApiError(500, "InternalError", TOO_MANY)
    charge = _charged_today if today else _charged
    return tuple(charge(budget, pod, now) for budget in found if not (today and is_free(pod, budget)))


def _charged(budget: PodDisruptionBudget, pod: Pod, now: Micros) -> PodDisruptionBudget:
    """As v1.7 and v1.8 do it, which say no more than that it cannot be."""
    status = budget.status
    if status.observed_generation < budget.metadata.generation or status.disruptions_allowed <= 0:
        raise too_many_requests(VIOLATED, 0)
    return _less_one(budget, pod, now)


def _charged_today(budget: PodDisruptionBudget, pod: Pod, now: Micros) -> PodDisruptionBudget:
    status, name = budget.status, budget.metadata.name
    if status.observed_generation < budget.metadata.generation:
        raise too_many_requests(VIOLATED, 10, (Cause("DisruptionBudget", NOT_COUNTED.format(name=name)),))
    if status.disruptions_allowed <= 0:
        raise too_many_requests(VIOLATED, 0, (Cause("DisruptionBudget", _why_none(budget)),))
    return _less_one(budget, pod, now)


def _why_none(budget: PodDisruptionBudget) -> str:
    status, name = budget.status, budget.metadata.name
    told = condition_of(status, "DisruptionAllowed")
    message = told.message if told is not None and told.status == "False" else ""
    cannot = f"The disruption budget {name} does not allow evicting pods currently"
    if told is not None and message and told.reason == "SyncFailed":
        return f"{cannot} because it failed sync: {message}"
    if status.current_healthy <= status.desired_healthy:
        return (
            f"The disruption budget {name} needs {status.desired_healthy} healthy pods and has "
            f"{status.current_healthy} currently"
        )
    return f"{cannot} ({told.reason}): {message}" if told is not None and message else cannot


def _less_one(budget: PodDisruptionBudget, pod: Pod, now: Micros) -> PodDisruptionBudget:
    status = budget.status
    disrupted = {**status.disrupted_pods, pod.metadata.name: rfc3339(now)}
    allowed = status.disruptions_allowed - 1
    return replace(budget, status=replace(status, disruptions_allowed=allowed, disrupted_pods=disrupted))
