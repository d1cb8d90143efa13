"""NodeAffinity: the nodes that a pod must or would like to run on.

Source: v1.36 pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.
"""

from clustersim.api.node_selection import constrains, has_preference, matches_node, named_nodes, preference
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import (
    ClusterEvent,
    Filter,
    Plugin,
    Scorer,
    Snapshot,
    Status,
    scaled,
)


class NodeAffinity(Plugin):
    """Looks at the labels and names of nodes."""

    name = "NodeAffinity"
    weight = 2

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        if not constrains(asked.pod):
            return None
        if self.only(asked) == frozenset():
            return self.no("pod affinity terms conflict", final=True)
        no = self.no("node(s) didn't match Pod's node affinity/selector", final=True)

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            return None if matches_node(asked.pod, info.node) else no

        return check

    def only(self, asked: Candidate) -> frozenset[str] | None:
        """Those that every term names: a DaemonSet's pods name one each."""
        return named_nodes(asked.pod)

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        if not has_preference(asked.pod):
            return None

        def wishes(info: NodeInfo) -> int:
            assert info.node is not None
            return preference(asked.pod, info.node)

        return wishes

    def normalize(self, points: list[int]) -> list[int]:
        return scaled(points)

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        node, before = event.node("labels"), event.node_before
        if node is None or not matches_node(asked.pod, node):
            return False
        return before is None or not matches_node(asked.pod, before)
