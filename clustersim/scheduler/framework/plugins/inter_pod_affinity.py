"""InterPodAffinity: near the pods that a pod must or would like to be near to, far from the others, and
what pods that run there want of it.

Sources: v1.36 pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering,scoring}.go.
"""

from clustersim.api.core_v1 import Node, Pod
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
from clustersim.scheduler.pod_affinity import (
    Term,
    count_places,
    place,
    refused_places,
    required_far,
    required_near,
    weights,
    worth,
)


class InterPodAffinity(Plugin):
    """Looks at the pods of all nodes and at the labels that say which nodes are one place."""

    name = "InterPodAffinity"
    weight = 2

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        pod, namespaces = asked.pod, snapshot.namespaces
        near, far = required_near(pod), required_far(pod)
        refused = refused_places(pod, snapshot.infos, namespaces)
        if not near and not far and not refused:
            return None
        here = count_places(near, snapshot.infos, namespaces, together=True)
        there = count_places(far, snapshot.infos, namespaces, together=False)
        first = not here and all(term.chooses(pod, namespaces) for term in near)
        not_near = self.no("node(s) didn't match pod affinity rules", final=True)
        not_far = self.no("node(s) didn't match pod anti-affinity rules")
        not_wanted = self.no("node(s) didn't satisfy existing pods anti-affinity rules")

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            places = [place(info.node, term.key) for term in near]
            if None in places or not (first or all(one in here for one in places)):
                return not_near
            if any(place(info.node, term.key) in there for term in far):
                return not_far
            wanted = not refused or not any(label in refused for label in info.node.metadata.labels.items())
            return None if wanted else not_wanted

        return check

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        by_place = weights(asked.pod, snapshot.infos, snapshot.namespaces)
        if not by_place:
            return None

        def points(info: NodeInfo) -> int:
            assert info.node is not None
            return worth(info.node, by_place)

        return points

    def normalize(self, points: list[int]) -> list[int]:
        least, most = min(points, default=0), max(points, default=0)
        if most == least:
            return [0] * len(points)
        return [int(MAXIMUM * ((one - least) / (most - least))) for one in points]

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        near, far = required_near(asked.pod), required_far(asked.pod)
        if (node := event.node("labels")) is not None:
            return _node_helps(node, event.node_before, near, far)
        old, new = event.old, event.new
        if isinstance(old, Pod) and isinstance(new, Pod):
            comes_near = not _all_choose(near, old) and _all_choose(near, new)
            return comes_near or (_all_choose(far, old) and not _all_choose(far, new))
        if isinstance(new, Pod):
            return _all_choose(near, new)
        return isinstance(old, Pod) and (_all_choose(far, old) or _all_choose(required_far(old), asked.pod))


def _node_helps(node: Node, before: Node | None, near: tuple[Term, ...], far: tuple[Term, ...]) -> bool:
    """The node is in another place now for one of the terms (isSchedulableAfterNodeChange)."""
    if before is None:
        return bool(far) or any(place(node, one.key) for one in near)
    came = any(place(node, one.key) not in (None, place(before, one.key)) for one in near)
    return came or any(place(before, one.key) not in (None, place(node, one.key)) for one in far)


def _all_choose(terms: tuple[Term, ...], pod: Pod) -> bool:
    """Each of the terms, of which there are some, is about the pod; what is said of labels of its namespace
    is not known here (podMatchesAllAffinityTerms)."""
    return bool(terms) and all(one.chooses(pod, {}) for one in terms)
