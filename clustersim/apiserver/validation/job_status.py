"""Validation of what a Job's controller, or another one in its place, says of it.

What was wrong before may stay: only what a write changes is judged.
Source: v1.36 pkg/apis/batch/validation/validation.go ValidateJobStatusUpdate,
pkg/registry/batch/job/strategy.go getStatusValidationOptions; before, counts may not be negative, and that
is all.
"""

from collections.abc import Iterator
from typing import Any, Final

from clustersim.api.batch import Job, JobStatus, UncountedTerminatedPods
from clustersim.api.conditions import is_true, says
from clustersim.api.timestamp import micros
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.job_indexes import count_indexes, overlap

CONDITIONS: Final = "status.conditions"
_TERMINAL: Final = ("Failed", "Complete", "FailureTarget")


def check_job_status(errors: FieldErrors, old: Job, new: Job) -> None:
    """A Job with its new status."""
    status = new.status
    for name in ("active", "succeeded", "failed", "ready", "terminating"):
        errors.not_negative(f"status.{name}", getattr(status, name))
    if not errors.modern:
        return
    _check_uncounted(errors, status)
    _check_ends(errors, old.status, status)
    _check_end(errors, old, new)
    _check_times(errors, old, new)
    _check_indexes(errors, old, new)
    if status.ready is not None and status.ready > status.active and _changed(old, new, "ready", "active"):
        errors.invalid("status.ready", status.ready, "cannot set more ready pods than active")
    _check_kept(errors, old, new)


def _changed(old: Job, new: Job, *fields: str) -> bool:
    return any(getattr(old.status, field) != getattr(new.status, field) for field in fields)


def _flipped(before: JobStatus, after: JobStatus, *kinds: str) -> bool:
    return any(is_true(before, kind) != is_true(after, kind) for kind in kinds)


def _is_over(status: JobStatus) -> bool:
    return is_true(status, "Complete") or is_true(status, "Failed")


def _check_uncounted(errors: FieldErrors, status: JobStatus) -> None:
    waiting = status.uncounted_terminated_pods
    seen = set()
    for name in ("succeeded", "failed"):
        for index, uid in enumerate(getattr(waiting, name, ())):
            field = f"status.uncountedTerminatedPods.{name}[{index}]"
            if not uid:
                errors.invalid(field, uid, "must not be empty")
            elif uid in seen:
                errors.duplicate(field, uid)
            seen.add(uid)


def _contradictions(before: JobStatus, after: JobStatus) -> Iterator[tuple[bool, bool, str]]:
    """What cannot be true together: whether this write is judged for it, whether it is so, and the words."""
    complete, failed = is_true(after, "Complete"), is_true(after, "Failed")
    failing, succeeding = is_true(after, "FailureTarget"), is_true(after, "SuccessCriteriaMet")
    yield (
        _flipped(before, after, "Complete", "Failed"),
        complete and failed,
        "cannot set Complete=True and Failed=true conditions",
    )
    yield (
        _flipped(before, after, "Complete", "FailureTarget"),
        complete and failing,
        "cannot set Complete=True and FailureTarget=true conditions",
    )
    yield (
        _flipped(before, after, "Failed") or before.failed_indexes != after.failed_indexes,
        failed and not failing,
        "cannot set Failed=True condition without the FailureTarget=true condition",
    )
    yield (
        _flipped(before, after, "Complete", "SuccessCriteriaMet"),
        complete and not succeeding,
        "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
    )
    yield True, succeeding and failed, "cannot set SuccessCriteriaMet=True and Failed=true conditions"
    yield True, succeeding and failing, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"


def _check_ends(errors: FieldErrors, before: JobStatus, after: JobStatus) -> None:
    for matters, wrong, why in _contradictions(before, after):
        if matters and wrong:
            errors.wrong(CONDITIONS, why)


def _check_end(errors: FieldErrors, old: Job, new: Job) -> None:
    """A Job that is over runs nothing, began once, and has counted its pods."""
    status, spec = new.status, new.spec
    unmet = is_true(status, "Complete") and not is_true(status, "SuccessCriteriaMet")
    if spec.success_policy is not None and unmet:
        why = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"
        errors.wrong(CONDITIONS, why)
    if not _is_over(status):
        return
    now = _is_over(old.status) != _is_over(status)
    if status.active > 0 and (now or _changed(old, new, "active")):
        errors.invalid("status.active", status.active, "active>0 is invalid for finished job")
    never = bool(spec.suspend) and spec.completions == 0
    if not status.start_time and (now or _changed(old, new, "start_time")) and not never:
        errors.required("status.startTime", "startTime is required for finished job")
    waiting = status.uncounted_terminated_pods or UncountedTerminatedPods()
    uncounted = waiting.failed or waiting.succeeded
    if uncounted and (now or _changed(old, new, "uncounted_terminated_pods")):
        errors.invalid("status.uncountedTerminatedPods", waiting, "must be empty for finished job")
    if status.terminating and (now or _changed(old, new, "terminating")):
        errors.invalid("status.terminating", status.terminating, "terminating>0 is invalid for finished job")


def _check_times(errors: FieldErrors, old: Job, new: Job) -> None:
    status, complete = new.status, is_true(new.status, "Complete")
    ended, field = status.completion_time, "status.completionTime"
    if _flipped(old.status, status, "Complete") or _changed(old, new, "completion_time"):
        if ended and not complete:
            why = "cannot set completionTime when there is no Complete=True condition"
            errors.invalid(field, ended, why)
        if complete and not ended:
            errors.required(field, "completionTime is required for Complete jobs")
    ends_early = bool(status.start_time and ended) and micros(ended) < micros(status.start_time)
    if ends_early and _changed(old, new, "start_time", "completion_time"):
        errors.invalid(field, ended, "must be equal to or after `startTime`")
    if ended and old.status.completion_time and ended != old.status.completion_time:
        errors.invalid(field, ended, IMMUTABLE)
    if not _changed(old, new, "start_time") or not old.status.start_time or new.spec.suspend:
        return
    told_to_go_on = says(status, "Suspended") == "False"
    if not (is_true(old.status, "Suspended") and told_to_go_on):
        why = "field is immutable for unsuspended job once set"
        errors.invalid("status.startTime", status.start_time or None, why)


def _check_indexes(errors: FieldErrors, old: Job, new: Job) -> None:
    status, spec = new.status, new.spec
    for field, name, judged in (
        ("completedIndexes", "completed_indexes", True),
        ("failedIndexes", "failed_indexes", spec.backoff_limit_per_index is not None),
    ):
        text = getattr(status, name)
        if not judged or spec.completions is None or not _changed(old, new, name):
            continue
        if why := count_indexes(text, spec.completions)[1]:
            errors.invalid(f"status.{field}", text, f"error parsing {field}: {why}")
    completed, failed = status.completed_indexes, status.failed_indexes
    if completed and spec.completion_mode != "Indexed" and _changed(old, new, "completed_indexes"):
        why = "cannot set non-empty completedIndexes when non-indexed completion mode"
        errors.invalid("status.completedIndexes", completed, why)
    if failed is not None and spec.backoff_limit_per_index is None and _changed(old, new, "failed_indexes"):
        why = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
        errors.invalid("status.failedIndexes", failed, why)
    judged = spec.completions is not None and _changed(old, new, "failed_indexes", "completed_indexes")
    both = overlap(completed, failed or "", spec.completions or 0) if judged else None
    if both is not None:
        why = f"failedIndexes and completedIndexes overlap at index: {both}"
        errors.invalid("status.failedIndexes", failed, why)


def _check_kept(errors: FieldErrors, old: Job, new: Job) -> None:
    """What was said of the end is not taken back, and counts do not fall."""
    before, after = old.status, new.status
    for kind in _TERMINAL:
        if is_true(before, kind) and not is_true(after, kind):
            errors.wrong(CONDITIONS, f"cannot disable the terminal {kind}=True condition")
    shrinks = new.spec.completion_mode == "Indexed" and new.spec.completions == new.spec.parallelism
    counters: tuple[tuple[str, Any, Any], ...] = (("failed", before.failed, after.failed),)
    if not shrinks:
        counters = (*counters, ("succeeded", before.succeeded, after.succeeded))
    for name, had, has in counters:
        if has < had:
            errors.invalid(f"status.{name}", has, f"cannot decrease the {name} counter")
    met = is_true(before, "SuccessCriteriaMet"), is_true(after, "SuccessCriteriaMet")
    if met == (True, False):
        errors.wrong(CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition")
    if is_true(before, "Complete") and met == (False, True):
        why = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"
        errors.wrong(CONDITIONS, why)
