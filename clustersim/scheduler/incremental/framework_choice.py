"""The choice of v1.36 without a look at every node: that of the plain scheduling cycle, node for node.

A visit of nodes still ends where enough would do, but what it finds is read off a list of those that would.
Of what it finds, nodes of equal merit without a pod of the same kind score alike: the plugins score one of
each such sort, and one by one the few that have such a pod.
"""

from collections import Counter
from heapq import nsmallest
from itertools import islice
from typing import Final, NamedTuple

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import Pod, Service
from clustersim.api.meta import LabelSelector
from clustersim.api.node_selection import matches_node, named_nodes
from clustersim.api.topology import HOSTNAME, ZONE
from clustersim.scheduler.attempts import Rejection
from clustersim.scheduler.cache import NodeInfo, has_pod_affinity
from clustersim.scheduler.decision import Decision
from clustersim.scheduler.disks import names_disks
from clustersim.scheduler.framework.candidate import Candidate, candidate
from clustersim.scheduler.framework.cycle import Filters, visiting_order, wanted_nodes
from clustersim.scheduler.framework.owners import default_selector
from clustersim.scheduler.framework.plugin import Plugin, Snapshot
from clustersim.scheduler.framework.plugins import BY_NAME, DEFAULT
from clustersim.scheduler.framework.plugins.image_locality import (
    containers_of,
    image_sizes,
    points_for,
    wanted_images,
)
from clustersim.scheduler.framework.plugins.pod_topology_spread import (
    crowd,
    system_constraints,
    weight_of,
)
from clustersim.scheduler.incremental.index import ClusterIndex
from clustersim.scheduler.incremental.shapes import OrderedShape, Shapes
from clustersim.scheduler.scores import Column, Score, score, totals
from clustersim.scheduler.select_host import Choice

NAMED: Final = 8
"""Nodes that an attempt names."""

EMPTY: Final = Snapshot([])
"""For plugins that look at one node at a time."""

ONE_BY_ONE: Final = ("TaintToleration", "NodeAffinity", "NodeResourcesFit", "NodeResourcesBalancedAllocation")
"""Plugins whose points, before they are compared with others, depend on the node alone."""


class Merit(NamedTuple):
    """What scoring knows of a node by itself: the points of the plugins that look at one node at a time
    (None where they say nothing), the sizes of the pod's images there, and where it is."""

    points: tuple[int | None, ...]
    images: tuple[int, ...]
    has_name: bool
    zone: str | None


class FrameworkChoice:
    """Follows a cache through its index."""

    def __init__(self, index: ClusterIndex) -> None:
        self.index = index
        self.settings = -1
        self.order: list[str] = []
        self.positions: dict[str, int] = {}
        self.having: dict[str, int] = {}
        self.shapes: Shapes[tuple[object, ...], OrderedShape[Merit]] = Shapes()
        self._images: dict[str, tuple[str, ...]] = {}
        self._seen = 0

    def decide(self, pod: Pod, start: int) -> Decision | None:
        """Find the node for a pod, a visit beginning at the `start`-th. None where pods depend on each
        other, where storage decides, where the pod names its nodes, or where no node would do and preemption
        must know why."""
        spec = pod.spec
        depends = has_pod_affinity(pod) or spec.topology_spread_constraints or self.index.affinity.mean(pod)
        if depends or pod.status.nominated_node_name or spec.resource_claims or any(claim_names(pod)):
            return None
        if named_nodes(pod) is not None or names_disks(pod):
            return None
        self._follow()
        asked = candidate(pod)
        shape = self._shape(asked)
        if not self.order:
            return None
        start %= len(self.order)
        window, visited = shape.window(start, wanted_nodes(len(self.order)))
        if not window:
            return None
        fallen = [(name, shape.fallen[name]) for name in nsmallest(NAMED, shape.fallen)]
        rejected = tuple(Rejection(name, reasons[1:], reasons[0]) for name, reasons in fallen)
        if len(window) == 1:
            node = self.order[window[0]]
            found = Decision(len(self.order), rejected, (Score(node, ()),), Choice(node, 0, 1))
            return found.after(visited, 1)
        choice, named = self._choose(asked, shape, window, start, visited)
        return Decision(len(self.order), rejected, named, choice).after(visited, len(window))

    def _choose(
        self, asked: Candidate, shape: OrderedShape[Merit], window: list[int], start: int, visited: int
    ) -> tuple[Choice, tuple[Score, ...]]:
        nodes = len(self.order)

        def distance(name: str) -> int:
            return (self.positions[name] - start) % nodes

        selector = self._selector(asked.pod)
        counts = self._kin(asked.pod, selector)
        crowded = sorted(name for name in counts if name in shape.merits and distance(name) < visited)
        sorts = Counter(map(shape.sort_at.__getitem__, window))
        for name in crowded:
            sorts[shape.sort_at[self.positions[name]]] -= 1
        numbers = [number for number, count in sorts.items() if count]
        entries = [(shape.merits[name], counts[name]) for name in crowded]
        entries += [(shape.sorts[number], 0) for number in numbers]
        domains = {shape.sorts[number].zone or "": 0 for number in sorts}
        columns = self._columns(asked, entries, selector, counts, domains, len(window))
        total = totals(columns, len(entries))
        best = max(total)
        ties = [name for name, points in zip(crowded, total, strict=False) if points == best]
        alike = {n for n, points in zip(numbers, total[len(crowded) :], strict=True) if points == best}
        equals = len(ties) + sum(sorts[number] for number in numbers if number in alike)
        if alike:
            apart = set(crowded)
            first = (self.order[p] for p in window if shape.sort_at[p] in alike)
            ties.append(next(name for name in first if name not in apart))
        node = min(ties, key=distance)
        of_its_sort = shape.sort_at[self.positions[node]]
        names = [*crowded, *(node if number == of_its_sort else "" for number in numbers)]
        return Choice(node, best, equals), _named(node, names, columns)

    def _selector(self, pod: Pod) -> LabelSelector | None:
        owners = self.index.owners
        services = tuple(one for one in owners.of(pod) if isinstance(one, Service))
        return default_selector(pod, services, owners.controller_of(pod))

    def _kin(self, pod: Pod, selector: LabelSelector | None) -> dict[str, int]:
        """Pods of the same kind by node; none where nothing selects the pod."""
        if selector is None:
            return {}
        return self.index.spreading.group(pod.metadata.namespace, (selector,))

    def _columns(
        self,
        asked: Candidate,
        entries: list[tuple[Merit, int]],
        selector: LabelSelector | None,
        counts: dict[str, int],
        domains: dict[str, int],
        size: int,
    ) -> list[Column]:
        """The points of each plugin for one node of each sort."""
        shares = [self.having.get(image, 0) / len(self.order) for image in self._wanted(asked.pod)]
        spread = None
        if selector is not None:
            spread = self._spread(asked.pod, entries, selector, counts, domains, size)
        columns = []
        for plugin in DEFAULT:
            if not plugin.weight:
                continue
            points = [0] * len(entries)
            if plugin.name in ONE_BY_ONE:
                place = ONE_BY_ONE.index(plugin.name)
                raw = [merit.points[place] for merit, _count in entries]
                found = [one for one in raw if one is not None]
                points = plugin.normalize(found) if found else points
            elif plugin.name == "PodTopologySpread" and spread is not None:
                points = plugin.normalize(spread)
            elif plugin.name == "ImageLocality" and shares:
                containers = containers_of(asked.pod)
                points = [points_for(merit.images, shares, containers) for merit, _count in entries]
            columns.append(Column(plugin.name, plugin.weight, points))
        return columns

    def _spread(
        self,
        pod: Pod,
        entries: list[tuple[Merit, int]],
        selector: LabelSelector,
        counts: dict[str, int],
        domains: dict[str, int],
        size: int,
    ) -> list[int]:
        """How crowded the nodes are, by host and by zone."""
        for name, count in counts.items():
            info = self.index.state.nodes.get(name)
            if info is None or info.node is None:
                continue
            zone = info.node.metadata.labels.get(ZONE, "")
            if zone in domains and matches_node(pod, info.node):
                domains[zone] += count
        by_host, by_zone = system_constraints(selector)
        host_weight, zone_weight = weight_of(size), weight_of(len(domains))
        found = []
        for merit, count in entries:
            parts = [(count, host_weight, by_host.max_skew)] if merit.has_name else []
            if merit.zone is not None:
                parts.append((domains[merit.zone], zone_weight, by_zone.max_skew))
            found.append(crowd(parts))
        return found

    # --- following --------------------------------------------------------------------------------

    def _follow(self) -> None:
        """The order of visits, and which images are on how many nodes."""
        if self.settings != self.index.settings:
            self.settings = self.index.settings
            nodes = self.index.state.nodes.values()
            self.order = [info.name for info in visiting_order(one for one in nodes if one.node is not None)]
            self.positions = {name: position for position, name in enumerate(self.order)}
            self.shapes.clear()
        for name in self.index.changed_since(self._seen):
            info = self.index.state.nodes.get(name)
            images = tuple(image_sizes(info.node)) if info is not None else ()
            before = self._images.get(name, ())
            if images != before:
                for image in before:
                    self.having[image] -= 1
                for image in images:
                    self.having[image] = self.having.get(image, 0) + 1
                self._images[name] = images
        self._seen = self.index.changes

    def _wanted(self, pod: Pod) -> list[str]:
        """The pod's images, if any is on any node."""
        wanted = wanted_images(pod)
        return wanted if any(self.having.get(image) for image in wanted) else []

    def _shape(self, asked: Candidate) -> OrderedShape[Merit]:
        spec = asked.pod.spec
        affinity = spec.affinity.node_affinity if spec.affinity else None
        images = tuple(self._wanted(asked.pod))
        key = (
            asked.request, asked.nonzero, asked.ports, tuple(sorted(spec.node_selector.items())), affinity,
            spec.tolerations, images,
        )  # fmt: skip
        shape = self.shapes.get(key, lambda: OrderedShape(_Judge(asked, images).judge, self.positions))
        shape.follow(self.index)
        return shape


class _Judge:
    """Looks at one node for pods of a shape, with the plugins themselves."""

    def __init__(self, asked: Candidate, images: tuple[str, ...]) -> None:
        self.filters = Filters(DEFAULT, asked, EMPTY)
        plugins: list[Plugin] = [BY_NAME[name] for name in ONE_BY_ONE]
        self.scorers = [plugin.score(asked, EMPTY, []) for plugin in plugins]
        self.images = images

    def judge(self, info: NodeInfo) -> tuple[Merit | None, tuple[str, ...]]:
        """Its merit, or the plugin that turns it away and why."""
        if (status := self.filters.against(info)) is not None:
            return None, (status.plugin, *status.reasons)
        assert info.node is not None
        labels = info.node.metadata.labels
        sizes = image_sizes(info.node) if self.images else {}
        merit = Merit(
            tuple(scorer(info) if scorer is not None else None for scorer in self.scorers),
            tuple(sizes.get(image, 0) for image in self.images),
            HOSTNAME in labels,
            labels.get(ZONE),
        )
        return merit, ()


def _named(node: str, names: list[str], columns: list[Column]) -> tuple[Score, ...]:
    """The chosen node's points first, then those of some others that have a name."""
    others = (index for index, name in enumerate(names) if name not in ("", node))
    told = (names.index(node), *islice(others, NAMED - 1))
    return tuple(score(names[index], columns, index) for index in told)
