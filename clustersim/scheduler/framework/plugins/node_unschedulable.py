"""NodeUnschedulable: cordoned nodes take no pods, unless a pod tolerates just that.

Source: v1.36 pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.
"""

from typing import Final

from clustersim.api.core_v1 import Taint
from clustersim.api.tolerations import tolerates
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status

TAINT: Final = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")


class NodeUnschedulable(Plugin):
    """Looks at `spec.unschedulable`."""

    name = "NodeUnschedulable"
    judges_taints = True

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        if any(tolerates(toleration, TAINT) for toleration in asked.pod.spec.tolerations):
            return None
        no = self.no("node(s) were unschedulable", final=True)

        def check(info: NodeInfo) -> Status | None:
            return no if info.node is not None and info.node.spec.unschedulable else None

        return check

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        node, before = event.node("taints"), event.node_before
        if node is None or node.spec.unschedulable:
            return False
        return before is None or before.spec.unschedulable
