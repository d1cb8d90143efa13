"""`kubectl describe` of workloads. Sources: v1.7.5 and v1.8.0 describe.go; v1.36 k8s.io/kubectl
pkg/describe."""

from collections.abc import Iterable, Sequence
from typing import Any

from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.owners import POD_TEMPLATE_HASH
from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import human_duration, moment
from clustersim.kubectl.describe.containers import template
from clustersim.kubectl.describe.parts import NONE, TODAY, annotations, head, pairs, several
from clustersim.kubectl.texts import labels_text, selector_text

REVISION = "deployment.kubernetes.io/revision"
_MOST_OF_INDEXES = 50
_PHASES = ("Running", "Pending", "Succeeded", "Failed")
_WORDS = ("Running", "Waiting", "Succeeded", "Failed")


def pods_status(pods: Sequence[Any]) -> str:
    """ "3 Running / 0 Waiting / 0 Succeeded / 0 Failed"."""
    counts = [sum(1 for pod in pods if pod.status.phase == phase) for phase in _PHASES]
    return " / ".join(f"{count} {word}" for count, word in zip(counts, _WORDS, strict=True))


def replica_lines(owner: Any, pods: Sequence[Any], release: str) -> Iterable[str]:
    """A ReplicationController or ReplicaSet, and the pods that it selects."""
    metadata = owner.metadata
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"Selector:\t{selector_text(owner.spec.selector)}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    yield from controlled_by(owner)
    yield f"Replicas:\t{owner.status.replicas} current / {owner.spec.replicas} desired"
    yield f"Pods Status:\t{pods_status(pods)}"
    yield from template(owner.spec.template, release)
    yield from _conditions(owner.status.conditions)


def _conditions(conditions: Sequence[Any]) -> Iterable[str]:
    if conditions:
        yield "Conditions:"
        yield "  Type\tStatus\tReason"
        yield "  ----\t------\t------"
        yield from (f"  {one.type} \t{one.status}\t{one.reason}" for one in conditions)


def controlled_by(owner: Any) -> Iterable[str]:
    """Who manages it."""
    for reference in owner.metadata.owner_references:
        if reference.controller:
            yield f"Controlled By:\t{reference.kind}/{reference.name}"


def deployment_lines(deployment: Any, sets: Sequence[Any], release: str) -> Iterable[str]:
    """A Deployment and its ReplicaSets."""
    metadata, spec, status = deployment.metadata, deployment.spec, deployment.status
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"CreationTimestamp:\t{moment(metadata.creation_timestamp)}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    yield f"Selector:\t{selector_text(spec.selector)}"
    yield (
        f"Replicas:\t{spec.replicas} desired | {status.updated_replicas} updated | {status.replicas} total | "
        f"{status.available_replicas} available | {status.unavailable_replicas} unavailable"
    )
    yield f"StrategyType:\t{spec.strategy.type}"
    yield f"MinReadySeconds:\t{spec.min_ready_seconds}"
    if (rolling := spec.strategy.rolling_update) is not None:
        yield (
            f"RollingUpdateStrategy:\t{rolling.max_unavailable} max unavailable, "
            f"{rolling.max_surge} max surge"
        )
    yield from template(spec.template, release)
    yield from _conditions(status.conditions)
    own = [one for one in sets if any(o.uid == metadata.uid for o in one.metadata.owner_references)]
    new = [one for one in own if _is_of(one.spec.template, spec.template)]
    old = [one for one in own if one not in new and (one.spec.replicas or release in TODAY)]
    if own or release not in TODAY:
        yield f"OldReplicaSets:\t{_sets(old)}"
        yield f"NewReplicaSet:\t{_sets(new)}"


def _is_of(template: PodTemplateSpec, wanted: PodTemplateSpec) -> bool:
    """But for the label that tells ReplicaSets apart, they are equal."""
    labels = {key: text for key, text in template.metadata.labels.items() if key != POD_TEMPLATE_HASH}
    return replace(template, metadata=replace(template.metadata, labels=labels)) == wanted


def _sets(found: Sequence[Any]) -> str:
    texts = [
        f"{one.metadata.name} ({one.status.replicas}/{one.spec.replicas} replicas created)" for one in found
    ]
    return ", ".join(texts) or NONE


def stateful_set_lines(owner: Any, pods: Sequence[Any], release: str) -> Iterable[str]:
    """A StatefulSet and its pods."""
    metadata, spec, status = owner.metadata, owner.spec, owner.status
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"CreationTimestamp:\t{moment(metadata.creation_timestamp)}"
    yield f"Selector:\t{selector_text(spec.selector)}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    yield f"Replicas:\t{spec.replicas} desired | {status.replicas} total"
    if release in TODAY:
        yield f"Update Strategy:\t{spec.update_strategy.type}"
        rolling = spec.update_strategy.rolling_update
        if rolling is not None and rolling.partition is not None:
            yield f"  Partition:\t{rolling.partition}"
            if rolling.max_unavailable is not None:
                yield f"  MaxUnavailable:\t{rolling.max_unavailable}"
    yield f"Pods Status:\t{pods_status(pods)}"
    yield from template(spec.template, release)
    yield from _claims(spec.volume_claim_templates)


def _claims(claims: Sequence[Any]) -> Iterable[str]:
    if not claims:
        yield f"Volume Claims:\t{NONE}"
        return
    yield "Volume Claims:"
    for claim in claims:
        yield f"  Name:\t{claim.metadata.name}"
        yield f"  StorageClass:\t{claim.spec.storage_class_name or ''}"
        for title, marks in (("Labels", claim.metadata.labels), ("Annotations", claim.metadata.annotations)):
            told = several(f"  {title}", [f"{key}={marks[key]}" for key in sorted(marks)])
            yield from (f"  {line}" if line.startswith("\t") else line for line in told)
        yield f"  Capacity:\t{claim.spec.resources.requests.get('storage', '<default>')}"
        yield f"  Access Modes:\t[{' '.join(claim.spec.access_modes)}]"


def daemon_set_lines(owner: Any, pods: Sequence[Any], release: str) -> Iterable[str]:
    """A DaemonSet and its pods."""
    metadata, spec, status = owner.metadata, owner.spec, owner.status
    yield f"Name:\t{metadata.name}"
    if release in TODAY:
        yield f"Namespace:\t{metadata.namespace}"
    yield f"Selector:\t{selector_text(spec.selector)}"
    yield f"Node-Selector:\t{labels_text(spec.template.spec.node_selector)}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    yield f"Desired Number of Nodes Scheduled: {status.desired_number_scheduled}"
    yield f"Current Number of Nodes Scheduled: {status.current_number_scheduled}"
    yield f"Number of Nodes Scheduled with Up-to-date Pods: {status.updated_number_scheduled}"
    yield f"Number of Nodes Scheduled with Available Pods: {status.number_available}"
    yield f"Number of Nodes Misscheduled: {status.number_misscheduled}"
    yield f"Pods Status:\t{pods_status(pods)}"
    yield from template(spec.template, release)


def job_lines(job: Any, release: str, now: Micros) -> Iterable[str]:
    """A Job."""
    spec, status = job.spec, job.status
    yield f"Name:\t{job.metadata.name}"
    yield f"Namespace:\t{job.metadata.namespace}"
    yield f"Selector:\t{selector_text(spec.selector)}"
    yield from pairs("Labels", job.metadata.labels)
    yield from annotations(job.metadata.annotations, release)
    yield from controlled_by(job)
    yield f"Parallelism:\t{spec.parallelism}"
    yield f"Completions:\t{'<unset>' if spec.completions is None else spec.completions}"
    if release in TODAY:
        yield f"Completion Mode:\t{spec.completion_mode or 'NonIndexed'}"
        yield f"Suspend:\t{str(bool(spec.suspend)).lower()}"
        yield f"Backoff Limit:\t{6 if spec.backoff_limit is None else spec.backoff_limit}"
        if spec.ttl_seconds_after_finished is not None:
            yield f"TTL Seconds After Finished:\t{spec.ttl_seconds_after_finished}"
    if status.start_time:
        yield f"Start Time:\t{moment(status.start_time)}"
    if release in TODAY and status.completion_time:
        yield f"Completed At:\t{moment(status.completion_time)}"
        if status.start_time:
            took = micros(status.completion_time) - micros(status.start_time)
            yield f"Duration:\t{human_duration(took)}"
    if spec.active_deadline_seconds is not None:
        yield f"Active Deadline Seconds:\t{spec.active_deadline_seconds}s"
    if release in TODAY:
        ready = "" if status.ready is None else f"({status.ready} Ready) "
        yield (
            f"Pods Statuses:\t{status.active} Active {ready}/ {status.succeeded} Succeeded / "
            f"{status.failed} Failed"
        )
        if spec.completion_mode == "Indexed":
            yield f"Completed Indexes:\t{_first_indexes(status.completed_indexes)}"
    else:
        yield (
            f"Pods Statuses:\t{status.active} Running / {status.succeeded} Succeeded / {status.failed} Failed"
        )
    yield from template(spec.template, release)


def _first_indexes(indexes: str) -> str:
    """Indexes up to the first comma after fifty characters (capIndexesListOrNone)."""
    end = indexes.find(",", _MOST_OF_INDEXES)
    return (indexes if end < 0 else f"{indexes[: end + 1]}...") or NONE


def _limit(number: int | None) -> str:
    return "<unset>" if number is None else str(number)


def cron_job_lines(found: Any, release: str, _now: Micros) -> Iterable[str]:
    """A CronJob."""
    spec, status = found.spec, found.status
    yield from head(found, release)
    yield f"Schedule:\t{spec.schedule}"
    yield f"Concurrency Policy:\t{spec.concurrency_policy}"
    yield f"Suspend:\t{'True' if spec.suspend else 'False'}"
    if release in TODAY:
        yield f"Time Zone:\t{spec.time_zone or '<unset>'}"
        yield f"Successful Job History Limit:\t{_limit(spec.successful_jobs_history_limit)}"
        yield f"Failed Job History Limit:\t{_limit(spec.failed_jobs_history_limit)}"
    deadline = spec.starting_deadline_seconds
    yield f"Starting Deadline Seconds:\t{'<unset>' if deadline is None else f'{deadline}s'}"
    job = spec.job_template.spec
    unselected = release in TODAY and job.selector in (None, LabelSelector())
    yield f"Selector:\t{'<unset>' if unselected else selector_text(job.selector)}"
    yield f"Parallelism:\t{'<unset>' if job.parallelism is None else job.parallelism}"
    yield f"Completions:\t{'<unset>' if job.completions is None else job.completions}"
    if job.active_deadline_seconds is not None:
        yield f"Active Deadline Seconds:\t{job.active_deadline_seconds}s"
    yield from template(job.template, release)
    yield f"Last Schedule Time:\t{moment(status.last_schedule_time)}"
    active = ", ".join(one.name for one in status.active)
    yield f"Active Jobs:\t{active or NONE}"
