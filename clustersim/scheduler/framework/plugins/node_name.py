"""NodeName: a pod that names its node takes no other.

Source: v1.36 pkg/scheduler/framework/plugins/nodename/node_name.go.
"""

from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status


class NodeName(Plugin):
    """Looks at `spec.nodeName`."""

    name = "NodeName"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        wanted = asked.pod.spec.node_name
        if not wanted:
            return None
        no = self.no("node(s) didn't match the requested node name", final=True)

        def check(info: NodeInfo) -> Status | None:
            return no if info.name != wanted else None

        return check

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        return event.node() is not None
