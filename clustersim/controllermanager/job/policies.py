"""What a failed pod means for its Job, and when enough has succeeded: the Job's policies.

Source: v1.36 pkg/controller/job/{pod_failure_policy,success_policy}.go.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.batch import (
    Job,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyRule,
    SuccessPolicyRule,
)
from clustersim.api.core_v1 import ContainerStatus, Pod, PodCondition
from clustersim.controllermanager.job.indexes import Indexes, parsed

FAIL_JOB: Final = "FailJob"
FAIL_INDEX: Final = "FailIndex"
IGNORE: Final = "Ignore"


class Failure(msgspec.Struct, frozen=True):
    """What one failed pod means. counts: towards the backoffLimit; action: of the rule that matched, empty
    without one; message: why the whole Job fails, empty if it does not."""

    counts: bool = True
    action: str = ""
    message: str = ""


def failure_of(job: Job, pod: Pod) -> Failure:
    """The first rule that the failed pod matches decides (matchPodFailurePolicy)."""
    policy = job.spec.pod_failure_policy
    for number, rule in enumerate(policy.rules if policy is not None else ()):
        if (why := _matched(rule, pod)) is None:
            continue
        if rule.action == IGNORE:
            return Failure(False, IGNORE)
        if rule.action == FAIL_JOB:
            return Failure(True, FAIL_JOB, f"{why} matching {FAIL_JOB} rule at index {number}")
        return Failure(True, rule.action)
    return Failure()


def _matched(rule: PodFailurePolicyRule, pod: Pod) -> str | None:
    where = f"{pod.metadata.namespace}/{pod.metadata.name}"
    if rule.on_exit_codes is not None:
        statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
        status = _by_exit_code(statuses, rule.on_exit_codes)
        if status is None or status.state.terminated is None:
            return None
        code = status.state.terminated.exit_code
        return f"Container {status.name} for pod {where} failed with exit code {code}"
    found = _by_condition(pod.status.conditions, rule)
    return None if found is None else f"Pod {where} has condition {found.type}"


def _by_exit_code(
    statuses: Iterable[ContainerStatus], wanted: PodFailurePolicyOnExitCodesRequirement
) -> ContainerStatus | None:
    for status in statuses:
        ended = status.state.terminated
        if ended is None or ended.exit_code == 0 or wanted.container_name not in ("", status.name):
            continue
        if (ended.exit_code in wanted.values) == (wanted.operator == "In"):
            return status
    return None


def _by_condition(conditions: Iterable[PodCondition], rule: PodFailurePolicyRule) -> PodCondition | None:
    for condition in conditions:
        for pattern in rule.on_pod_conditions:
            if condition.type == pattern.type and condition.status == (pattern.status or "True"):
                return condition
    return None


def success_by_policy(job: Job, succeeded: Indexes) -> str:
    """Which rule of the success policy is met, empty if none is (matchSuccessPolicy)."""
    policy = job.spec.success_policy
    for number, rule in enumerate(policy.rules if policy is not None else ()):
        if succeeded.intervals and _met(rule, succeeded, job.spec.completions or 0):
            return f"Matched rules at index {number}"
    return ""


def _met(rule: SuccessPolicyRule, succeeded: Indexes, completions: int) -> bool:
    count = rule.succeeded_count
    if rule.succeeded_indexes:
        wanted = parsed(rule.succeeded_indexes, completions)
        common = wanted.common(succeeded)
        return bool(wanted.intervals) and (common == wanted.total or (count is not None and common >= count))
    return count is not None and succeeded.total >= count
