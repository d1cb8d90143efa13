"""Which pods a Job wants: how many, which are too many, with which indexes, and when. Pure functions.

Source: v1.36 pkg/controller/job/job_controller.go manageJob, indexed_job_utils.go.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from clustersim.api.batch import Job
from clustersim.api.core.environment import EnvVar, EnvVarSource, ObjectFieldSelector
from clustersim.api.core_v1 import Container, Pod
from clustersim.api.meta import replace
from clustersim.controllermanager.job.backoff import remaining_for_index
from clustersim.controllermanager.job.indexes import (
    FAILURES,
    IGNORED_FAILURES,
    INDEX,
    all_failures_of,
    failures_of,
    index_of,
)
from clustersim.controllermanager.job.policies import failure_of
from clustersim.controllermanager.job.survey import (
    FINALIZER,
    Survey,
    is_indexed,
    is_suspended,
    replaces_only_failed,
)
from clustersim.controllermanager.pods import is_terminating
from clustersim.controllermanager.ranking import deletion_rank
from clustersim.engine.time import Micros

LONGEST_PREFIX: Final = 58
"""Of a generated name: 63 characters less the five random ones."""


INDEX_VARIABLE: Final = "JOB_COMPLETION_INDEX"


class Plan(msgspec.Struct, frozen=True):
    """Pods to create now by their indexes (None for one without), or how long to wait before any."""

    indexes: tuple[int | None, ...] = ()
    wait: Micros = 0


def wanted_active(job: Job, found: Survey) -> int:
    """How many pods should be at work."""
    if is_suspended(job):
        return 0
    parallelism = job.spec.parallelism or 0
    if job.spec.completions is None:
        return len(found.active) if found.succeeded else parallelism
    return max(0, min(job.spec.completions - found.succeeded, parallelism))


def surplus(job: Job, found: Survey, wanted: int) -> list[Pod]:
    """Pods to delete: those whose index is taken or invalid, and the least useful of too many
    (activePodsForRemoval)."""
    doomed: list[Pod] = []
    left: Sequence[Pod] = found.active
    if is_indexed(job):
        doomed, left = _duplicates(found.active, job.spec.completions or 0)
    more = max(0, len(found.active) - wanted - len(doomed))
    return doomed + sorted(left, key=deletion_rank)[:more]


def _duplicates(pods: Iterable[Pod], completions: int) -> tuple[list[Pod], list[Pod]]:
    by_index: dict[int | None, list[Pod]] = {}
    for pod in pods:
        index = index_of(pod)
        by_index.setdefault(index if index is not None and index < completions else None, []).append(pod)
    doomed = by_index.pop(None, [])
    left: list[Pod] = []
    for same in by_index.values():
        *others, best = sorted(same, key=deletion_rank)
        doomed += others
        left.append(best)
    return doomed, left


def plan(job: Job, found: Survey, wanted: int, now: Micros, most: int) -> Plan:
    """Which pods to create now, `most` at most."""
    held = found.terminating if replaces_only_failed(job) else 0
    missing = wanted - held - len(found.active)
    if missing <= 0:
        return Plan()
    per_index = job.spec.backoff_limit_per_index is not None
    if not per_index and (wait := found.record.remaining(now)):
        return Plan(wait=wait)
    count = min(missing, most)
    if not is_indexed(job):
        return Plan((None,) * count)
    indexes = _free_indexes(job, found, count)
    if not per_index:
        return Plan(tuple(indexes))
    waits = {index: remaining_for_index(found.delayed.get(index), now) for index in indexes}
    due = tuple(index for index in indexes if not waits[index])
    return Plan(due) if due or not waits else Plan(wait=min(waits.values()))


def _free_indexes(job: Job, found: Survey, count: int) -> list[int]:
    busy = [index for pod in found.active if (index := index_of(pod)) is not None]
    if replaces_only_failed(job):
        busy += [i for pod in found.pods if is_terminating(pod) and (i := index_of(pod)) is not None]
    taken = found.succeeded_indexes.with_indexes(busy)
    if found.failed_indexes is not None:
        taken = taken.merged(found.failed_indexes)
    return taken.missing(count, job.spec.completions or 0)


def pod_for(job: Job, template: Pod, index: int | None, replaced: Pod | None) -> Pod:
    """The pod with its finalizer, and its index where it has one. replaced: the failed one whose count of
    failures it takes over."""
    known = template.metadata.finalizers
    finalizers = known if FINALIZER in known else (*known, FINALIZER)
    metadata = replace(template.metadata, finalizers=finalizers)
    if index is None:
        return replace(template, metadata=metadata)
    ending = f"-{index}-"
    prefix = job.metadata.name[: LONGEST_PREFIX - len(ending)] + ending
    annotations = {**metadata.annotations, INDEX: str(index), **_failures(job, replaced)}
    metadata = replace(
        metadata,
        generate_name=prefix,
        labels={**metadata.labels, INDEX: str(index)},
        annotations=annotations,
    )
    spec = replace(
        template.spec,
        hostname=f"{job.metadata.name}-{index}",
        containers=tuple(map(_told_its_index, template.spec.containers)),
        init_containers=tuple(map(_told_its_index, template.spec.init_containers)),
    )
    return replace(template, metadata=metadata, spec=spec)


def _told_its_index(container: Container) -> Container:
    """The container with the variable that holds the index, unless it says itself what that is."""
    if any(variable.name == INDEX_VARIABLE for variable in container.env):
        return container
    path = f"metadata.labels['{INDEX}']"
    source = EnvVarSource(field_ref=ObjectFieldSelector(field_path=path))
    return replace(container, env=(*container.env, EnvVar(name=INDEX_VARIABLE, value_from=source)))


def _failures(job: Job, replaced: Pod | None) -> dict[str, str]:
    if job.spec.backoff_limit_per_index is None:
        return {}
    counted, ignored = 0, 0
    if replaced is not None:
        counted, ignored = failures_of(replaced), all_failures_of(replaced) - failures_of(replaced)
        if failure_of(job, replaced).counts:
            counted += 1
        else:
            ignored += 1
    return {FAILURES: str(counted), **({IGNORED_FAILURES: str(ignored)} if ignored else {})}


def in_order(job: Job, pods: Sequence[Pod]) -> Sequence[Pod]:
    """By index where there are any."""
    if not is_indexed(job):
        return pods
    return sorted(pods, key=lambda pod: -1 if (index := index_of(pod)) is None else index)
