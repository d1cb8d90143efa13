"""Validation of PodDisruptionBudgets (pkg/apis/policy/validation/validation.go)."""

from typing import Final

from clustersim.api.policy import PodDisruptionBudget
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.meta import check_label_selector
from clustersim.apiserver.validation.workloads import at_most_all, check_int_or_percent

_UNHEALTHY: Final = ("AlwaysAllow", "IfHealthyBudget")


def check_budget(errors: FieldErrors, budget: PodDisruptionBudget) -> None:
    """A budget names one of its two numbers, and a policy for pods that are not healthy."""
    spec = budget.spec
    if spec.min_available is not None and spec.max_unavailable is not None:
        errors.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
    for name, value in (("minAvailable", spec.min_available), ("maxUnavailable", spec.max_unavailable)):
        check_int_or_percent(errors, f"spec.{name}", value)
        at_most_all(errors, f"spec.{name}", value)
    check_label_selector(errors, "spec.selector", spec.selector)
    policy = spec.unhealthy_pod_eviction_policy
    errors.one_of("spec.unhealthyPodEvictionPolicy", policy, _UNHEALTHY, needed=False)


def check_budget_update(errors: FieldErrors, old: PodDisruptionBudget, new: PodDisruptionBudget) -> None:
    """The older releases keep a budget as it was made."""
    if not errors.modern and old.spec != new.spec:
        errors.forbidden("spec", "updates to poddisruptionbudget spec are forbidden.")
