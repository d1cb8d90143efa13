"""What today's Job controller finds when it looks at a Job: counts, indexes, and whether it is over.

Pure functions. A pod counts once it has ended and its finalizer is gone; those that have ended and still
have it are new, or noted in the status as not yet counted.
Source: v1.36 pkg/controller/job/job_controller.go syncJob, indexed_job_utils.go.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.batch import Job, JobCondition, JobStatus, UncountedTerminatedPods
from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.timestamp import micros, rfc3339
from clustersim.controllermanager.job.backoff import BackoffRecord, finished_at
from clustersim.controllermanager.job.indexes import (
    Indexes,
    all_failures_of,
    failures_of,
    index_of,
    parsed,
)
from clustersim.controllermanager.job.policies import FAIL_INDEX, failure_of, success_by_policy
from clustersim.controllermanager.pods import is_active, is_ready, is_terminating
from clustersim.engine.time import SECOND, Micros

FINALIZER: Final = "batch.kubernetes.io/job-tracking"
CONTROLLER: Final = "kubernetes.io/job-controller"
"""What `managedBy` says of Jobs that are this controller's."""
FAILURE_TARGET: Final = "FailureTarget"
SUCCESS_CRITERIA_MET: Final = "SuccessCriteriaMet"


class Survey(msgspec.Struct, frozen=True):
    """A Job and its pods at one moment.

    succeeded, failed: all that have ended, counted or not. before: the indexes that had succeeded at the
    last look. delayed: failed pods that keep their finalizer until their index has another pod, as that one
    takes over their count. target: the condition that says the Job is about to be over, None if it goes on.
    """

    pods: tuple[Pod, ...]
    active: tuple[Pod, ...]
    ready: int
    terminating: int
    succeeded: int
    failed: int
    record: BackoffRecord
    before: Indexes = Indexes()
    succeeded_indexes: Indexes = Indexes()
    failed_indexes: Indexes | None = None
    delayed: dict[int, Pod] = {}
    target: JobCondition | None = None


def survey(
    job: Job, pods: Iterable[Pod], released: Iterable[str], record: BackoffRecord, now: Micros
) -> Survey:
    """Look at a Job. released: UIDs of pods that are known to have lost their finalizer, though the cache
    does not show it yet; record: the failures known so far."""
    pods, gone = tuple(pods), frozenset(released)
    active = tuple(filter(is_active, pods))
    waiting = job.status.uncounted_terminated_pods or UncountedTerminatedPods()
    fresh = [pod for pod in pods if tracked(pod) and pod.metadata.uid not in gone and has_its_index(job, pod)]
    succeeded = [
        pod for pod in fresh if pod.status.phase == "Succeeded" and pod.metadata.uid not in waiting.succeeded
    ]
    failed = [pod for pod in fresh if has_failed(job, pod) and pod.metadata.uid not in waiting.failed]
    counted = sum(failure_of(job, pod).counts for pod in failed)
    found = Survey(
        pods=pods,
        active=active,
        ready=sum(map(is_ready, active)),
        terminating=sum(map(is_terminating, pods)),
        succeeded=job.status.succeeded + len(succeeded) + len(waiting.succeeded),
        failed=job.status.failed + counted + len(waiting.failed),
        record=record.after(succeeded, failed),
    )
    found = replace(found, target=_target(job, found, now))
    return _with_indexes(job, found, fresh, now) if is_indexed(job) else found


def _target(job: Job, found: Survey, now: Micros) -> JobCondition | None:
    """Why the Job is about to be over, the first reason that is found."""
    for kind in (SUCCESS_CRITERIA_MET, FAILURE_TARGET):
        if (known := condition_of(job.status, kind)) is not None and known.status == "True":
            return known
    for pod in found.pods:
        if has_failed(job, pod) and (message := failure_of(job, pod).message):
            return condition(FAILURE_TARGET, "PodFailurePolicy", message, now)
    limit = job.spec.backoff_limit
    if limit is not None and (found.failed > limit or _restarted_too_often(job, found.pods, limit)):
        text = "Job has reached the specified backoff limit"
        return condition(FAILURE_TARGET, "BackoffLimitExceeded", text, now)
    if (due := deadline(job)) is not None and now >= due:
        text = "Job was active longer than specified deadline"
        return condition(FAILURE_TARGET, "DeadlineExceeded", text, now)
    return None


def _restarted_too_often(job: Job, pods: Iterable[Pod], limit: int) -> bool:
    if job.spec.template.spec.restart_policy != "OnFailure":
        return False
    restarts = sum(
        status.restart_count
        for pod in pods
        if pod.status.phase in ("Running", "Pending")
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)
    )
    return restarts > 0 if limit == 0 else restarts >= limit


def _with_indexes(job: Job, found: Survey, fresh: list[Pod], now: Micros) -> Survey:
    completions = job.spec.completions or 0
    before = parsed(job.status.completed_indexes, completions)
    new = [index for pod in fresh if pod.status.phase == "Succeeded" and (index := index_of(pod)) is not None]
    succeeded = before.with_indexes(new)
    found = replace(found, before=before, succeeded_indexes=succeeded, succeeded=succeeded.total)
    if job.spec.backoff_limit_per_index is not None:
        lost = [index for pod in fresh if _index_failed(job, pod) and (index := index_of(pod)) is not None]
        failed = parsed(job.status.failed_indexes or "", completions).with_indexes(lost)
        found = replace(found, failed_indexes=failed)
        found = replace(found, delayed=_delayed(job, found, fresh))
        target = found.target or _by_failed_indexes(job, failed, succeeded, now)
        found = replace(found, target=target)
    if found.target is None and (message := success_by_policy(job, succeeded)):
        found = replace(found, target=condition(SUCCESS_CRITERIA_MET, "SuccessPolicy", message, now))
    return found


def _index_failed(job: Job, pod: Pod) -> bool:
    if not has_failed(job, pod):
        return False
    failure = failure_of(job, pod)
    limit = job.spec.backoff_limit_per_index or 0
    return failure.action == FAIL_INDEX or (failure.counts and failures_of(pod) >= limit)


def _by_failed_indexes(job: Job, failed: Indexes, succeeded: Indexes, now: Micros) -> JobCondition | None:
    most, completions = job.spec.max_failed_indexes, job.spec.completions or 0
    if most is not None and failed.total > most:
        text = "Job has exceeded the specified maximal number of failed indexes"
        return condition(FAILURE_TARGET, "MaxFailedIndexesExceeded", text, now)
    if failed.total and failed.total + succeeded.total >= completions:
        return condition(FAILURE_TARGET, "FailedIndexes", "Job has failed indexes", now)
    return None


def _delayed(job: Job, found: Survey, fresh: list[Pod]) -> dict[int, Pod]:
    busy = {index_of(pod) for pod in found.active}
    delayed: dict[int, Pod] = {}
    for pod in fresh:
        index = index_of(pod)
        if index is None or not has_failed(job, pod) or index in busy or index in found.succeeded_indexes:
            continue
        if found.failed_indexes is not None and index in found.failed_indexes:
            continue
        last = delayed.get(index)
        if last is None or (all_failures_of(last), finished_at(last)) <= (
            all_failures_of(pod),
            finished_at(pod),
        ):
            delayed[index] = pod
    return delayed


# --- what is asked of a Job and of a pod ----------------------------------------------------------------


def tracked(pod: Pod) -> bool:
    """It has the finalizer by which the controller counts it once, and no more than once."""
    return FINALIZER in pod.metadata.finalizers


def is_indexed(job: Job) -> bool:
    """Its pods have completion indexes."""
    return job.spec.completion_mode == "Indexed"


def is_managed_elsewhere(job: Job) -> bool:
    """Another controller looks after it (managedByExternalController)."""
    return job.spec.managed_by not in (None, CONTROLLER)


def is_suspended(job: Job) -> bool:
    """It is not to run now."""
    return bool(job.spec.suspend)


def replaces_only_failed(job: Job) -> bool:
    """A pod that is being deleted gets its successor when it has ended, and not before."""
    return job.spec.pod_replacement_policy == "Failed" or job.spec.pod_failure_policy is not None


def has_failed(job: Job, pod: Pod) -> bool:
    """It has failed; one that is being deleted counts as failed unless only failed ones are replaced."""
    if pod.status.phase == "Failed":
        return True
    deleting = bool(pod.metadata.deletion_timestamp) and pod.status.phase != "Succeeded"
    return deleting and not replaces_only_failed(job)


def deadline(job: Job) -> Micros | None:
    """When the Job will have been active for too long, None if there is no limit or it is not active."""
    limit, started = job.spec.active_deadline_seconds, job.status.start_time
    if limit is None or not started or is_suspended(job):
        return None
    return micros(started) + limit * SECOND


def condition(kind: str, reason: str, message: str, now: Micros, status: str = "True") -> JobCondition:
    """A new condition."""
    time = rfc3339(now)
    return JobCondition(
        type=kind,
        status=status,
        last_probe_time=time,
        last_transition_time=time,
        reason=reason,
        message=message,
    )


def with_condition(status: JobStatus, new: JobCondition) -> JobStatus:
    """The status with that condition; one of its type that says the same stays, and one that says no is not
    added (ensureJobConditionStatus)."""
    known = condition_of(status, new.type)
    if known is None:
        added = (new,) if new.status != "False" else ()
        return replace(status, conditions=(*status.conditions, *added)) if added else status
    if (known.status, known.reason, known.message) == (new.status, new.reason, new.message):
        return status
    return replace(status, conditions=tuple(new if one is known else one for one in status.conditions))


def has_its_index(job: Job, pod: Pod) -> bool:
    """It has a completion index that its Job asks for, or needs none."""
    if not is_indexed(job):
        return True
    index = index_of(pod)
    return index is not None and index < (job.spec.completions or 0)
