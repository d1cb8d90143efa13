"""Validation of conditions as kinds of today have them (v1.36.2 apimachinery pkg/apis/meta/v1/validation
ValidateConditions), and of what is reported of policies (pkg/apis/admissionregistration/validation)."""

from collections.abc import Iterable
from typing import Any, Final

from clustersim.api.kept import ValidatingAdmissionPolicy, listing, mapping, text
from clustersim.api.meta import Condition
from clustersim.api.policy import PodDisruptionBudget
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.counted_status import check_counts
from clustersim.apiserver.validation.errors import FieldErrors

_STATUSES: Final = ("False", "True", "Unknown")
_LONGEST_REASON: Final = 1024
_LONGEST_MESSAGE: Final = 32 * 1024


def check_conditions(errors: FieldErrors, conditions: Iterable[Condition]) -> None:
    """All that a status has."""
    known: set[str] = set()
    for index, one in enumerate(conditions):
        here = f"status.conditions[{index}]"
        if one.type in known:
            errors.duplicate(f"{here}.type", one.type)
        known.add(one.type)
        _check(errors, here, one)


def _check(errors: FieldErrors, field: str, one: Condition) -> None:
    errors.each(f"{field}.type", one.type, names.qualified_name(one.type, errors.release))
    if one.status not in _STATUSES:
        errors.unsupported(f"{field}.status", one.status, _STATUSES)
    if one.observed_generation < 0:
        why = "must be greater than or equal to zero"
        errors.invalid(f"{field}.observedGeneration", one.observed_generation, why)
    if not one.last_transition_time:
        errors.required(f"{field}.lastTransitionTime")
    if not one.reason:
        errors.required(f"{field}.reason")
    else:
        errors.each(f"{field}.reason", one.reason, names.condition_reason(one.reason))
        if len(one.reason.encode()) > _LONGEST_REASON:
            errors.too_long(f"{field}.reason", _LONGEST_REASON)
    if len(one.message.encode()) > _LONGEST_MESSAGE:
        errors.too_long(f"{field}.message", _LONGEST_MESSAGE)


def check_budget_status(errors: FieldErrors, old: PodDisruptionBudget, new: PodDisruptionBudget) -> None:
    """What is reported of a PodDisruptionBudget (pkg/apis/policy/validation)."""
    if errors.modern:
        check_conditions(errors, new.status.conditions)
    check_counts(errors, old, new)


def check_policy_status(errors: FieldErrors, _old: Any, new: ValidatingAdmissionPolicy) -> None:
    """What is reported of a policy: warnings of its expressions, and conditions."""
    status = mapping(new.status)
    warnings = listing(mapping(status.get("typeChecking")).get("expressionWarnings"))
    for index, one in enumerate(map(mapping, warnings)):
        here = f"status.typeChecking.expressionWarnings[{index}]"
        if not text(one.get("warning")):
            errors.required(f"{here}.warning")
        if not text(one.get("fieldRef")).strip():
            errors.required(f"{here}.fieldRef")
    check_conditions(errors, map(_condition, listing(status.get("conditions"))))


def _condition(plain: Any) -> Condition:
    found, generation = mapping(plain), mapping(plain).get("observedGeneration")
    return Condition(
        type=text(found.get("type")),
        status=text(found.get("status")),
        observed_generation=generation if type(generation) is int else 0,
        last_transition_time=text(found.get("lastTransitionTime")),
        reason=text(found.get("reason")),
        message=text(found.get("message")),
    )
