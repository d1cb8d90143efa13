"""Counting a Job's pods exactly once: noted by UID while they have their finalizer, counted when it is gone.

Pure functions. Source: v1.36 pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers.
"""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from clustersim.api.batch import Job, JobCondition, JobStatus, UncountedTerminatedPods
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.controllermanager.job import pods as jobpods
from clustersim.controllermanager.job.indexes import index_of
from clustersim.controllermanager.job.policies import failure_of
from clustersim.controllermanager.job.survey import (
    FAILURE_TARGET,
    Survey,
    has_failed,
    has_its_index,
    is_indexed,
)

MOST_PODS: Final = 500
"""UIDs that a status holds at most (MaxUncountedPods)."""


class Entry(msgspec.Struct, frozen=True):
    """What to write: the status with what has ended; pods whose finalizer may go then; and whether there was
    more than fits."""

    status: JobStatus
    releasing: tuple[Pod, ...]
    more: bool


def counted(status: JobStatus, with_finalizer: Collection[str]) -> JobStatus:
    """Noted pods whose finalizer is gone are counted (cleanUncountedPodsWithoutFinalizers)."""
    waiting = status.uncounted_terminated_pods
    if waiting is None:
        return status
    succeeded = tuple(uid for uid in waiting.succeeded if uid in with_finalizer)
    failed = tuple(uid for uid in waiting.failed if uid in with_finalizer)
    if (succeeded, failed) == (waiting.succeeded, waiting.failed):
        return status
    return replace(
        status,
        succeeded=status.succeeded + len(waiting.succeeded) - len(succeeded),
        failed=status.failed + len(waiting.failed) - len(failed),
        uncounted_terminated_pods=UncountedTerminatedPods(succeeded=succeeded, failed=failed),
    )


def noted(
    job: Job, status: JobStatus, found: Survey, known: Sequence[Pod], end: JobCondition | None
) -> Entry:
    """Note what has ended. known: pods that have the finalizer; end: how the Job ends, None if it goes on."""
    waiting = status.uncounted_terminated_pods or UncountedTerminatedPods()
    succeeded, failed = list(waiting.succeeded), list(waiting.failed)
    indexes: list[int] = []
    releasing: list[Pod] = []
    for pod in jobpods.in_order(job, known):
        if not _may_release(job, found, pod, end):
            continue
        releasing.append(pod)
        uid = pod.metadata.uid
        index = index_of(pod) if is_indexed(job) and has_its_index(job, pod) else None
        if pod.status.phase == "Succeeded" and uid not in waiting.failed:
            if index is not None and index not in found.before:
                indexes.append(index)
            elif not is_indexed(job) and uid not in waiting.succeeded:
                succeeded.append(uid)
        elif (
            _fails(job, pod, end) and uid not in waiting.failed and (index is not None or not is_indexed(job))
        ):
            failed.append(uid)
        if len(indexes) + len(succeeded) + len(failed) >= MOST_PODS:
            break
    new = UncountedTerminatedPods(succeeded=tuple(succeeded), failed=tuple(failed))
    status = replace(status, uncounted_terminated_pods=new)
    if is_indexed(job):
        status = _with_indexes(status, found, indexes)
    more = len(indexes) + len(succeeded) + len(failed) >= MOST_PODS
    return Entry(status, tuple(releasing), more)


def _fails(job: Job, pod: Pod, end: JobCondition | None) -> bool:
    """It counts as failed; where the Job fails, so does everything that has not ended."""
    lost = has_failed(job, pod) or (end is not None and end.type == FAILURE_TARGET)
    return lost and failure_of(job, pod).counts


def _may_release(job: Job, found: Survey, pod: Pod, end: JobCondition | None) -> bool:
    if job.metadata.deletion_timestamp or end is not None or pod.status.phase == "Succeeded":
        return True
    held = any(pod.metadata.uid == one.metadata.uid for one in found.delayed.values())
    return has_failed(job, pod) and not held


def _with_indexes(status: JobStatus, found: Survey, new: list[int]) -> JobStatus:
    succeeded = found.before.with_indexes(new)
    failed = str(found.failed_indexes) if found.failed_indexes is not None else status.failed_indexes
    return replace(status, succeeded=succeeded.total, completed_indexes=str(succeeded), failed_indexes=failed)
