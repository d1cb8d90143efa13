"""NodePorts: the host ports that the pod takes must be free.

Source: v1.36 pkg/scheduler/framework/plugins/nodeports/node_ports.go.
"""

from clustersim.api.host_ports import conflicts, host_ports
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status


class NodePorts(Plugin):
    """Looks at the `hostPort` of containers."""

    name = "NodePorts"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        if not asked.ports:
            return None
        no = self.no("node(s) didn't have free ports for the requested pod ports")

        def check(info: NodeInfo) -> Status | None:
            return no if info.ports and conflicts(asked.ports, info.ports) else None

        return check

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        if event.freed is not None:
            return conflicts(asked.ports, host_ports(event.freed))
        return event.node() is not None
