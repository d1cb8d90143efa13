"""Priorities: how good a node is for a pod that could run there. Each scores 0 to 10, weighted and summed.

Integers are cut off, not rounded.
Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/algorithm/priorities/*.go, algorithmprovider/defaults.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.core_v1 import Node, Pod, Toleration
from clustersim.api.meta import LabelSelector
from clustersim.api.node_selection import has_preference, preference
from clustersim.api.resources import Resources, nonzero_request
from clustersim.api.selectors import selection_of, selects
from clustersim.api.tolerations import tolerates
from clustersim.api.topology import old_zone_key
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.pod_affinity import weights, worth
from clustersim.scheduler.scores import Column

MAXIMUM: Final = 10
PREFER_AVOID_WEIGHT: Final = 10_000
COMMON: Final = MAXIMUM * PREFER_AVOID_WEIGHT
"""What every node has from NodePreferAvoidPods; people are told scores without it."""

PREFER_AVOID_ANNOTATION: Final = "scheduler.alpha.kubernetes.io/preferAvoidPods"
ZONE_WEIGHT: Final = 2 / 3
NOT_A_NUMBER_AS_INTEGER: Final = -(2**63)
"""What Go makes of NaN on amd64: with zone labels and no matching pod yet, spreading divides zero by zero."""


Selectors = tuple[LabelSelector, ...]


def selectors_of(pod: Pod, *groups: tuple[Any, ...]) -> Selectors:
    """Selectors of the Services, ReplicationControllers, ReplicaSets and StatefulSets of the pod's namespace
    that choose this pod; an empty one chooses none."""
    namespace, labels = pod.metadata.namespace, pod.metadata.labels
    return tuple(
        selector
        for owners in groups
        for owner in owners
        if owner.metadata.namespace == namespace
        and (selector := selection_of(owner)) != LabelSelector()
        and selects(selector, labels)
    )


def matching(namespace: str, info: NodeInfo, selectors: Selectors) -> int:
    """Pods of the namespace on the node that one of the selectors chooses and that are not being deleted."""
    return sum(
        count
        for kind, count in info.kinds.items()
        if kind.namespace == namespace
        and not kind.deleting
        and any(selects(selector, dict(kind.labels)) for selector in selectors)
    )


def selector_spread(pod: Pod, infos: list[NodeInfo], selectors: Selectors) -> list[int]:
    """Fewer pods of the same kind are better: 10 * (most - here) / most, and two thirds of it by zone
    (SelectorSpread.CalculateSpreadPriority). Nodes are as good for a pod that nobody selects."""
    if not selectors:
        return [MAXIMUM] * len(infos)
    namespace = pod.metadata.namespace
    counts = [matching(namespace, info, selectors) for info in infos]
    most = max(counts, default=0)
    zones = [old_zone_key(_node(info)) for info in infos]
    by_zone: dict[str, int] = {}
    for zone, count in zip(zones, counts, strict=True):
        if zone:
            by_zone[zone] = by_zone.get(zone, 0) + count
    most_in_zone = max(by_zone.values(), default=0)
    return [
        spread_points(count, most, zone, by_zone.get(zone, 0), most_in_zone)
        for zone, count in zip(zones, counts, strict=True)
    ]


def spread_points(here: int, most: int, zone: str, in_zone: int, most_in_zone: int) -> int:
    """Of a node with so many pods of the kind, where one has `most` and zones, if any, up to
    `most_in_zone`."""
    score = MAXIMUM * ((most - here) / most) if most else float(MAXIMUM)
    if not zone:
        return int(score)
    if not most_in_zone:
        return NOT_A_NUMBER_AS_INTEGER
    zone_score = MAXIMUM * ((most_in_zone - in_zone) / most_in_zone)
    return int(score * (1 - ZONE_WEIGHT) + ZONE_WEIGHT * zone_score)


def _unused(requested: int, offered: int) -> int:
    if offered == 0 or requested > offered:
        return 0
    return (offered - requested) * MAXIMUM // offered


def least_requested(total: Resources, offered: Resources) -> int:
    """The free share of cpu and of memory, averaged (LeastRequestedPriority)."""
    return (_unused(total.cpu, offered.cpu) + _unused(total.memory, offered.memory)) // 2


def balanced_allocation(total: Resources, offered: Resources) -> int:
    """cpu and memory used to the same degree (BalancedResourceAllocation); 0 where either is full."""
    cpu = total.cpu / offered.cpu if offered.cpu else 1.0
    memory = total.memory / offered.memory if offered.memory else 1.0
    if cpu >= 1 or memory >= 1:
        return 0
    return int(MAXIMUM - abs(cpu - memory) * MAXIMUM)


def prefer_avoid(pod: Pod, node: Node) -> int:
    """10, unless the node's annotation asks to avoid pods of this one's controller (NodePreferAvoidPods)."""
    annotation = node.metadata.annotations.get(PREFER_AVOID_ANNOTATION)
    if not annotation:
        return MAXIMUM
    owner = next((owner for owner in pod.metadata.owner_references if owner.controller), None)
    if owner is None or owner.kind not in ("ReplicationController", "ReplicaSet"):
        return MAXIMUM
    return 0 if f'"{owner.uid}"' in annotation else MAXIMUM


def untolerated_preferences(tolerations: tuple[Toleration, ...], node: Node) -> int:
    """PreferNoSchedule taints of the node that are not tolerated."""
    return sum(
        taint.effect == "PreferNoSchedule"
        and not any(tolerates(toleration, taint) for toleration in tolerations)
        for taint in node.spec.taints
    )


def taint_toleration(pod: Pod, infos: list[NodeInfo]) -> list[int]:
    """Fewer PreferNoSchedule taints that the pod does not tolerate are better (TaintToleration)."""
    counts = [untolerated_preferences(pod.spec.tolerations, _node(info)) for info in infos]
    most = max(counts, default=0)
    if not most:
        return [MAXIMUM] * len(infos)
    return [int((1 - count / most) * MAXIMUM) for count in counts]


def node_affinity(pod: Pod, infos: list[NodeInfo]) -> list[int]:
    """Nodes that meet more of the pod's wishes are better; without any all get nothing (NodeAffinity)."""
    if not has_preference(pod):
        return [0] * len(infos)
    wishes = [preference(pod, _node(info)) for info in infos]
    most = max(wishes, default=0)
    return [int(MAXIMUM * (wish / most)) if most else 0 for wish in wishes]


def inter_pod_affinity(pod: Pod, infos: list[NodeInfo], everything: Sequence[NodeInfo]) -> list[int]:
    """Near the pods it likes and that like it, far from the others (InterPodAffinity); `everything`: also
    the nodes that are out of the question, whose pods count."""
    by_place = weights(pod, everything, {})
    if not by_place:
        return [0] * len(infos)
    values = [worth(_node(info), by_place) for info in infos]
    least, most = min(0, *values), max(0, *values)
    return [int(MAXIMUM * ((value - least) / (most - least))) if most > least else 0 for value in values]


def score(
    pod: Pod, infos: list[NodeInfo], selectors: Selectors, everything: Sequence[NodeInfo]
) -> tuple[Column, ...]:
    """Score every node that the pod fits, in the order given."""
    wanted = nonzero_request(pod)
    sums = [info.nonzero + wanted for info in infos]
    sized = list(zip(sums, (info.offered for info in infos), strict=True))
    avoided = [prefer_avoid(pod, _node(info)) for info in infos]
    return (
        Column("SelectorSpreadPriority", 1, selector_spread(pod, infos, selectors)),
        Column("InterPodAffinityPriority", 1, inter_pod_affinity(pod, infos, everything)),
        Column("LeastRequestedPriority", 1, [least_requested(*one) for one in sized]),
        Column("BalancedResourceAllocation", 1, [balanced_allocation(*one) for one in sized]),
        Column("NodePreferAvoidPodsPriority", PREFER_AVOID_WEIGHT, avoided),
        Column("NodeAffinityPriority", 1, node_affinity(pod, infos)),
        Column("TaintTolerationPriority", 1, taint_toleration(pod, infos)),
    )


def _node(info: NodeInfo) -> Node:
    assert info.node is not None
    return info.node
