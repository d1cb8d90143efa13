"""Validation of PriorityClasses (pkg/apis/scheduling/validation/validation.go)."""

from typing import Final

from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors

HIGHEST_USER_PRIORITY: Final = 1_000_000_000
SYSTEM: Final = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


def check_priority_class(errors: FieldErrors, priority: PriorityClass) -> None:
    """The value is one that people may use; in v1.8 admission checks that instead."""
    if not errors.modern:
        return
    if priority.metadata.name.startswith("system-"):
        if wrong := _unlike_the_systems(priority):
            why = "priority class names with 'system-' prefix are reserved for system use only"
            errors.forbidden("metadata.name", f"{why}. error: {wrong}")
    elif priority.value > HIGHEST_USER_PRIORITY:
        errors.forbidden(
            "value", f"maximum allowed value of a user defined priority is {HIGHEST_USER_PRIORITY}"
        )
    if priority.preemption_policy:
        errors.one_of("preemptionPolicy", priority.preemption_policy, ("PreemptLowerPriority", "Never"))


def _unlike_the_systems(priority: PriorityClass) -> str:
    """What makes it another than the one of the system with that name (IsKnownSystemPriorityClass)."""
    name = priority.metadata.name
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if priority.value != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if priority.global_default else ""


def check_priority_class_update(errors: FieldErrors, old: PriorityClass, new: PriorityClass) -> None:
    """The value of a class cannot be changed."""
    if old.value != new.value:
        errors.forbidden("value" if errors.modern else "Value", "may not be changed in an update.")
    if errors.modern and old.preemption_policy != new.preemption_policy:
        errors.invalid("preemptionPolicy", new.preemption_policy, IMMUTABLE)
