"""One scheduling cycle, as a pure function of what the scheduler believes: filter, score, choose.

Of a hundred nodes or more not all are visited: the visit begins where the last one ended and stops when
enough nodes are found that would do. The first filter that turns a node away ends it. Where nodes score the
same, the one visited first is taken (the real order among equals depends on threads).
Sources: v1.36 pkg/scheduler/schedule_one.go (schedulePod, findNodesThatFitPod, prioritizeNodes,
numFeasibleNodesToFind), backend/cache/node_tree.go.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node
from clustersim.api.resources import requests_v136
from clustersim.api.topology import OLD_REGION, OLD_ZONE, REGION, ZONE
from clustersim.scheduler.attempts import NODES_NAMED, Rejection
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.decision import Decision
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.messages import fit_error
from clustersim.scheduler.framework.plugin import Filter, Plugin, Snapshot, Status
from clustersim.scheduler.messages import NO_NODES
from clustersim.scheduler.scores import Column, Score, scores, totals
from clustersim.scheduler.select_host import Choice

ALL_BELOW: Final = 100
"""With fewer nodes all are visited; with more at least so many must be found that would do."""

LEAST_PERCENTAGE: Final = 5

REGION_LABELS: Final = (REGION, OLD_REGION)
ZONE_LABELS: Final = (ZONE, OLD_ZONE)


def zone_of(node: Node) -> tuple[str, str]:
    """Region and zone, empty where a node says neither (GetZoneKey)."""
    labels = node.metadata.labels
    region, zone = (
        next((labels[name] for name in names if name in labels), "") for names in (REGION_LABELS, ZONE_LABELS)
    )
    return region, zone


def visiting_order(infos: Iterator[NodeInfo]) -> list[NodeInfo]:
    """The nodes zone by zone in turn: the first of each zone, the second of each, ..."""
    zones: dict[tuple[str, str], list[NodeInfo]] = {}
    for info in infos:
        assert info.node is not None
        zones.setdefault(zone_of(info.node), []).append(info)
    in_turn = chain.from_iterable(zip_longest(*zones.values()))
    return [info for info in in_turn if info is not None]


def wanted_nodes(nodes: int) -> int:
    """How many nodes that would do are enough (numFeasibleNodesToFind)."""
    if nodes < ALL_BELOW:
        return nodes
    percentage = max(LEAST_PERCENTAGE, 50 - nodes // 125)
    return max(ALL_BELOW, nodes * percentage // 100)


class Filters:
    """All plugins' filters for one pod. refused: what a plugin says that wants no node at all; only: names of
    the nodes that alone are looked at, and which plugin says so; None: all are."""

    def __init__(self, plugins: Sequence[Plugin], asked: Candidate, snapshot: Snapshot) -> None:
        self.checks: list[Filter] = []
        self.refused: Status | None = None
        self.only: tuple[frozenset[str], str] | None = None
        for plugin in plugins:
            if (named := plugin.only(asked)) is not None:
                self.only = named, plugin.name
            check = plugin.filter(asked, snapshot)
            if isinstance(check, Status):
                self.refused = check
                return
            if check is not None:
                self.checks.append(check)

    def against(self, info: NodeInfo) -> Status | None:
        """The first filter's objection to a node."""
        for check in self.checks:
            if (status := check(info)) is not None:
                return status
        return None


def objection(
    asked: Candidate, snapshot: Snapshot, plugins: Sequence[Plugin], info: NodeInfo
) -> Status | None:
    """The first objection to a node in a state that need not be the snapshot's, both with and without the
    pods that are to come there by a nomination (RunFilterPluginsWithNominatedPods)."""
    expected = snapshot.expected(asked.pod, info.name)
    states = [info] if not expected else [info.with_pods(expected, requests_v136), info]
    for state in states:
        filters = Filters(plugins, asked, snapshot.with_node(state))
        if (status := filters.refused or filters.against(state)) is not None:
            return status
    return None


class Feasible(msgspec.Struct, frozen=True):
    """The nodes that would do, the objections to those that would not, and how many were visited."""

    infos: list[NodeInfo]
    rejected: tuple[Rejection, ...] = ()
    visited: int = 0
    refused: Status | None = None


def feasible(asked: Candidate, snapshot: Snapshot, plugins: Sequence[Plugin], start: int) -> Feasible:
    """Visit nodes from the `start`-th on, counted round, until enough would do; a node that the pod has been
    nominated for is all it needs, if it would do."""
    filters = Filters(plugins, asked, snapshot)
    if filters.refused is not None:
        no = filters.refused
        everywhere = (Rejection(info.name, no.reasons, no.plugin, no.final) for info in snapshot.infos)
        return Feasible([], tuple(everywhere), refused=no)
    nominated = snapshot.named(asked.pod.status.nominated_node_name)
    if nominated is not None and objection(asked, snapshot, plugins, nominated) is None:
        return Feasible([nominated], visited=1)
    infos = snapshot.infos
    if filters.only is not None:
        infos = [info for info in infos if info.name in filters.only[0]]
    enough = wanted_nodes(len(infos))
    found: list[NodeInfo] = []
    rejected = []
    first = start % max(1, len(infos))
    for info in (*infos[first:], *infos[:first]):
        if len(found) == enough:
            break
        if snapshot.expected(asked.pod, info.name):
            status = objection(asked, snapshot, plugins, info)
        else:
            status = filters.against(info)
        if status is None:
            found.append(info)
        else:
            rejected.append(Rejection(info.name, status.reasons, status.plugin, status.final))
    visited = len(found) + len(rejected)
    if filters.only is not None and not found:
        named, plugin = filters.only
        left_out = (f"node(s) didn't satisfy plugin(s) [{plugin}]",)
        absent = (info.name for info in snapshot.infos if info.name not in named)
        rejected += [Rejection(name, left_out, plugin, True) for name in absent]
    return Feasible(found, tuple(rejected), visited)


def score(
    asked: Candidate, snapshot: Snapshot, infos: list[NodeInfo], plugins: Sequence[Plugin]
) -> tuple[Column, ...]:
    """What each plugin that scores gives those nodes."""
    columns = []
    for plugin in plugins:
        if not plugin.weight:
            continue
        scorer = plugin.score(asked, snapshot, infos)
        points = plugin.normalize([scorer(info) for info in infos]) if scorer else [0] * len(infos)
        columns.append(Column(plugin.name, plugin.weight, points))
    return tuple(columns)


def schedule(asked: Candidate, snapshot: Snapshot, plugins: Sequence[Plugin], start: int) -> Decision:
    """Find the node for a pod. A node that alone would do is taken without scoring."""
    nodes = len(snapshot.infos)
    if not nodes:
        return Decision(0, message=NO_NODES)
    left = feasible(asked, snapshot, plugins, start)
    if not left.infos:
        no = left.refused
        refused = ", ".join(no.reasons) if no else ""
        return Decision(
            nodes,
            left.rejected,
            message=fit_error(nodes, left.rejected, refused),
            visited=left.visited,
            refused=no.plugin if no is not None and no.final else "",
        )
    if len(left.infos) == 1:
        choice = Choice(left.infos[0].name, 0, 1)
        found: tuple[Score, ...] = (Score(choice.node, ()),)
        return Decision(nodes, left.rejected, found, choice, visited=left.visited, fitting=1)
    columns = score(asked, snapshot, left.infos, plugins)
    total = totals(columns, len(left.infos))
    best = max(total)
    choice = Choice(left.infos[total.index(best)].name, best, total.count(best))
    named = scores([info.name for info in left.infos], columns, NODES_NAMED)
    return Decision(nodes, left.rejected, named, choice, visited=left.visited, fitting=len(left.infos))
