"""Which pods a pod must or would like to be near to, or far from.

Sources: v1.7.5 plugin/pkg/scheduler/algorithm/priorities/util/topologies.go, priorities/interpod_affinity.go,
equal in v1.8.0; v1.36 pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering,scoring}.go,
staging/src/k8s.io/kube-scheduler/framework/types.go (AffinityTerm).
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodAffinityTerm
from clustersim.api.meta import LabelSelector, LabelSelectorRequirement, replace
from clustersim.api.selectors import selects
from clustersim.scheduler.cache import NodeInfo

HARD_WEIGHT: Final = 1
"""What a required affinity of a pod that runs counts when others are scored by it."""

Namespaces = Mapping[str, Mapping[str, str]]
"""Labels of the namespaces, by name."""


class Term(msgspec.Struct, frozen=True):
    """One term of one pod. namespaces: whose pods count; others: also those of namespaces that it selects."""

    selector: LabelSelector | None
    key: str
    namespaces: tuple[str, ...]
    others: LabelSelector | None = None
    weight: int = 0

    def chooses(self, pod: Pod, namespaces: Namespaces) -> bool:
        """Whether the term is about that pod."""
        metadata = pod.metadata
        if metadata.namespace not in self.namespaces and not selects(
            self.others, namespaces.get(metadata.namespace, {})
        ):
            return False
        return selects(self.selector, metadata.labels)


def _term(term: PodAffinityTerm, pod: Pod, weight: int = 0) -> Term:
    """By default pods of the pod's own namespace count."""
    namespaces = term.namespaces
    if not namespaces and term.namespace_selector is None:
        namespaces = (pod.metadata.namespace,)
    selector = with_label_keys(term.label_selector, pod, term.match_label_keys, term.mismatch_label_keys)
    return Term(selector, term.topology_key, namespaces, term.namespace_selector, weight)


def with_label_keys(
    selector: LabelSelector | None, pod: Pod, same: Iterable[str], other: Iterable[str] = ()
) -> LabelSelector | None:
    """The selector with the pod's own values of further labels (matchLabelKeys, mismatchLabelKeys)."""
    labels = pod.metadata.labels
    further = tuple(
        LabelSelectorRequirement(key=key, operator=operator, values=(labels[key],))
        for keys, operator in ((same, "In"), (other, "NotIn"))
        for key in keys
        if key in labels
    )
    if selector is None or not further:
        return selector
    return replace(selector, match_expressions=(*selector.match_expressions, *further))


def required_near(pod: Pod) -> tuple[Term, ...]:
    """The required terms of its affinity."""
    affinity = pod.spec.affinity.pod_affinity if pod.spec.affinity else None
    terms = affinity.required_during_scheduling_ignored_during_execution if affinity else ()
    return tuple(_term(term, pod) for term in terms)


def required_far(pod: Pod) -> tuple[Term, ...]:
    """The required terms of its anti-affinity."""
    affinity = pod.spec.affinity.pod_anti_affinity if pod.spec.affinity else None
    terms = affinity.required_during_scheduling_ignored_during_execution if affinity else ()
    return tuple(_term(term, pod) for term in terms)


def preferred(pod: Pod) -> tuple[Term, ...]:
    """The preferred terms of both, those of the anti-affinity with negative weights."""
    if pod.spec.affinity is None:
        return ()
    found = []
    if (near := pod.spec.affinity.pod_affinity) is not None:
        for wish in near.preferred_during_scheduling_ignored_during_execution:
            found.append(_term(wish.pod_affinity_term, pod, wish.weight))
    if (far := pod.spec.affinity.pod_anti_affinity) is not None:
        for wish in far.preferred_during_scheduling_ignored_during_execution:
            found.append(_term(wish.pod_affinity_term, pod, -wish.weight))
    return tuple(found)


Topology = tuple[str, str]
"""A label of nodes: all that have it are one place."""


def place(node: Node, key: str) -> Topology | None:
    """Where the node is, for that label."""
    value = node.metadata.labels.get(key)
    return None if value is None else (key, value)


def count_places(
    terms: Iterable[Term], infos: Iterable[NodeInfo], namespaces: Namespaces, *, together: bool
) -> dict[Topology, int]:
    """How many pods there are in each place that the terms are about.

    together: a pod counts, for each term's place, only if all terms are about it.
    """
    terms = tuple(terms)
    found: dict[Topology, int] = {}
    for info in infos:
        if info.node is None:
            continue
        for pod in info.pods.values():
            matching = [term for term in terms if term.chooses(pod, namespaces)]
            if together and len(matching) < len(terms):
                continue
            for term in matching:
                if (here := place(info.node, term.key)) is not None:
                    found[here] = found.get(here, 0) + 1
    return found


def refused_places(pod: Pod, infos: Iterable[NodeInfo], namespaces: Namespaces) -> dict[Topology, int]:
    """Where pods are that must be far from this one."""
    found: dict[Topology, int] = {}
    for info in infos:
        if info.node is None:
            continue
        for key in info.affine:
            for term in required_far(info.pods[key]):
                here = place(info.node, term.key)
                if here is not None and term.chooses(pod, namespaces):
                    found[here] = found.get(here, 0) + 1
    return found


def weights(pod: Pod, infos: Iterable[NodeInfo], namespaces: Namespaces) -> dict[Topology, int]:
    """What being in each place is worth to the pod, and to the pods that run there."""
    own = preferred(pod)
    found: dict[Topology, int] = {}
    for info in infos:
        if info.node is None:
            continue
        for key in info.pods if own else info.affine:
            other = info.pods[key]
            about = [(term, other) for term in own]
            if key in info.affine:
                hard = (replace(term, weight=HARD_WEIGHT) for term in required_near(other))
                about += [(term, pod) for term in (*hard, *preferred(other))]
            for term, one in about:
                here = place(info.node, term.key)
                if here is not None and term.weight and term.chooses(one, namespaces):
                    found[here] = found.get(here, 0) + term.weight
    return found


def worth(node: Node, by_place: Mapping[Topology, int]) -> int:
    """What all places that the node is in are worth."""
    return sum(by_place.get(label, 0) for label in node.metadata.labels.items())
