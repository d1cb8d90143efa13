"""Predicates: whether a pod can run on a node at all. Each returns the reasons why not, as people read them.

All predicates run on all nodes without a short cut, and every reason is counted, so the counts in a message
can add up to more than there are nodes. Of volumes only the zone keeps a pod away; claims are in claims.py.
Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/algorithm/predicates/{predicates,error}.go,
plugin/pkg/scheduler/factory/factory.go (getNodeConditionPredicate of v1.7.5).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.host_ports import HostPort, host_ports, same_number_taken
from clustersim.api.node_selection import matches_node
from clustersim.api.resources import Resources, is_best_effort, requests
from clustersim.api.tolerations import tolerates
from clustersim.scheduler.cache import NodeInfo, has_pod_affinity
from clustersim.scheduler.claims import MULTI_ZONE, ZONE_LABELS
from clustersim.scheduler.disks import disks_conflict
from clustersim.scheduler.pod_affinity import (
    Term,
    Topology,
    count_places,
    place,
    refused_places,
    required_far,
    required_near,
)


class Near(msgspec.Struct, frozen=True):
    """A required term of the pod's affinity: where pods are that it is about, and whether the pod may be the
    first, as there is none and the term is about the pod itself."""

    places: dict[Topology, int]
    may_be_first: bool
    key: str


class Candidate(msgspec.Struct, frozen=True):
    """A pod with what is computed only once for all nodes.

    near: the required terms of its affinity; far: where it must not be, for its own anti-affinity or for
    that of pods that run there. zones: labels that nodes must share with the pod's volumes.
    """

    pod: Pod
    request: Resources
    best_effort: bool
    ports: tuple[HostPort, ...] = ()
    near: tuple[Near, ...] = ()
    far: frozenset[Topology] = frozenset()
    zones: tuple[tuple[str, str], ...] = ()


def candidate(pod: Pod, infos: Sequence[NodeInfo] = (), zones: tuple[tuple[str, str], ...] = ()) -> Candidate:
    """The pod, ready for the predicates. infos: nodes whose pods it must be near to or far from."""
    if not infos and not has_pod_affinity(pod):
        return Candidate(pod, requests(pod).counted, is_best_effort(pod), host_ports(pod), zones=zones)
    near = tuple(_near(term, pod, infos) for term in required_near(pod))
    own = count_places(required_far(pod), infos, {}, together=False)
    far = frozenset((*own, *refused_places(pod, infos, {})))
    return Candidate(pod, requests(pod).counted, is_best_effort(pod), host_ports(pod), near, far, zones)


def _near(term: Term, pod: Pod, infos: Sequence[NodeInfo]) -> Near:
    exists = any(term.chooses(other, {}) for info in infos for other in info.pods.values())
    places = count_places((term,), infos, {}, together=False) if exists else {}
    return Near(places, not exists and term.chooses(pod, {}), term.key)


Reasons = tuple[str, ...]
Predicate = Callable[[Candidate, Node, NodeInfo], Reasons]


def condition(node: Node, kind: str) -> str | None:
    """The status of a node's condition, None where it has none."""
    for found in node.status.conditions:
        if found.type == kind:
            return found.status
    return None


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


def no_disk_conflict(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """No other pod of the node has a disk that the pod names (NoDiskConflict)."""
    return ("NoDiskConflict",) if disks_conflict(asked.pod, info.pods.values()) else ()


NOTHING: Final = Resources()

GPU: Final = "alpha.kubernetes.io/nvidia-gpu"
OPAQUE: Final = "pod.alpha.kubernetes.io/opaque-int-resource-"


def fits_resources(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """One pod more, and its requests beside all others' (PodFitsResources)."""
    reasons = []
    if len(info.pods) + 1 > info.offered_pods:
        reasons.append("Insufficient pods")
    if asked.request == NOTHING:
        return tuple(reasons)
    total, offered = info.requested + asked.request, info.offered
    if offered.cpu < total.cpu:
        reasons.append("Insufficient cpu")
    if offered.memory < total.memory:
        reasons.append("Insufficient memory")
    for name, _amount in asked.request.others:
        if offered.amount(name) < total.amount(name):
            reasons.append(f"Insufficient {name}")
    return tuple(reasons)


def fits_known_resources(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """The same in v1.7, which knows no other resources than GPUs and opaque integers: what else is asked for
    is not counted (v1.7.5 schedulercache/node_info.go calculateResource)."""
    request = asked.request
    if request.others:
        known = tuple(
            (name, amount) for name, amount in request.others if name == GPU or name.startswith(OPAQUE)
        )
        asked = msgspec.structs.replace(asked, request=msgspec.structs.replace(request, others=known))
    return fits_resources(asked, node, info)


def matches_node_selector(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """The node has the labels the pod wants, by selector and by affinity (PodMatchNodeSelector)."""
    return () if matches_node(asked.pod, node) else ("MatchNodeSelector",)


def fits_host_ports(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """Nobody on the node has the host ports that the pod takes (PodFitsHostPorts)."""
    taken = asked.ports and same_number_taken(asked.ports, info.ports)
    return ("PodFitsHostPorts",) if taken else ()


def matches_inter_pod_affinity(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """Near the pods it must be near to, far from those it must be far from (MatchInterPodAffinity)."""
    if asked.far and any(label in asked.far for label in node.metadata.labels.items()):
        return ("MatchInterPodAffinity",)
    for near in asked.near:
        if not near.may_be_first and place(node, near.key) not in near.places:
            return ("MatchInterPodAffinity",)
    return ()


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


def no_volume_zone_conflict(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """The pod's volumes are in the node's zone, of several in one of them; a node without one takes any
    (NoVolumeZoneConflict)."""
    return _elsewhere(node, ((key, zone.split(MULTI_ZONE)) for key, zone in asked.zones))


def no_volume_zone_conflict_v17(asked: Candidate, node: Node, info: NodeInfo) -> Reasons:
    """The same in v1.7, where a volume is in one zone."""
    return _elsewhere(node, ((key, [zone]) for key, zone in asked.zones))


def _elsewhere(node: Node, wanted: Iterable[tuple[str, list[str]]]) -> Reasons:
    labels = node.metadata.labels
    placed = any(key in labels for key in ZONE_LABELS)
    elsewhere = placed and any(labels.get(key, "") not in zones for key, zones in wanted)
    return ("NoVolumeZoneConflict",) if elsewhere else ()


DEFAULT: Final[tuple[Predicate, ...]] = (
    no_volume_zone_conflict,
    no_disk_conflict,
    matches_inter_pod_affinity,
    fits_resources,
    fits_host_ports,
    matches_node_selector,
    tolerates_taints,
    check_memory_pressure,
    check_disk_pressure,
)
"""Of v1.8, beside `check_node_condition`."""

OF_PODS: Final = (no_disk_conflict, fits_resources, fits_known_resources, fits_host_ports)
"""Predicates that look at the pods on a node; all others look at the node alone."""

_IN_V17: Final[Mapping[Predicate, Predicate]] = {
    fits_resources: fits_known_resources,
    no_volume_zone_conflict: no_volume_zone_conflict_v17,
}
DEFAULT_V17: Final = tuple(_IN_V17.get(one, one) for one in DEFAULT)
"""Of v1.7, which sorts out nodes by their conditions beforehand."""


def reasons_against(asked: Candidate, info: NodeInfo, predicates: tuple[Predicate, ...]) -> Reasons:
    """Why the pod cannot run on that node; empty if it can."""
    node = info.node
    assert node is not None
    reasons: Reasons = ()
    for predicate in predicates:
        reasons += predicate(asked, node, info)
    return reasons
