"""PodTopologySpread: pods of one kind spread over hosts, zones or whatever labels of nodes tell apart.

A pod without constraints of its own has those of the system: over hosts with a skew of 3 and over zones with
one of 5, as a preference, counting what its Services and its controller select.
Sources: v1.36 pkg/scheduler/framework/plugins/podtopologyspread/{common,filtering,scoring,plugin}.go.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import LabelSelector
from clustersim.api.node_selection import matches_node
from clustersim.api.selectors import selects
from clustersim.api.tolerations import tolerates
from clustersim.api.topology import HOSTNAME, ZONE
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import (
    MAXIMUM,
    ClusterEvent,
    Filter,
    Plugin,
    Scorer,
    Snapshot,
    Status,
)
from clustersim.scheduler.pod_affinity import with_label_keys
from clustersim.scheduler.priorities import Selectors, matching

IGNORED: Final = -1
"""Points of a node that lacks a label that the pod spreads by."""


class Constraint(msgspec.Struct, frozen=True):
    """One topology to spread over.

    selectors: one that chooses the pods that count. least_domains: with fewer domains the emptiest counts
    as empty. honors_affinity, honors_taints: nodes where the pod may not run for that do not count.
    """

    key: str
    max_skew: int
    selectors: tuple[LabelSelector, ...]
    least_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False

    def counts(self, pod: Pod, node: Node) -> bool:
        """Whether the node's pods count."""
        if self.honors_affinity and not matches_node(pod, node):
            return False
        return not self.honors_taints or all(
            taint.effect == "PreferNoSchedule" or any(tolerates(t, taint) for t in pod.spec.tolerations)
            for taint in node.spec.taints
        )


def own_constraints(pod: Pod, when_unsatisfiable: str) -> tuple[Constraint, ...]:
    """The pod's own: those it must satisfy (DoNotSchedule) or those it would like to (ScheduleAnyway)."""
    return tuple(
        Constraint(
            key=one.topology_key,
            max_skew=one.max_skew,
            selectors=() if selector is None else (selector,),
            least_domains=one.min_domains or 1,
            honors_affinity=one.node_affinity_policy != "Ignore",
            honors_taints=one.node_taints_policy == "Honor",
        )
        for one in pod.spec.topology_spread_constraints
        if (one.when_unsatisfiable or "DoNotSchedule") == when_unsatisfiable
        for selector in (with_label_keys(one.label_selector, pod, one.match_label_keys),)
    )


def system_constraints(selector: LabelSelector | None) -> tuple[Constraint, ...]:
    """Those of pods that have none; none either where nothing selects the pod."""
    if selector is None:
        return ()
    return Constraint(HOSTNAME, 3, (selector,)), Constraint(ZONE, 5, (selector,))


class PodTopologySpread(Plugin):
    """Looks at the pods of the same namespace and at labels of nodes."""

    name = "PodTopologySpread"
    weight = 2
    judges_taints = True

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        constraints = own_constraints(asked.pod, "DoNotSchedule")
        if not constraints:
            return None
        limits = [(one, *_skews(one, constraints, asked.pod, snapshot.infos)) for one in constraints]
        no_label = self.no(
            "node(s) didn't match pod topology spread constraints (missing required label)", final=True
        )
        too_many = self.no("node(s) didn't match pod topology spread constraints")

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            for constraint, counts, least, itself in limits:
                domain = info.node.metadata.labels.get(constraint.key)
                if domain is None:
                    return no_label
                if counts.get(domain, 0) + itself - least > constraint.max_skew:
                    return too_many
            return None

        return check

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        pod = asked.pod
        needs_all = bool(pod.spec.topology_spread_constraints)
        constraints = (
            own_constraints(pod, "ScheduleAnyway") if needs_all else system_constraints(snapshot.selector)
        )
        if not constraints:
            return None
        counted = [info for info in feasible if not needs_all or _has_all(info.node, constraints)]
        domains = [_domains(one, pod, snapshot.infos, counted) for one in constraints]
        sizes = [
            len(counted) if one.key == HOSTNAME else len(counts)
            for one, counts in zip(constraints, domains, strict=True)
        ]
        weights = [weight_of(size) for size in sizes]
        namespace = pod.metadata.namespace

        def spread(info: NodeInfo) -> int:
            assert info.node is not None
            if needs_all and not _has_all(info.node, constraints):
                return IGNORED
            found = []
            for one, counts, weight in zip(constraints, domains, weights, strict=True):
                domain = info.node.metadata.labels.get(one.key)
                if domain is None:
                    continue
                count = _counted(namespace, info, one.selectors) if one.key == HOSTNAME else counts[domain]
                found.append((count, weight, one.max_skew))
            return crowd(found)

        return spread

    def normalize(self, points: list[int]) -> list[int]:
        counted = [one for one in points if one != IGNORED]
        least, most = min(counted, default=0), max(counted, default=0)
        if most == 0:
            return [0 if one == IGNORED else MAXIMUM for one in points]
        return [0 if one == IGNORED else MAXIMUM * (most + least - one) // most for one in points]

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        constraints = own_constraints(asked.pod, "DoNotSchedule")
        old, new = event.old, event.new
        if isinstance(old, Node) and isinstance(new, Node):
            if event.node("labels", "taints") is None:
                return False
            fits = _has_all(new, constraints)
            if _has_all(old, constraints) != fits:
                return True
            before, now = old.metadata.labels, new.metadata.labels
            moved = any(before.get(one.key) != now.get(one.key) for one in constraints)
            return fits and (moved or old.spec.taints != new.spec.taints)
        nodes = [one for one in (old, new) if isinstance(one, Node)]
        if nodes:
            return _has_all(nodes[0], constraints)
        pods = [one for one in (old, new) if isinstance(one, Pod)]
        if any(one.metadata.namespace != asked.pod.metadata.namespace for one in pods):
            return False
        chosen = [[_chooses(one, pod.metadata.labels) for one in constraints] for pod in pods]
        return chosen[0] != chosen[1] if len(chosen) == 2 else any(map(any, chosen))


def _counted(namespace: str, info: NodeInfo, selectors: Selectors) -> int:
    """Pods on the node that count: none where the selector is empty (countPodsMatchSelector)."""
    telling = tuple(one for one in selectors if one.match_labels or one.match_expressions)
    return matching(namespace, info, telling) if telling else 0


def weight_of(domains: int) -> float:
    """What a pod in one of so many domains counts: the more there are, the more."""
    return math.log(domains + 2)


def crowd(found: Iterable[tuple[int, float, int]]) -> int:
    """How crowded a node is: of each constraint the pods in its domain, their weight, the largest skew."""
    total = 0.0
    for count, weight, max_skew in found:
        total += count * weight + (max_skew - 1)
    return math.floor(total + 0.5)


def _chooses(constraint: Constraint, labels: Mapping[str, str]) -> bool:
    return any(selects(selector, labels) for selector in constraint.selectors)


def _has_all(node: Node | None, constraints: tuple[Constraint, ...]) -> bool:
    return node is not None and all(one.key in node.metadata.labels for one in constraints)


def _skews(
    constraint: Constraint, constraints: tuple[Constraint, ...], pod: Pod, infos: list[NodeInfo]
) -> tuple[dict[str, int], int, int]:
    """Pods in each domain, the least number in any, and 1 if the pod itself will count."""
    counts: dict[str, int] = {}
    for info in infos:
        node = info.node
        if node is None or not _has_all(node, constraints) or not constraint.counts(pod, node):
            continue
        domain = node.metadata.labels[constraint.key]
        here = _counted(pod.metadata.namespace, info, constraint.selectors)
        counts[domain] = counts.get(domain, 0) + here
    least = 0 if len(counts) < constraint.least_domains else min(counts.values(), default=0)
    itself = any(selects(selector, pod.metadata.labels) for selector in constraint.selectors)
    return counts, least, int(itself)


def _domains(
    constraint: Constraint, pod: Pod, infos: list[NodeInfo], counted: list[NodeInfo]
) -> dict[str, int]:
    """Pods in each domain that has a node that would do; hosts are counted one by one instead."""
    if constraint.key == HOSTNAME:
        return {}
    counts = {
        info.node.metadata.labels.get(constraint.key, ""): 0 for info in counted if info.node is not None
    }
    for info in infos:
        assert info.node is not None
        domain = info.node.metadata.labels.get(constraint.key, "")
        if domain in counts and constraint.counts(pod, info.node):
            counts[domain] += _counted(pod.metadata.namespace, info, constraint.selectors)
    return counts
