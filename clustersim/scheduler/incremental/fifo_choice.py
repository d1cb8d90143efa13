"""The choice of v1.7 and v1.8 without a look at every node: that of `decide`, node for node.

Nodes of equal merit that have no pod of the same kind score alike, so they are scored once; the few that
have one are scored one by one.
"""

from collections.abc import Iterator
from heapq import nsmallest
from typing import Final, NamedTuple

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import LabelSelector
from clustersim.api.node_selection import preference
from clustersim.api.resources import Resources, requests
from clustersim.api.selectors import selection_of, selects
from clustersim.engine.sharing import shared
from clustersim.scheduler.attempts import Rejection
from clustersim.scheduler.cache import NodeInfo, has_pod_affinity
from clustersim.scheduler.decision import Decision, Policy
from clustersim.scheduler.incremental.index import ClusterIndex
from clustersim.scheduler.incremental.shapes import Shape, Shapes, SortedShape, rank_descending
from clustersim.scheduler.messages import NO_NODES, fit_error
from clustersim.scheduler.predicates import candidate, node_problems, reasons_against
from clustersim.scheduler.priorities import (
    COMMON,
    MAXIMUM,
    PREFER_AVOID_ANNOTATION,
    PREFER_AVOID_WEIGHT,
    Selectors,
    balanced_allocation,
    least_requested,
    spread_points,
    untolerated_preferences,
    zone_of,
)
from clustersim.scheduler.scores import Points, Score
from clustersim.scheduler.select_host import Choice

NAMED: Final = 8
"""Nodes of each sort that an attempt names."""


class Merit(NamedTuple):
    """What scoring knows of a node by itself: points for its free room and its balance, untolerated
    preferences among its taints, met wishes, and its zone."""

    free: int
    balance: int
    taints: int
    wishes: int
    zone: str


class Scale(NamedTuple):
    """What the nodes that would do are compared by: most pods of the kind on one, by zone and at most in
    one, most taints, most wishes."""

    pods: int
    zones: tuple[tuple[str, int], ...]
    pods_in_zone: int
    taints: int
    wishes: int


Sort = tuple[Merit, int]
"""Nodes that score alike: of one merit, and with so many pods of the kind."""


class Scores:
    """By sort of node, where nodes are compared on that scale; the same few come again and again."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self._totals: dict[Sort, int] = {}
        self._points: dict[Sort, tuple[Points, ...]] = {}

    def total(self, sort: Sort) -> int:
        """All points together."""
        if (known := self._totals.get(sort)) is None:
            merit, pods = sort
            compared = _compared(merit, pods, self.scale)
            known = self._totals[sort] = sum(compared) + merit.free + merit.balance + COMMON
        return known

    def points(self, sort: Sort) -> tuple[Points, ...]:
        """One by one."""
        if (known := self._points.get(sort)) is None:
            known = self._points[sort] = _points(*sort, self.scale)
        return known


class FifoChoice:
    """Follows a cache through its index. policy: which predicates run."""

    def __init__(self, policy: Policy, index: ClusterIndex) -> None:
        self.policy = policy
        self.index = index
        self.avoiding: dict[str, bool] = {}
        self.unready: dict[str, bool] = {}
        self.seen = 0
        self.shapes: Shapes[tuple[object, ...], SortedShape[Merit]] = Shapes()
        self.scores: Shapes[Scale, Scores] = Shapes()

    def decide(self, pod: Pod, counter: int) -> Decision | None:
        """Find the node for a pod; None where pods depend on each other or nodes ask to be avoided, so that
        every node must be looked at."""
        self._follow()
        if self.avoiding or has_pod_affinity(pod) or self.index.affinity.mean(pod):
            return None
        left = len(self.index.known) - (len(self.unready) if self.policy.leaves_out_unready else 0)
        if not left:
            return Decision(0, message=NO_NODES)
        shape = self._shape(pod)
        if not shape.merits:
            reasons = [reason for reason, count in shape.reasons.items() for _ in range(count)]
            message = fit_error(self.policy.no_fit, reasons)
            return Decision(left, tuple(_rejections(shape)), message=message, visited=left)
        return self._choose(pod, shape, left, counter)

    def _choose(self, pod: Pod, shape: SortedShape[Merit], left: int, counter: int) -> Decision:
        selectors = selectors_of(pod, self.index)
        counts = self.index.spreading.group(pod.metadata.namespace, selectors) if selectors else {}
        merits, by_merit = shape.merits, shape.by_merit
        crowded = {name: count for name, count in counts.items() if name in merits}
        scale = _scale(shape, crowded)
        scores = self.scores.get(scale, lambda: Scores(scale))
        sorts: dict[Sort, list[str]] = {}
        taken: dict[Merit, int] = {}
        for name, count in crowded.items():
            merit = merits[name]
            taken[merit] = taken.get(merit, 0) + 1
            sorts.setdefault((merit, count), []).append(name)
        single = {sort: scores.total(sort) for sort in sorts}
        alike = {
            merit: scores.total((merit, 0))
            for merit, names in by_merit.items()
            if len(names) > taken.get(merit, 0)
        }
        best = max((*single.values(), *alike.values()))
        wanted = [merit for merit, total in alike.items() if total == best]
        further: list[str] = []
        without: list[str] = []
        for sort, names in sorts.items():
            if single[sort] == best:
                further += names
            if sort[0] in wanted:
                without += names
        further.sort()
        without.sort()
        equals = len(further) + sum(len(by_merit[merit]) - taken.get(merit, 0) for merit in wanted)
        node = rank_descending([by_merit[merit] for merit in wanted], without, further, counter % equals)
        named = (node, *[name for name in sorted(crowded)[:NAMED] if name != node][: NAMED - 1])
        return Decision(
            left,
            tuple(_rejections(shape)) if shape.fallen else (),
            tuple([Score(name, scores.points((merits[name], crowded.get(name, 0)))) for name in named]),
            Choice(node, best, equals),
            visited=left,
            fitting=len(merits),
        )

    # --- following --------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Which nodes are not ready, and which ask to be avoided."""
        for name in self.index.changed_since(self.seen):
            info = self.index.state.nodes.get(name)
            node = info.node if info is not None else None
            _mark(self.unready, name, node is not None and bool(node_problems(node)))
            avoids = node is not None and bool(node.metadata.annotations.get(PREFER_AVOID_ANNOTATION))
            _mark(self.avoiding, name, avoids)
        self.seen = self.index.changes

    def _shape(self, pod: Pod) -> SortedShape[Merit]:
        asked, wanted = candidate(pod), requests(pod).assumed
        affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
        selector = tuple(sorted(pod.spec.node_selector.items()))
        tolerations = pod.spec.tolerations
        key = (asked.request, wanted, asked.best_effort, asked.ports, selector, affinity, tolerations)

        def judge(info: NodeInfo) -> tuple[Merit | None, tuple[str, ...]]:
            assert info.node is not None
            if self.policy.leaves_out_unready and node_problems(info.node):
                return None, ()
            if reasons := reasons_against(asked, info, self.policy.predicates):
                return None, reasons
            return _merit(pod, wanted, info, info.node), ()

        shape = self.shapes.get(key, lambda: SortedShape(judge))
        shape.follow(self.index)
        return shape


def _merit(pod: Pod, wanted: Resources, info: NodeInfo, node: Node) -> Merit:
    total = info.nonzero + wanted
    return Merit(
        least_requested(total, info.offered),
        balanced_allocation(total, info.offered),
        untolerated_preferences(pod.spec.tolerations, node),
        preference(pod, node),
        zone_of(node),
    )


def selectors_of(pod: Pod, index: ClusterIndex) -> Selectors:
    """As `priorities.selectors_of`, of what the index knows."""
    return tuple(
        selector
        for owner in index.owners.of(pod)
        if (selector := selection_of(owner)) != LabelSelector() and selects(selector, pod.metadata.labels)
    )


def _mark(marked: dict[str, bool], name: str, is_so: bool) -> None:
    if is_so:
        marked[name] = True
    else:
        marked.pop(name, None)


def _rejections(shape: Shape[Merit]) -> Iterator[Rejection]:
    """Some of the nodes that fell, whatever the order in which they did."""
    fallen = nsmallest(NAMED, (name for name, reasons in shape.fallen.items() if reasons))
    return (Rejection(name, shape.fallen[name]) for name in fallen)


def _scale(shape: SortedShape[Merit], crowded: dict[str, int]) -> Scale:
    zones = {merit.zone: 0 for merit in shape.by_merit if merit.zone}
    if zones:
        for name, count in crowded.items():
            zone = shape.merits[name].zone
            if zone:
                zones[zone] += count
    return Scale(
        max(crowded.values(), default=0),
        tuple(zones.items()),
        max(zones.values(), default=0),
        max([merit.taints for merit in shape.by_merit]),
        max([merit.wishes for merit in shape.by_merit]),
    )


def _compared(merit: Merit, pods: int, scale: Scale) -> tuple[int, int, int]:
    """Points for spreading, for met wishes and for taints, which depend on the other nodes."""
    in_zone = dict(scale.zones)[merit.zone] if merit.zone else 0
    return (
        spread_points(pods, scale.pods, merit.zone, in_zone, scale.pods_in_zone),
        int(MAXIMUM * (merit.wishes / scale.wishes)) if scale.wishes else 0,
        int((1 - merit.taints / scale.taints) * MAXIMUM) if scale.taints else MAXIMUM,
    )


def _points(merit: Merit, pods: int, scale: Scale) -> tuple[Points, ...]:
    spread, wishes, taints = _compared(merit, pods, scale)
    return shared(
        (
            Points("SelectorSpreadPriority", 1, spread),
            Points("InterPodAffinityPriority", 1, 0),
            Points("LeastRequestedPriority", 1, merit.free),
            Points("BalancedResourceAllocation", 1, merit.balance),
            Points("NodePreferAvoidPodsPriority", PREFER_AVOID_WEIGHT, MAXIMUM),
            Points("NodeAffinityPriority", 1, wishes),
            Points("TaintTolerationPriority", 1, taints),
        )
    )
