"""NodeAffinity: the labels that a pod wants of its node.

Source: v1.36 pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.
"""

from clustersim.api.core_v1 import Node
from clustersim.api.selectors import matches_labels
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status


class NodeAffinity(Plugin):
    """Looks at the labels of nodes."""

    name = "NodeAffinity"
    weight = 2

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        if not asked.pod.spec.node_selector:
            return None
        no = self.no("node(s) didn't match Pod's node affinity/selector", final=True)

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            return None if _matches(asked, info.node) else no

        return check

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        return event.node is not None and _matches(asked, event.node)


def _matches(asked: Candidate, node: Node) -> bool:
    return matches_labels(asked.pod.spec.node_selector, node.metadata.labels)
