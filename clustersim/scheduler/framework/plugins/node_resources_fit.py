"""NodeResourcesFit: the pod's requests beside those of all others, and the more room is left, the better
(LeastAllocated).

Sources: v1.36 pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated,resource_allocation}.go.
"""

from clustersim.api.resources import Resources, allocatable, lacking
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


class NodeResourcesFit(Plugin):
    """Looks at requests and `status.allocatable`."""

    name = "NodeResourcesFit"
    weight = 1

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        request, nothing = asked.request, asked.request == Resources()

        def check(info: NodeInfo) -> Status | None:
            reasons = ["Too many pods"] if len(info.pods) + 1 > info.offered_pods else []
            if not nothing:
                reasons += lacking(request, info.requested, info.offered)
            if not reasons:
                return None
            return self.no(*reasons, final=bool(lacking(request, Resources(), info.offered)))

        return check

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        def least_allocated(info: NodeInfo) -> int:
            total = info.nonzero + asked.nonzero
            pairs = ((total.cpu, info.offered.cpu), (total.memory, info.offered.memory))
            free = [_free(used, offered) for used, offered in pairs if offered]
            return sum(free) // len(free) if free else 0

        return least_allocated

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        if event.freed is not None:
            return True
        if (less := event.shrunk) is not None:
            return _any_more(asked.request, less)
        if (node := event.node("allocatable")) is None:
            return False
        offered, pods = allocatable(node)
        if pods <= 0 or lacking(asked.request, Resources(), offered):
            return False
        if event.node_before is None:
            return True
        before, pods_before = allocatable(event.node_before)
        return pods > pods_before or _any_more(asked.request, offered - before)


def _any_more(request: Resources, change: Resources) -> bool:
    """Of something that is asked for there is more now."""
    if (request.cpu > 0 < change.cpu) or (request.memory > 0 < change.memory):
        return True
    return any(change.amount(name) > 0 for name, _amount in request.others)


def _free(used: int, offered: int) -> int:
    return 0 if used > offered else (offered - used) * MAXIMUM // offered
