"""Validation of what failures and successes mean to a Job of today
(v1.36 pkg/apis/batch/validation/validation.go)."""

from typing import Final

from clustersim.api.batch import (
    JobSpec,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyRule,
    SuccessPolicyRule,
)
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.job_indexes import count_indexes

MOST_INDEXES: Final = 100_000
MANY_INDEXES: Final = 100_000
MOST_AT_ONCE_OF_MANY: Final = 10_000
MOST_FAILED_OF_MANY: Final = 10_000
MOST_RULES: Final = 20
MOST_CODES: Final = 255
LONGEST_INDEXES: Final = 64 * 1024
"""Bytes of the indexes that a rule of a success policy names."""
_ACTIONS: Final = ("Count", "FailIndex", "FailJob", "Ignore")
_OPERATORS: Final = ("In", "NotIn")
_STATES: Final = ("False", "True", "Unknown")


def check_policies(errors: FieldErrors, field: str, spec: JobSpec) -> None:
    """All of them."""
    _check_indexes(errors, field, spec)
    if spec.pod_failure_policy is not None:
        rules, here = spec.pod_failure_policy.rules, f"{field}.podFailurePolicy.rules"
        if len(rules) > MOST_RULES:
            errors.too_many(here, MOST_RULES, len(rules))
        for index, rule in enumerate(rules):
            _check_failure_rule(errors, f"{here}[{index}]", spec, rule)
    if spec.success_policy is not None:
        here = f"{field}.successPolicy"
        if spec.completion_mode != "Indexed":
            errors.invalid(here, spec.success_policy, "requires indexed completion mode")
        else:
            _check_success(errors, f"{here}.rules", spec, spec.success_policy.rules)
    replacement = spec.pod_replacement_policy
    allowed = ("Failed",) if spec.pod_failure_policy is not None else ("Failed", "TerminatingOrFailed")
    errors.one_of(f"{field}.podReplacementPolicy", replacement, allowed, needed=False)


def _check_indexes(errors: FieldErrors, field: str, spec: JobSpec) -> None:
    """Jobs that count index by index."""
    per_index, failed = spec.backoff_limit_per_index, spec.max_failed_indexes
    if failed is not None and per_index is None:
        errors.required(f"{field}.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    if spec.completion_mode != "Indexed":
        for name, value in (("backoffLimitPerIndex", per_index), ("maxFailedIndexes", failed)):
            if value is not None:
                errors.invalid(f"{field}.{name}", value, "requires indexed completion mode")
        return
    if spec.completions is None:
        errors.required(f"{field}.completions", "when completion mode is Indexed")
    if spec.parallelism is not None and spec.parallelism > MOST_INDEXES:
        why = f"must be less than or equal to {MOST_INDEXES} when completion mode is Indexed"
        errors.invalid(f"{field}.parallelism", spec.parallelism, why)
    if failed is not None and spec.completions is not None and failed > spec.completions:
        errors.invalid(f"{field}.maxFailedIndexes", failed, "must be less than or equal to completions")
    if failed is not None and failed > MOST_INDEXES:
        why = f"must be less than or equal to {MOST_INDEXES}"
        errors.invalid(f"{field}.maxFailedIndexes", failed, why)
    if per_index is not None and (spec.completions or 0) > MANY_INDEXES:
        _check_many(errors, field, spec)


def _check_many(errors: FieldErrors, field: str, spec: JobSpec) -> None:
    failed = spec.max_failed_indexes
    if failed is None:
        why = f"must be specified when completions is above {MANY_INDEXES}"
        errors.required(f"{field}.maxFailedIndexes", why)
    used = f"when completions are above {MANY_INDEXES} and used with backoff limit per index"
    if spec.parallelism is not None and spec.parallelism > MOST_AT_ONCE_OF_MANY:
        why = f"must be less than or equal to {MOST_AT_ONCE_OF_MANY} {used}"
        errors.invalid(f"{field}.parallelism", spec.parallelism, why)
    if failed is not None and failed > MOST_FAILED_OF_MANY:
        why = f"must be less than or equal to {MOST_FAILED_OF_MANY} {used}"
        errors.invalid(f"{field}.maxFailedIndexes", failed, why)


def _check_failure_rule(errors: FieldErrors, field: str, spec: JobSpec, rule: PodFailurePolicyRule) -> None:
    """What is done, and about which of two things."""
    if not rule.action:
        errors.required(f"{field}.action", f"valid values: {_quoted(_ACTIONS)}")
    elif rule.action == "FailIndex" and spec.backoff_limit_per_index is None:
        errors.invalid(f"{field}.action", rule.action, "requires the backoffLimitPerIndex to be set")
    else:
        errors.one_of(f"{field}.action", rule.action, _ACTIONS)
    if rule.on_exit_codes is not None:
        _check_exit_codes(errors, f"{field}.onExitCodes", spec, rule.on_exit_codes)
    if len(rule.on_pod_conditions) > MOST_RULES:
        errors.too_many(f"{field}.onPodConditions", MOST_RULES, len(rule.on_pod_conditions))
    for index, pattern in enumerate(rule.on_pod_conditions):
        here = f"{field}.onPodConditions[{index}]"
        errors.each(f"{here}.type", pattern.type, names.qualified_name(pattern.type, errors.release))
        if not pattern.status:
            errors.required(f"{here}.status", f"valid values: {_quoted(_STATES)}")
        elif pattern.status not in _STATES:
            errors.unsupported(f"{here}.status", pattern.status, _STATES)
    if rule.on_exit_codes is not None and rule.on_pod_conditions:
        errors.wrong(field, "specifying both OnExitCodes and OnPodConditions is not supported")
    elif rule.on_exit_codes is None and not rule.on_pod_conditions:
        errors.wrong(field, "specifying one of OnExitCodes and OnPodConditions is required")


def _quoted(values: tuple[str, ...]) -> str:
    """A list of texts as Go prints it with %q."""
    inside = " ".join(f'"{value}"' for value in values)
    return f"[{inside}]"


def _check_exit_codes(
    errors: FieldErrors, field: str, spec: JobSpec, codes: PodFailurePolicyOnExitCodesRequirement
) -> None:
    if not codes.operator:
        errors.required(f"{field}.operator", f"valid values: {_quoted(_OPERATORS)}")
    elif codes.operator not in _OPERATORS:
        errors.unsupported(f"{field}.operator", codes.operator, _OPERATORS)
    pod = spec.template.spec
    known = [container.name for container in (*pod.containers, *pod.init_containers)]
    if codes.container_name and codes.container_name not in known:
        why = "must be one of the container or initContainer names in the pod template"
        errors.invalid(f"{field}.containerName", codes.container_name, why)
    if not codes.values:
        errors.invalid(f"{field}.values", codes.values, "at least one value is required")
    elif len(codes.values) > MOST_CODES:
        errors.too_many(f"{field}.values", MOST_CODES, len(codes.values))
    for index, code in enumerate(codes.values):
        if codes.operator == "In" and code == 0:
            errors.invalid(f"{field}.values[{index}]", code, "must not be 0 for the In operator")
        if code in codes.values[:index]:
            errors.duplicate(f"{field}.values[{index}]", code)
    if list(codes.values) != sorted(codes.values):
        errors.invalid(f"{field}.values", codes.values, "must be ordered")


def _check_success(
    errors: FieldErrors, field: str, spec: JobSpec, rules: tuple[SuccessPolicyRule, ...]
) -> None:
    if not rules:
        why = "at least one rules must be specified when the successPolicy is specified"
        errors.required(field, why)
    if len(rules) > MOST_RULES:
        errors.too_many(field, MOST_RULES, len(rules))
    for index, rule in enumerate(rules):
        here, count, total = f"{field}[{index}]", rule.succeeded_count, 0
        if count is None and not rule.succeeded_indexes:
            why = "at least one of succeededCount or succeededIndexes must be specified"
            errors.required(here, why)
        if rule.succeeded_indexes:
            if len(rule.succeeded_indexes) > LONGEST_INDEXES:
                errors.too_long(f"{here}.succeededIndexes", LONGEST_INDEXES)
            total, why = count_indexes(rule.succeeded_indexes, spec.completions or 0)
            if why:
                told = f"error parsing succeededIndexes: {why}"
                errors.invalid(f"{here}.succeededIndexes", rule.succeeded_indexes, told)
        if count is None:
            continue
        errors.not_negative(f"{here}.succeededCount", count)
        if count > (spec.completions or 0):
            why = f"must be less than or equal to {spec.completions} (the number of specified completions)"
            errors.invalid(f"{here}.succeededCount", count, why)
        if rule.succeeded_indexes and count > total:
            why = (
                f"must be less than or equal to {total} (the number of indexes in the specified "
                "succeededIndexes field)"
            )
            errors.invalid(f"{here}.succeededCount", count, why)
