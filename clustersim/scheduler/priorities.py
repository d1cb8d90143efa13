"""Priorities: how good a node is for a pod that could run there. Each scores 0 to 10, weighted and summed.

Integers are cut off, not rounded. Inter-pod affinity and preferred node affinity do not exist in this model,
where they exist they give every node of it 0.
Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/algorithm/priorities/*.go, algorithmprovider/defaults.
"""

from typing import Any, Final

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.selectors import matches_labels, selector_of
from clustersim.api.tolerations import tolerates
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.resources import Resources, nonzero_request
from clustersim.scheduler.scores import Column

MAXIMUM: Final = 10
PREFER_AVOID_WEIGHT: Final = 10_000
COMMON: Final = MAXIMUM * PREFER_AVOID_WEIGHT
"""What every node has from NodePreferAvoidPods; people are told scores without it."""

PREFER_AVOID_ANNOTATION: Final = "scheduler.alpha.kubernetes.io/preferAvoidPods"
ZONE_LABEL: Final = "failure-domain.beta.kubernetes.io/zone"
REGION_LABEL: Final = "failure-domain.beta.kubernetes.io/region"
ZONE_WEIGHT: Final = 2 / 3
NOT_A_NUMBER_AS_INTEGER: Final = -(2**63)
"""What Go makes of NaN on amd64: with zone labels and no matching pod yet, spreading divides zero by zero."""


Selectors = tuple[dict[str, str], ...]


def selectors_of(pod: Pod, *groups: tuple[Any, ...]) -> Selectors:
    """Selectors of the Services, ReplicationControllers, ReplicaSets and StatefulSets of the pod's namespace
    that choose this pod."""
    namespace, labels = pod.metadata.namespace, pod.metadata.labels
    return tuple(
        selector
        for owners in groups
        for owner in owners
        if owner.metadata.namespace == namespace
        and (selector := selector_of(owner))
        and matches_labels(selector, labels)
    )


def _matching(pod: Pod, info: NodeInfo, selectors: Selectors) -> int:
    namespace = pod.metadata.namespace
    return sum(
        count
        for kind, count in info.kinds.items()
        if kind.namespace == namespace
        and not kind.deleting
        and any(matches_labels(selector, dict(kind.labels)) for selector in selectors)
    )


def zone_of(node: Node) -> str:
    """Region and zone as one key, "" without either (GetZoneKey)."""
    labels = node.metadata.labels
    region, zone = labels.get(REGION_LABEL, ""), labels.get(ZONE_LABEL, "")
    return f"{region}:{zone}" if region or zone else ""


def selector_spread(pod: Pod, infos: list[NodeInfo], selectors: Selectors) -> list[int]:
    """Fewer pods of the same kind are better: 10 * (most - here) / most, and two thirds of it by zone
    (SelectorSpread.CalculateSpreadPriority)."""
    counts = [_matching(pod, info, selectors) if selectors else 0 for info in infos]
    most = max(counts, default=0)
    zones = [zone_of(_node(info)) for info in infos]
    by_zone: dict[str, int] = {}
    for zone, count in zip(zones, counts, strict=True):
        if zone:
            by_zone[zone] = by_zone.get(zone, 0) + count
    most_in_zone = max(by_zone.values(), default=0)
    scores = []
    for zone, count in zip(zones, counts, strict=True):
        score = MAXIMUM * ((most - count) / most) if most else float(MAXIMUM)
        if zone and not most_in_zone:
            scores.append(NOT_A_NUMBER_AS_INTEGER)
            continue
        if zone:
            zone_score = MAXIMUM * ((most_in_zone - by_zone[zone]) / most_in_zone)
            score = score * (1 - ZONE_WEIGHT) + ZONE_WEIGHT * zone_score
        scores.append(int(score))
    return scores


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


def taint_toleration(pod: Pod, infos: list[NodeInfo]) -> list[int]:
    """Fewer PreferNoSchedule taints that the pod does not tolerate are better (TaintToleration)."""
    tolerations = [found for found in pod.spec.tolerations if found.effect in ("", "PreferNoSchedule")]
    counts = [
        sum(
            1
            for taint in _node(info).spec.taints
            if taint.effect == "PreferNoSchedule"
            and not any(tolerates(toleration, taint) for toleration in tolerations)
        )
        for info in infos
    ]
    most = max(counts, default=0)
    if not most:
        return [MAXIMUM] * len(infos)
    return [int((1 - count / most) * MAXIMUM) for count in counts]


def score(pod: Pod, infos: list[NodeInfo], selectors: Selectors) -> tuple[Column, ...]:
    """Score every node that the pod fits, in the order given."""
    wanted = nonzero_request(pod)
    sums = [info.nonzero + wanted for info in infos]
    sized = list(zip(sums, (info.offered for info in infos), strict=True))
    return (
        Column("SelectorSpreadPriority", 1, selector_spread(pod, infos, selectors)),
        Column("LeastRequestedPriority", 1, [least_requested(*one) for one in sized]),
        Column("BalancedResourceAllocation", 1, [balanced_allocation(*one) for one in sized]),
        Column(
            "NodePreferAvoidPodsPriority",
            PREFER_AVOID_WEIGHT,
            [prefer_avoid(pod, _node(info)) for info in infos],
        ),
        Column("TaintTolerationPriority", 1, taint_toleration(pod, infos)),
    )


def _node(info: NodeInfo) -> Node:
    assert info.node is not None
    return info.node
