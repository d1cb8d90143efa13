"""Preemption in v1.8, where the feature gate PodPriority is on: which pods would have to go for one that fits
nowhere, and from which node. The queue knows no priorities yet: pods are tried in the order in which they
come, and whoever is first takes the room.

Sources: v1.8.0 plugin/pkg/scheduler/core/generic_scheduler.go Preempt, scheduler.go preempt.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.api.registry import key_of
from clustersim.api.resources import requests_on_node
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.decision import Decision, Policy
from clustersim.scheduler.predicates import candidate, reasons_against

Zones = tuple[tuple[str, str], ...]
"""Labels that the pod's volumes ask of its node."""

GATE: Final = "PodPriority=true"
NOMINATED: Final = "NominatedNodeName"
"""The annotation that says on which node a pod has made room."""

NOTHING_HELPS: Final = frozenset(
    {
        "MatchNodeSelector",
        "HostName",
        "PodToleratesNodeTaints",
        "CheckNodeLabelPresence",
        "NodeNotReady",
        "NodeNetworkUnavailable",
        "NodeUnschedulable",
        "NodeUnknownCondition",
    }
)
"""Reasons that stay whoever leaves the node (nodesWherePreemptionMightHelp)."""


def priority_of(pod: Pod) -> int:
    """How important a pod is; 0 where nobody said."""
    return pod.spec.priority or 0


def may_preempt(pod: Pod, infos: Mapping[str, NodeInfo]) -> bool:
    """Not while pods that it has displaced are still ending on the node it is nominated for
    (podEligibleToPreemptOthers)."""
    info = infos.get(pod.metadata.annotations.get(NOMINATED, ""))
    return info is None or not any(
        one.metadata.deletion_timestamp and priority_of(one) < priority_of(pod) for one in info.pods.values()
    )


def victims(
    pod: Pod,
    infos: Sequence[NodeInfo],
    decision: Decision,
    policy: Policy,
    zones: Zones,
) -> tuple[str, tuple[Pod, ...]] | None:
    """The node on which room is made, and who has to go; None where that would not help."""
    hopeless = {
        one.node for one in decision.rejected if any(reason in NOTHING_HELPS for reason in one.reasons)
    }
    found = {
        info.name: chosen
        for info in infos
        if info.name not in hopeless and (chosen := _on_node(pod, info, infos, policy, zones)) is not None
    }
    if not found:
        return None
    node = min(found, key=lambda name: _harm(found[name]))
    return node, found[node]


def _harm(chosen: tuple[Pod, ...]) -> tuple[int, int, int]:
    """The least important of the most important victims, the smallest sum, the fewest
    (pickOneNodeForPreemption); of equals the first."""
    if not chosen:
        return (-(2**31) - 1, 0, 0)
    priorities = [priority_of(one) for one in chosen]
    return max(priorities), sum(one + 2**31 for one in priorities), len(chosen)


def _on_node(
    pod: Pod,
    info: NodeInfo,
    infos: Sequence[NodeInfo],
    policy: Policy,
    zones: Zones,
) -> tuple[Pod, ...] | None:
    """Who has to leave one node; None if even all less important pods would not be enough
    (selectVictimsOnNode)."""
    tried = info.copy()
    less = [one for one in info.pods.values() if priority_of(one) < priority_of(pod)]
    for one in less:
        tried.remove(one, requests_on_node(one))
    if not _fits(pod, tried, infos, policy, zones):
        return None
    chosen: list[Pod] = []
    for one in sorted(less, key=lambda one: (-priority_of(one), key_of(one))):
        tried.add(one, requests_on_node(one))
        if not _fits(pod, tried, infos, policy, zones):
            tried.remove(one, requests_on_node(one))
            chosen.append(one)
    return tuple(chosen)


def _fits(
    pod: Pod,
    tried: NodeInfo,
    infos: Sequence[NodeInfo],
    policy: Policy,
    zones: Zones,
) -> bool:
    around = [tried if info.name == tried.name else info for info in infos]
    return not reasons_against(candidate(pod, around, zones), tried, policy.predicates)
