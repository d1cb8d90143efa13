"""Labels of the pod itself that its affinity and its spreading select by (matchLabelKeys, mismatchLabelKeys):
the API server puts their values into the selectors when a pod is made.

Source: v1.36 pkg/registry/core/pod/strategy.go applyMatchLabelKeysAndMismatchLabelKeys.
"""

from collections.abc import Iterable
from typing import TypeVar

from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector, LabelSelectorRequirement, replace

Near = TypeVar("Near", v1.PodAffinity, v1.PodAntiAffinity)


def with_label_keys(pod: v1.Pod) -> v1.Pod:
    """The pod with the values of its labels in its selectors."""
    spec, labels = pod.spec, pod.metadata.labels
    affinity = spec.affinity
    if affinity is not None:
        near, far = affinity.pod_affinity, affinity.pod_anti_affinity
        affinity = replace(
            affinity,
            pod_affinity=None if near is None else _terms(near, labels),
            pod_anti_affinity=None if far is None else _terms(far, labels),
        )
    spreading = tuple(_merged(one, labels, one.match_label_keys) for one in spec.topology_spread_constraints)
    if affinity == spec.affinity and spreading == spec.topology_spread_constraints:
        return pod
    changed: v1.Pod = replace(
        pod, spec=replace(spec, affinity=affinity, topology_spread_constraints=spreading)
    )
    return changed


def _terms(affinity: Near, labels: dict[str, str]) -> Near:
    required = tuple(
        _merged(one, labels, one.match_label_keys, one.mismatch_label_keys)
        for one in affinity.required_during_scheduling_ignored_during_execution
    )
    preferred = tuple(
        replace(
            one,
            pod_affinity_term=_merged(
                one.pod_affinity_term,
                labels,
                one.pod_affinity_term.match_label_keys,
                one.pod_affinity_term.mismatch_label_keys,
            ),
        )
        for one in affinity.preferred_during_scheduling_ignored_during_execution
    )
    changed: Near = replace(
        affinity,
        required_during_scheduling_ignored_during_execution=required,
        preferred_during_scheduling_ignored_during_execution=preferred,
    )
    return changed


Selecting = TypeVar("Selecting", v1.PodAffinityTerm, v1.TopologySpreadConstraint)


def _merged(
    one: Selecting, labels: dict[str, str], same: Iterable[str], other: Iterable[str] = ()
) -> Selecting:
    changed: Selecting = replace(one, label_selector=_with(one.label_selector, labels, same, other))
    return changed


def _with(
    selector: LabelSelector | None, labels: dict[str, str], same: Iterable[str], other: Iterable[str]
) -> LabelSelector | None:
    if selector is None:
        return None
    further = tuple(
        LabelSelectorRequirement(key=key, operator=operator, values=(labels[key],))
        for keys, operator in ((same, "In"), (other, "NotIn"))
        for key in keys
        if key in labels
    )
    whole: LabelSelector = replace(selector, match_expressions=(*selector.match_expressions, *further))
    return whole
