"""Predicates: whether a pod can run on a node at all. Each returns the reasons why not, as people read them.

All predicates run on all nodes without a short cut, and every reason is counted, so the counts in a message
can add up to more than there are nodes. Volumes and inter-pod affinity do not exist in this model.
Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/algorithm/predicates/{predicates,error}.go,
plugin/pkg/scheduler/factory/factory.go (getNodeConditionPredicate of v1.7.5).
"""

from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.selectors import matches_labels
from clustersim.api.tolerations import tolerates
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.resources import Resources, is_best_effort, pod_request


class Candidate(msgspec.Struct, frozen=True):
    """A pod with what is computed only once for all nodes."""

    pod: Pod
    request: Resources
    best_effort: bool


def candidate(pod: Pod) -> Candidate:
    """The pod, ready for the predicates."""
    return Candidate(pod, pod_request(pod), is_best_effort(pod))


Reasons = tuple[str, ...]
Predicate = Callable[[Candidate, Node, NodeInfo], Reasons]


def condition(node: Node, kind: str) -> str | None:
    """The status of a node's condition, None where it has none."""
    return next((found.status for found in node.status.conditions if found.type == kind), None)


def node_problems(node: Node) -> Reasons:
    """What keeps every pod off a node: not ready, no disk, no network, cordoned."""
    reasons = []
    for found in node.status.conditions:
        if found.type == "Ready" and found.status != "True":
            reasons.append("NodeNotReady")
        elif found.type == "OutOfDisk" and found.status != "False":
            reasons.append("NodeOutOfDisk")
        elif found.type == "NetworkUnavailable" and found.status != "False":
            reasons.append("NodeNetworkUnavailable")
    if node.spec.unschedulable:
        reasons.append("NodeUnschedulable")
    return tuple(reasons)


def check_node_condition(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """`node_problems` as a predicate (CheckNodeConditionPredicate of v1.8.0)."""
    return node_problems(node)


def fits_resources(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """One pod more, and its requests beside all others' (PodFitsResources)."""
    reasons = []
    if len(info.pods) + 1 > info.offered_pods:
        reasons.append("Insufficient pods")
    if asked.request == Resources():
        return tuple(reasons)
    total = info.requested + asked.request
    if info.offered.cpu < total.cpu:
        reasons.append("Insufficient cpu")
    if info.offered.memory < total.memory:
        reasons.append("Insufficient memory")
    return tuple(reasons)


def matches_node_selector(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """The node has the labels the pod wants (PodMatchNodeSelector)."""
    fits = matches_labels(asked.pod.spec.node_selector, node.metadata.labels)
    return () if fits else ("MatchNodeSelector",)


def tolerates_taints(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """Every NoSchedule and NoExecute taint is tolerated (PodToleratesNodeTaints)."""
    for taint in node.spec.taints:
        if taint.effect == "PreferNoSchedule":
            continue
        if not any(tolerates(toleration, taint) for toleration in asked.pod.spec.tolerations):
            return ("PodToleratesNodeTaints",)
    return ()


def check_memory_pressure(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """Best-effort pods stay away from a node short of memory (CheckNodeMemoryPressure)."""
    under = asked.best_effort and condition(node, "MemoryPressure") == "True"
    return ("NodeUnderMemoryPressure",) if under else ()


def check_disk_pressure(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """No pod goes to a node short of disk (CheckNodeDiskPressure)."""
    return ("NodeUnderDiskPressure",) if condition(node, "DiskPressure") == "True" else ()


DEFAULT: Final[tuple[Predicate, ...]] = (
    fits_resources,
    matches_node_selector,
    tolerates_taints,
    check_memory_pressure,
    check_disk_pressure,
)
"""Of both releases; v1.8 adds `check_node_condition`, v1.7 sorts those nodes out beforehand."""


def reasons_against(asked: Candidate, info: NodeInfo, predicates: tuple[Predicate, ...]) -> Reasons:
    """Why the pod cannot run on that node; empty if it can."""
    node = info.node
    assert node is not None
    return tuple(reason for predicate in predicates for reason in predicate(asked, node, info))
