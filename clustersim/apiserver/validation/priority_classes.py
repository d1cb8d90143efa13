"""Validation of PriorityClasses (pkg/apis/scheduling/validation/validation.go)."""

from typing import Final

from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors

HIGHEST_USER_PRIORITY: Final = 1_000_000_000


def check_priority_class(errors: FieldErrors, priority: PriorityClass) -> None:
    """The value is one that people may use; in v1.8 admission checks that instead."""
    if not errors.modern:
        return
    if priority.metadata.name.startswith("system-"):
        if priority.metadata.name not in ("system-cluster-critical", "system-node-critical"):
            why = "priority class names with 'system-' prefix are reserved for system use only"
            unknown = f"{priority.metadata.name} is not a known system priority class"
            errors.forbidden("metadata.name", f"{why}. error: {unknown}")
    elif priority.value > HIGHEST_USER_PRIORITY:
        errors.forbidden(
            "value", f"maximum allowed value of a user defined priority is {HIGHEST_USER_PRIORITY}"
        )
    if priority.preemption_policy:
        errors.one_of("preemptionPolicy", priority.preemption_policy, ("Never", "PreemptLowerPriority"))


def check_priority_class_update(errors: FieldErrors, old: PriorityClass, new: PriorityClass) -> None:
    """The value of a class cannot be changed."""
    if old.value != new.value:
        errors.forbidden("value" if errors.modern else "Value", "may not be changed in an update.")
    if errors.modern and old.preemption_policy != new.preemption_policy:
        errors.invalid("preemptionPolicy", new.preemption_policy, IMMUTABLE)
