"""What may change of a pod with scheduling gates: gates go, and where it may run becomes narrower.

Source: v1.36 pkg/apis/core/validation/validation.go validateOnlyDeletedSchedulingGates, ValidatePodUpdate,
validateNodeAffinityMutation.
"""

from typing import Any

from clustersim.api.core.placement import Affinity, NodeAffinity, NodeSelectorTerm
from clustersim.api.core.pod import PodSpec
from clustersim.api.meta import replace
from clustersim.apiserver.validation.errors import FieldErrors

_TERMS = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


def check_gates(errors: FieldErrors, before: PodSpec, after: PodSpec) -> None:
    """No gate is new."""
    for index, gate in enumerate(after.scheduling_gates):
        if gate not in before.scheduling_gates:
            why = f"only deletion is allowed, but found new scheduling gate '{gate.name}'"
            errors.forbidden(f"spec.schedulingGates[{index}].name", why)


def as_before(errors: FieldErrors, before: PodSpec, after: PodSpec) -> PodSpec:
    """The changed specification with the place of the one before, once the change of that was looked at: a
    pod with gates may be given more labels of nodes to look for, and more requirements in each term."""
    if any(after.node_selector.get(key) != value for key, value in before.node_selector.items()):
        why = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        errors.invalid("spec.nodeSelector", after.node_selector, why)
    old, new = _of_nodes(before), _of_nodes(after)
    affinity = after.affinity
    if old != new:
        _check_affinity(errors, old, new)
        affinity = replace(affinity or Affinity(), node_affinity=old)
        if affinity == Affinity() and before.affinity is None:
            affinity = None
    kept: PodSpec = replace(after, node_selector=before.node_selector, affinity=affinity)
    return kept


def _of_nodes(spec: PodSpec) -> NodeAffinity | None:
    return None if spec.affinity is None else spec.affinity.node_affinity


def _check_affinity(errors: FieldErrors, old: NodeAffinity | None, new: NodeAffinity | None) -> None:
    before, after = _terms(old), _terms(new)
    if not before:
        return
    if len(before) != len(after):
        why = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        errors.invalid(_TERMS, after or None, why)
        return
    for index, (one, other) in enumerate(zip(before, after, strict=True)):
        empty = not one.match_expressions and not one.match_fields
        grown = _grew(one.match_expressions, other.match_expressions)
        if (empty and one != other) or not grown or not _grew(one.match_fields, other.match_fields):
            why = "only additions are allowed (no mutations or deletions)"
            errors.invalid(f"{_TERMS}[{index}]", other, why)


def _terms(affinity: NodeAffinity | None) -> tuple[NodeSelectorTerm, ...]:
    required = None if affinity is None else affinity.required_during_scheduling_ignored_during_execution
    return () if required is None else required.node_selector_terms


def _grew(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    return new[: len(old)] == old
