"""Which nodes a DaemonSet wants a pod on, and which node a pod is meant for. Pure functions.

Source: v1.7.5 pkg/controller/daemon/daemoncontroller.go, v1.8.0 and v1.36 daemon_controller.go
NodeShouldRunDaemonPod, util/daemonset_util.go.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import (
    Affinity,
    Node,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    Pod,
    PodSpec,
    Toleration,
)
from clustersim.api.meta import replace
from clustersim.api.node_selection import matches_node
from clustersim.api.tolerations import tolerates

NAME_FIELD: Final = "metadata.name"


class Place(msgspec.Struct, frozen=True):
    """What a node is to a DaemonSet. wanted: it should have a pod; keeps: a pod that is there may stay."""

    wanted: bool
    keeps: bool


NOWHERE: Final = Place(False, False)


def place_of(pod: Pod, asked_node: str, node: Node) -> Place:
    """What a node is to the set whose pod this would be. asked_node: what its template names, if any."""
    name = node.metadata.name
    if asked_node not in ("", name) or not matches_node(pod, node):
        return NOWHERE
    bad = [
        taint.effect
        for taint in node.spec.taints
        if taint.effect != "PreferNoSchedule" and not any(tolerates(t, taint) for t in pod.spec.tolerations)
    ]
    return Place(not bad, "NoExecute" not in bad)


def with_tolerations(spec: PodSpec, added: tuple[Toleration, ...]) -> PodSpec:
    """The specification that tolerates these, too; those that say the same otherwise give way."""
    kept = tuple(
        toleration for toleration in spec.tolerations if not any(_same(toleration, new) for new in added)
    )
    return replace(spec, tolerations=(*kept, *added))


def _same(one: Toleration, other: Toleration) -> bool:
    return (one.key, one.effect, one.operator, one.value) == (
        other.key,
        other.effect,
        other.operator,
        other.value,
    )


def bound_to(spec: PodSpec, node: str) -> PodSpec:
    """The specification by which the scheduler can put the pod on that node only
    (ReplaceDaemonSetPodNodeNameNodeAffinity)."""
    field = NodeSelectorRequirement(key=NAME_FIELD, operator="In", values=(node,))
    affinity = spec.affinity or Affinity()
    node_affinity = affinity.node_affinity or NodeAffinity()
    required = node_affinity.required_during_scheduling_ignored_during_execution
    terms = required.node_selector_terms if required is not None else (NodeSelectorTerm(),)
    selector = NodeSelector(node_selector_terms=tuple(replace(term, match_fields=(field,)) for term in terms))
    node_affinity = replace(node_affinity, required_during_scheduling_ignored_during_execution=selector)
    return replace(spec, affinity=replace(affinity, node_affinity=node_affinity))


def target_node(pod: Pod) -> str:
    """The node that a pod is on or meant for, empty if nothing says (GetTargetNodeName)."""
    affinity = pod.spec.affinity
    if pod.spec.node_name or affinity is None or affinity.node_affinity is None:
        return pod.spec.node_name
    required = affinity.node_affinity.required_during_scheduling_ignored_during_execution
    for term in required.node_selector_terms if required is not None else ():
        for field in term.match_fields:
            if field.key == NAME_FIELD and field.operator == "In" and len(field.values) == 1:
                return field.values[0]
    return ""
