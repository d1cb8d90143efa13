"""Which pods a PodDisruptionBudget is about.

Source: v1.7.5, v1.8.0, v1.36 pkg/registry/core/pod/storage/eviction.go getPodDisruptionBudgets, and
pkg/controller/disruption/disruption.go getPodsForPdb.
"""

from clustersim.api.core_v1 import Pod
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.selectors import selects


def guards(budget: PodDisruptionBudget, pod: Pod, *, today: bool) -> bool:
    """It is of the pod's namespace and selects it; an empty selector selects all, before policy/v1 nothing.
    today: v1.36."""
    selector = budget.spec.selector
    if budget.metadata.namespace != pod.metadata.namespace or selector is None:
        return False
    if not today and not (selector.match_labels or selector.match_expressions):
        return False
    return (today or bool(pod.metadata.labels)) and selects(selector, pod.metadata.labels)
