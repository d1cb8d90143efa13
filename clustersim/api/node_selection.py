"""Which nodes a pod must or would like to run on: its node selector and its node affinity.

Sources: v1.7.5 plugin/pkg/scheduler/algorithm/predicates/predicates.go (podMatchesNodeLabels),
priorities/node_affinity.go, equal in v1.8.0; v1.36
staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
"""

from clustersim.api.core_v1 import Node, NodeSelectorTerm, Pod
from clustersim.api.selectors import matches_labels, meets


def term_matches(term: NodeSelectorTerm, node: Node) -> bool:
    """The node meets all requirements of the term; a term without any matches no node."""
    if not term.match_expressions and not term.match_fields:
        return False
    fields = {"metadata.name": node.metadata.name}
    return labels_meet(term, node) and all(
        meets(fields, one.key, one.operator, one.values) for one in term.match_fields
    )


def labels_meet(term: NodeSelectorTerm, node: Node) -> bool:
    """The node's labels meet the requirements of the term."""
    labels = node.metadata.labels
    return all(meets(labels, one.key, one.operator, one.values) for one in term.match_expressions)


def constrains(pod: Pod) -> bool:
    """Whether the pod says anything about the node it must have."""
    affinity = pod.spec.affinity
    required = (
        affinity is not None
        and affinity.node_affinity is not None
        and affinity.node_affinity.required_during_scheduling_ignored_during_execution is not None
    )
    return bool(pod.spec.node_selector) or required


def named_nodes(pod: Pod) -> frozenset[str] | None:
    """The nodes that the terms of the required affinity name, if each names some; None: any node may do."""
    affinity = pod.spec.affinity
    node_affinity = affinity.node_affinity if affinity is not None else None
    required = node_affinity and node_affinity.required_during_scheduling_ignored_during_execution
    if not required or not required.node_selector_terms:
        return None
    found: frozenset[str] = frozenset()
    for term in required.node_selector_terms:
        lists = [
            frozenset(one.values)
            for one in term.match_fields
            if one.key == "metadata.name" and one.operator == "In"
        ]
        if not lists:
            return None
        found |= frozenset.intersection(*lists)
    return found


def matches_node(pod: Pod, node: Node) -> bool:
    """The node has the labels of the node selector and meets one term of the required affinity."""
    if not matches_labels(pod.spec.node_selector, node.metadata.labels):
        return False
    affinity = pod.spec.affinity
    if affinity is None or affinity.node_affinity is None:
        return True
    required = affinity.node_affinity.required_during_scheduling_ignored_during_execution
    return required is None or any(term_matches(term, node) for term in required.node_selector_terms)


def preference(pod: Pod, node: Node) -> int:
    """The weights of the preferred terms that the node meets."""
    affinity = pod.spec.affinity
    if affinity is None or affinity.node_affinity is None:
        return 0
    return sum(
        wish.weight
        for wish in affinity.node_affinity.preferred_during_scheduling_ignored_during_execution
        if term_matches(wish.preference, node)
    )


def has_preference(pod: Pod) -> bool:
    """Whether the pod would like some nodes more than others."""
    affinity = pod.spec.affinity
    return bool(
        affinity is not None
        and affinity.node_affinity is not None
        and affinity.node_affinity.preferred_during_scheduling_ignored_during_execution
    )
