"""Defaults of disruption budgets and priority classes (pkg/apis/policy/*/defaults.go,
pkg/apis/scheduling/v1/defaults.go)."""

from clustersim.api.meta import replace
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.scheduling import PriorityClass


def default_budget(budget: PodDisruptionBudget, *, least: bool) -> PodDisruptionBudget:
    """The older releases keep one pod where a budget names no number."""
    spec = budget.spec
    if not least or spec.min_available is not None or spec.max_unavailable is not None:
        return budget
    return replace(budget, spec=replace(spec, min_available=1))


def default_priority_class(priority: PriorityClass) -> PriorityClass:
    """It may push others out."""
    if priority.preemption_policy:
        return priority
    return replace(priority, preemption_policy="PreemptLowerPriority")
