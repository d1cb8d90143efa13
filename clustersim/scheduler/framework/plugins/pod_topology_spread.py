"""PodTopologySpread: pods of one kind spread over hosts and zones.

A pod without constraints of its own has those of the system: over hosts with a skew of 3 and over zones with
one of 5, as a preference, counting what its Services and controllers select.
Sources: v1.36 pkg/scheduler/framework/plugins/podtopologyspread/{common,scoring,plugin}.go.
"""

import math
from typing import Final

import msgspec

from clustersim.api.selectors import matches_labels
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import MAXIMUM, Plugin, Scorer, Snapshot

HOSTNAME: Final = "kubernetes.io/hostname"
ZONE: Final = "topology.kubernetes.io/zone"
IGNORED: Final = -1
"""Points of a node that lacks a label that the pod spreads by."""


class Constraint(msgspec.Struct, frozen=True):
    """One topology to spread over. selector: labels of the pods that count."""

    key: str
    max_skew: int
    selector: dict[str, str]


def system_constraints(selector: dict[str, str]) -> tuple[Constraint, ...]:
    """Those of pods that have none; none either where nothing selects the pod."""
    if not selector:
        return ()
    return Constraint(HOSTNAME, 3, selector), Constraint(ZONE, 5, selector)


class PodTopologySpread(Plugin):
    """Looks at the pods of the same namespace and at labels of nodes."""

    name = "PodTopologySpread"
    weight = 2

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        constraints = system_constraints(snapshot.selector)
        if not constraints:
            return None
        namespace = asked.pod.metadata.namespace
        by_domain = [_domains(one, namespace, snapshot.infos, feasible) for one in constraints]
        sizes = [
            len(feasible) if one.key == HOSTNAME else len(counts)
            for one, counts in zip(constraints, by_domain, strict=True)
        ]
        weights = [math.log(size + 2) for size in sizes]

        def spread(info: NodeInfo) -> int:
            assert info.node is not None
            found = 0.0
            for one, counts, weight in zip(constraints, by_domain, weights, strict=True):
                domain = info.node.metadata.labels.get(one.key)
                if domain is None:
                    continue
                count = matching(info, namespace, one.selector) if one.key == HOSTNAME else counts[domain]
                found += count * weight + (one.max_skew - 1)
            return math.floor(found + 0.5)

        return spread

    def normalize(self, points: list[int]) -> list[int]:
        counted = [one for one in points if one != IGNORED]
        least, most = min(counted, default=0), max(counted, default=0)
        if most == 0:
            return [0 if one == IGNORED else MAXIMUM for one in points]
        return [0 if one == IGNORED else MAXIMUM * (most + least - one) // most for one in points]


def _domains(
    constraint: Constraint, namespace: str, infos: list[NodeInfo], feasible: list[NodeInfo]
) -> dict[str, int]:
    """Pods in each domain that has a node that would do; hosts are counted one by one instead."""
    if constraint.key == HOSTNAME:
        return {}
    counts = {
        info.node.metadata.labels.get(constraint.key, ""): 0 for info in feasible if info.node is not None
    }
    for info in infos:
        assert info.node is not None
        domain = info.node.metadata.labels.get(constraint.key, "")
        if domain in counts:
            counts[domain] += matching(info, namespace, constraint.selector)
    return counts


def matching(info: NodeInfo, namespace: str, selector: dict[str, str]) -> int:
    """Pods on the node that the selector chooses and that are not being deleted."""
    return sum(
        count
        for kind, count in info.kinds.items()
        if kind.namespace == namespace and not kind.deleting and matches_labels(selector, dict(kind.labels))
    )
