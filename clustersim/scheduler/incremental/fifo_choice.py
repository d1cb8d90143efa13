"""The choice of v1.7 and v1.8 without a look at every node: that of `decide`, node for node.

Nodes of equal merit that have no pod of the same kind score alike, so they are scored once; the few that
have one are scored one by one.
"""

from collections.abc import Iterator
from heapq import nsmallest
from typing import Final, NamedTuple, TypeVar

from clustersim.api.core_v1 import Node, Pod, PodSpec
from clustersim.api.meta import LabelSelector
from clustersim.api.node_selection import preference
from clustersim.api.resources import requests
from clustersim.api.selectors import selection_of, selects
from clustersim.api.topology import old_zone_key
from clustersim.engine.identity import by_identity
from clustersim.engine.sharing import shared
from clustersim.scheduler.attempts import Rejection
from clustersim.scheduler.cache import NodeInfo, has_pod_affinity
from clustersim.scheduler.decision import Decision, Policy
from clustersim.scheduler.disks import names_disks
from clustersim.scheduler.incremental.index import ClusterIndex
from clustersim.scheduler.incremental.shapes import Judge, Shape, Shapes, SortedShape, rank_descending
from clustersim.scheduler.incremental.spreading import GROUPS_KEPT, GroupKey, group_key
from clustersim.scheduler.messages import NO_NODES, fit_error
from clustersim.scheduler.predicates import OF_PODS, candidate, node_problems, reasons_against
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
)
from clustersim.scheduler.scores import Points, Score
from clustersim.scheduler.select_host import Choice

T = TypeVar("T")

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
        self._looked_at: dict[str, Node] = {}
        self.seen = 0
        self.shapes: Shapes[tuple[object, ...], SortedShape[Merit]] = Shapes()
        self.scores: Shapes[Scale, Scores] = Shapes()
        self._of_pods = tuple(one for one in policy.predicates if one in OF_PODS)
        self._groups = _Groups(index)

    def decide(self, pod: Pod, counter: int) -> Decision | None:
        """Find the node for a pod; None where pods depend on each other or nodes ask to be avoided, so that
        every node must be looked at."""
        self._follow()
        if self.avoiding or has_pod_affinity(pod) or self.index.affinity.mean(pod) or names_disks(pod):
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
        counts = self._groups.counts(pod)
        merits, by_merit = shape.merits, shape.by_merit
        crowded = {name: count for name, count in (counts or {}).items() if name in merits}
        scale = _scale(shape, crowded, selected=counts is not None)
        scores = self.scores.get(scale, lambda: Scores(scale))
        sorts: dict[Sort, list[str]] = {}
        taken: dict[Merit, int] = {}
        for name, count in crowded.items():
            sort = merits[name], count
            if (names := sorts.get(sort)) is None:
                sorts[sort] = [name]
            else:
                names.append(name)
        for (merit, _), names in sorts.items():
            taken[merit] = taken.get(merit, 0) + len(names)
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
            if node is not None and self._looked_at.get(name) is node:
                continue  # Only its pods have changed.
            _mark(self._looked_at, name, node)
            _mark(self.unready, name, True if node is not None and node_problems(node) else None)
            avoids = node is not None and node.metadata.annotations.get(PREFER_AVOID_ANNOTATION)
            _mark(self.avoiding, name, True if avoids else None)
        self.seen = self.index.changes

    def _shape(self, pod: Pod) -> SortedShape[Merit]:
        shape = self.shapes.get(_shape_key(pod.spec), lambda: SortedShape(self._judge(pod)))
        shape.follow(self.index)
        return shape

    def _judge(self, pod: Pod) -> Judge[Merit]:
        """Looks at a node for the pods of a shape, of which this is one. What the node itself has against
        them, and how they like it, is asked anew only where it is another."""
        asked, wanted = candidate(pod), requests(pod).assumed
        suitable: dict[str, _Suitable] = {}

        def judge(info: NodeInfo) -> tuple[Merit | None, tuple[str, ...]]:
            node, known = info.node, suitable.get(info.name)
            assert node is not None
            if known is None or known.node is not node:
                suitable.pop(info.name, None)
                if self.policy.leaves_out_unready and node_problems(node):
                    return None, ()
                if reasons := reasons_against(asked, info, self.policy.predicates):
                    return None, reasons
                taints = untolerated_preferences(pod.spec.tolerations, node)
                known = suitable[info.name] = _Suitable(
                    node, taints, preference(pod, node), old_zone_key(node)
                )
            elif reasons := reasons_against(asked, info, self._of_pods):
                return None, reasons
            total, offered = info.nonzero + wanted, info.offered
            free, balance = least_requested(total, offered), balanced_allocation(total, offered)
            return Merit(free, balance, known.taints, known.wishes, known.zone), ()

        return judge


class _Suitable(NamedTuple):
    """A node that has nothing against the pods by itself, and what of their merit there is its own."""

    node: Node
    taints: int
    wishes: int
    zone: str


@by_identity(maxsize=256)
def _shape_key(spec: PodSpec) -> tuple[object, ...]:
    """All that tells pods apart here; those of one template come with one specification."""
    pod = Pod(spec=spec)
    asked, wanted = candidate(pod), requests(pod).assumed
    affinity = spec.affinity.node_affinity if spec.affinity else None
    selector = tuple(sorted(spec.node_selector.items()))
    return asked.request, wanted, asked.best_effort, asked.ports, selector, affinity, spec.tolerations


class _Groups:
    """The pods by node of all that are of a kind with a pod. Which group that is, is the same for all pods of
    a template, which share their labels, until somebody selects otherwise."""

    def __init__(self, index: ClusterIndex) -> None:
        self.index = index
        self.changes = 0
        self._known: dict[tuple[str, int], tuple[dict[str, str], GroupKey, Selectors]] = {}

    def counts(self, pod: Pod) -> dict[str, int] | None:
        """By name of the node; None for a pod that nobody selects."""
        labels, owners = pod.metadata.labels, self.index.owners
        if self.changes != owners.changes or len(self._known) > GROUPS_KEPT:
            self.changes = owners.changes
            self._known.clear()
        here = pod.metadata.namespace, id(labels)
        if (known := self._known.get(here)) is None:
            selectors = selectors_of(pod, self.index)
            known = self._known[here] = labels, group_key(pod.metadata.namespace, selectors), selectors
        _, key, selectors = known
        return self.index.spreading.group_of(key, selectors) if selectors else None


def selectors_of(pod: Pod, index: ClusterIndex) -> Selectors:
    """As `priorities.selectors_of`, of what the index knows."""
    return tuple(
        selector
        for owner in index.owners.of(pod)
        if (selector := selection_of(owner)) != LabelSelector() and selects(selector, pod.metadata.labels)
    )


def _mark(marked: dict[str, T], name: str, value: T | None) -> None:
    if value is not None:
        marked[name] = value
    else:
        marked.pop(name, None)


def _rejections(shape: Shape[Merit]) -> Iterator[Rejection]:
    """Some of the nodes that fell, whatever the order in which they did."""
    fallen = nsmallest(NAMED, (name for name, reasons in shape.fallen.items() if reasons))
    return (Rejection(name, shape.fallen[name]) for name in fallen)


def _scale(shape: SortedShape[Merit], crowded: dict[str, int], *, selected: bool) -> Scale:
    zones = {merit.zone: 0 for merit in shape.by_merit if merit.zone and selected}
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
    zone = merit.zone if scale.zones else ""
    in_zone = dict(scale.zones)[zone] if zone else 0
    return (
        spread_points(pods, scale.pods, zone, in_zone, scale.pods_in_zone),
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
