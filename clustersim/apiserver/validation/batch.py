"""Validation of Job and CronJob."""

import re
from typing import Any, Final
from zoneinfo import ZoneInfo

from clustersim.api.batch import CronJob, Job, JobSpec
from clustersim.api.conditions import is_true
from clustersim.api.core.container import Container
from clustersim.api.core.placement import Affinity
from clustersim.api.cron_schedule import parse
from clustersim.api.meta import replace
from clustersim.api.selectors import selects
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.job_policies import check_policies
from clustersim.apiserver.validation.meta import check_label_selector
from clustersim.apiserver.validation.pods import check_template

MAX_CRON_NAME: Final = 52
"""A Job's name gets eleven characters more."""

MAX_MANAGED_BY: Final = 63


def check_job(errors: FieldErrors, job: Job) -> None:
    """A Job once its selector has been made, unless it makes its own."""
    selector, labels = job.spec.selector, job.spec.template.metadata.labels
    named = bool(selector.match_labels or selector.match_expressions)
    if named and not job.spec.manual_selector:
        _check_generated(errors, job)
    check_job_spec(errors, "spec", job.spec)
    if not named:
        errors.required("spec.selector")
        errors.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
        return
    check_label_selector(errors, "spec.selector", selector)
    if not selects(selector, labels):
        errors.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    _check_hostnames(errors, job)


def _check_hostnames(errors: FieldErrors, job: Job) -> None:
    """Each pod of an indexed Job has a host name with its index, of which the last is the longest."""
    spec, name = job.spec, job.metadata.name
    if spec.completion_mode != "Indexed" or (spec.completions or 0) <= 0:
        return
    last = f"{name}-{(spec.completions or 0) - 1}"
    if names.dns_label(last, errors.release):
        why = f"will not able to create pod with invalid DNS label: {last}"
        errors.invalid("metadata.name", name, why)


_GENERATED: Final = ("controller-uid", "job-name")
_PREFIX: Final = "batch.kubernetes.io/"


def _check_generated(errors: FieldErrors, job: Job) -> None:
    """Whose selector is made for it has the labels that are made for it, and asks for nothing else
    (ValidateGeneratedSelector)."""
    uid, name = job.metadata.uid, job.metadata.name
    expected = dict(zip(_GENERATED, (uid, name), strict=True))
    if errors.modern:
        expected |= {f"{_PREFIX}{key}": value for key, value in expected.items()}
    labels = job.spec.template.metadata.labels
    for key, value in expected.items():
        if key not in labels:
            errors.required(f"spec.template.metadata.labels[{key}]", f"must be '{value}'")
        elif labels[key] != value:
            errors.invalid(f"spec.template.metadata.labels[{key}]", labels, f"must be '{value}'")
    if not selects(job.spec.selector, expected):
        errors.invalid("spec.selector", job.spec.selector, "`selector` not auto-generated")


def check_job_spec(errors: FieldErrors, field: str, spec: JobSpec) -> None:
    """How often, how many at once, how long."""
    for name, value in (
        ("parallelism", spec.parallelism),
        ("completions", spec.completions),
        ("activeDeadlineSeconds", spec.active_deadline_seconds),
        ("backoffLimit", spec.backoff_limit),
        ("ttlSecondsAfterFinished", spec.ttl_seconds_after_finished),
        ("backoffLimitPerIndex", spec.backoff_limit_per_index),
        ("maxFailedIndexes", spec.max_failed_indexes),
    ):
        errors.not_negative(f"{field}.{name}", value)
    if spec.managed_by is not None:
        _check_managed_by(errors, f"{field}.managedBy", spec.managed_by)
    if spec.completion_mode:
        errors.one_of(f"{field}.completionMode", spec.completion_mode, ("NonIndexed", "Indexed"))
    check_policies(errors, field, spec)
    check_template(errors, f"{field}.template", spec.template)
    policy = spec.template.spec.restart_policy
    where = f"{field}.template.spec.restartPolicy"
    if errors.modern and policy == "Always":
        errors.required(where, 'valid values: "OnFailure", "Never"')
    elif policy not in ("OnFailure", "Never"):
        errors.unsupported(where, policy, ("OnFailure", "Never"))
    elif spec.pod_failure_policy is not None and policy != "Never":
        errors.invalid(where, policy, 'only "Never" is supported when podFailurePolicy is specified')


def _check_managed_by(errors: FieldErrors, field: str, name: str) -> None:
    """Which controller looks after the Job."""
    if not name:
        errors.required(field)
        return
    for part, why in names.domain_prefixed_path(name, errors.release):
        errors.invalid(field, part, why)
    if len(name) > MAX_MANAGED_BY:
        errors.too_long(field, MAX_MANAGED_BY)


_FIXED: Final = ("pod_failure_policy", "backoff_limit_per_index", "managed_by", "success_policy")
_FIXED_FIELDS: Final = ("podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")


def check_job_update(errors: FieldErrors, old: Job, new: Job) -> None:
    """What a Job runs, and how often, stays; today much of what a suspended one runs may change
    (ValidateJobSpecUpdate)."""
    before, after = old.spec, new.spec
    if not errors.modern or after.completion_mode != "Indexed":
        _check_kept(errors, "completions", before.completions, after.completions)
    elif after.completions not in (before.completions, None, after.parallelism):
        why = "can only be modified in tandem with spec.parallelism"
        errors.invalid("spec.completions", after.completions, why)
    if before.selector != after.selector:
        made = after.selector.match_labels or after.selector.match_expressions
        errors.invalid("spec.selector", after.selector if made else None, IMMUTABLE)
    if errors.modern:
        _check_template_update(errors, old, new)
    else:
        _check_kept(errors, "template", before.template, after.template)
    _check_kept(errors, "completionMode", before.completion_mode, after.completion_mode)
    for name, field in zip(_FIXED, _FIXED_FIELDS, strict=True):
        _check_kept(errors, field, getattr(before, name), getattr(after, name))


def _check_kept(errors: FieldErrors, field: str, before: Any, after: Any) -> None:
    if before != after:
        errors.invalid(f"spec.{field}", after, IMMUTABLE)


def _check_template_update(errors: FieldErrors, old: Job, new: Job) -> None:
    """A Job that is suspended and runs nothing may ask for other nodes and other amounts
    (MutableSchedulingDirectivesForSuspendedJobs, MutablePodResourcesForSuspendedJobs)."""
    before, after = old.spec.template, new.spec.template
    rests = is_true(old.status, "Suspended") or not old.status.start_time
    if not old.spec.suspend or not rests or old.status.active:
        _check_kept(errors, "template", before, after)
        return
    directed = replace(
        before.spec,
        affinity=_with_node_affinity(before.spec.affinity, after.spec.affinity),
        node_selector=after.spec.node_selector,
        tolerations=after.spec.tolerations,
        scheduling_gates=after.spec.scheduling_gates,
        containers=_with_resources(before.spec.containers, after.spec.containers),
        init_containers=_with_resources(before.spec.init_containers, after.spec.init_containers),
    )
    if directed != after.spec:
        errors.invalid("spec.template.spec", after.spec, IMMUTABLE)


def _with_node_affinity(before: Affinity | None, after: Affinity | None) -> Affinity | None:
    """The affinity before, with what the new one says of nodes."""
    if after is None:
        rest = None if before is None else replace(before, node_affinity=None)
        return None if rest == Affinity() else rest
    return replace(before or Affinity(), node_affinity=after.node_affinity)


def _with_resources(before: tuple[Container, ...], after: tuple[Container, ...]) -> tuple[Container, ...]:
    if len(before) != len(after):
        return before
    return tuple(
        replace(one, resources=other.resources) if one.name == other.name else one
        for one, other in zip(before, after, strict=True)
    )


def check_new_cron_job(errors: FieldErrors, cron: CronJob) -> None:
    """One that is new: today its name leaves room for that of its Jobs, too. Before v1.12 those are refused
    instead, each time."""
    check_cron_job(errors, cron)
    if errors.modern and len(cron.metadata.name) > MAX_CRON_NAME:
        errors.invalid(
            "metadata.name", cron.metadata.name, f"must be no more than {MAX_CRON_NAME} characters"
        )


def check_cron_job(errors: FieldErrors, cron: CronJob) -> None:
    """When, and what."""
    spec = cron.spec
    if not spec.schedule:
        errors.required("spec.schedule")
    else:
        _check_schedule(errors, spec.schedule)
    errors.not_negative("spec.startingDeadlineSeconds", spec.starting_deadline_seconds)
    if spec.time_zone is not None and (why := time_zone_error(spec.time_zone)):
        errors.invalid("spec.timeZone", spec.time_zone, why)
    errors.one_of("spec.concurrencyPolicy", spec.concurrency_policy, ("Allow", "Forbid", "Replace"))
    errors.not_negative("spec.successfulJobsHistoryLimit", spec.successful_jobs_history_limit)
    errors.not_negative("spec.failedJobsHistoryLimit", spec.failed_jobs_history_limit)
    job = spec.job_template.spec
    check_job_spec(errors, "spec.jobTemplate.spec", job)
    if job.selector.match_labels or job.selector.match_expressions:
        errors.invalid("spec.jobTemplate.spec.selector", job.selector, "`selector` will be auto-generated")
    if job.manual_selector:
        errors.unsupported("spec.jobTemplate.spec.manualSelector", True, ("nil", "false"))


def _check_schedule(errors: FieldErrors, schedule: str) -> None:
    plain = _ZONE.sub("", schedule, count=1) if errors.modern else schedule
    try:
        parse(plain, modern=errors.modern)
    except ValueError as error:
        errors.invalid("spec.schedule", schedule, str(error))
    if errors.modern and "TZ" in schedule:
        why = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        errors.invalid("spec.schedule", schedule, why)


_ZONE: Final = re.compile(r"\A(CRON_)?TZ=\S+\s+")
_ZONE_PART: Final = re.compile(r"(?!-)[-A-Za-z._0-9+]{1,14}\Z")


def time_zone_error(zone: str) -> str:
    """Why a time zone is none (v1.36 pkg/apis/batch/validation validateTimeZone)."""
    if not zone:
        return "timeZone must be nil or non-empty string"
    if zone.lower() == "local":
        return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
    if not all(_ZONE_PART.match(part) and part not in (".", "..") for part in zone.split("/")):
        return f"unknown time zone {zone}"
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return f"unknown time zone {zone}"
    return ""
