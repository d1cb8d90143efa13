"""`kubectl describe` of PodDisruptionBudgets and PriorityClasses.

Sources: v1.7.5 and v1.8.0 describe.go; v1.36 k8s.io/kubectl pkg/describe.
"""

from collections.abc import Iterable
from typing import Any

from clustersim.kubectl.describe.parts import TODAY
from clustersim.kubectl.texts import labels_text, selector_text


def budget_lines(budget: Any, release: str) -> Iterable[str]:
    """A PodDisruptionBudget."""
    spec, status = budget.spec, budget.status
    yield f"Name:\t{budget.metadata.name}"
    if release != "v1.7":
        yield f"Namespace:\t{budget.metadata.namespace}"
    if spec.min_available is not None:
        yield f"Min available:\t{spec.min_available}"
    elif spec.max_unavailable is not None:
        yield f"Max unavailable:\t{spec.max_unavailable}"
    yield f"Selector:\t{selector_text(spec.selector) if spec.selector is not None else '<unset>'}"
    yield "Status:"
    yield f"    Allowed disruptions:\t{status.disruptions_allowed}"
    yield f"    Current:\t{status.current_healthy}"
    yield f"    Desired:\t{status.desired_healthy}"
    yield f"    Total:\t{status.expected_pods}"


def priority_class_lines(found: Any, release: str) -> Iterable[str]:
    """A PriorityClass; kubectl v1.8 prints numbers and truth where Go's format wants texts."""
    default = str(bool(found.global_default)).lower()
    yield f"Name:\t{found.metadata.name}"
    if release not in TODAY:
        yield f"Value:\t%!s(int32={found.value})"
        yield f"GlobalDefault:\t%!s(bool={default})"
    else:
        yield f"Value:\t{found.value}"
        yield f"GlobalDefault:\t{default}"
        yield f"PreemptionPolicy:\t{found.preemption_policy or 'PreemptLowerPriority'}"
    yield f"Description:\t{found.description}"
    yield f"Annotations:\t{labels_text(found.metadata.annotations)}"
