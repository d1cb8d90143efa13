"""NodeResourcesBalancedAllocation: better where the pod makes the use of cpu and memory more alike.

Source: v1.36 pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
"""

from clustersim.api.resources import Resources
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import MAXIMUM, Plugin, Scorer, Snapshot


class BalancedAllocation(Plugin):
    """Compares the balance with and without the pod; says nothing of pods that request nothing."""

    name = "NodeResourcesBalancedAllocation"
    weight = 1

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        if not asked.request.cpu and not asked.request.memory:
            return None
        half = MAXIMUM // 2

        def change(info: NodeInfo) -> int:
            after = balance(info.requested + asked.request, info.offered)
            return half + (half + after - balance(info.requested, info.offered)) // 2

        return change


def balance(used: Resources, offered: Resources) -> int:
    """100 where cpu and memory are used to the same degree, 50 where one is full and the other empty."""
    pairs = ((used.cpu, offered.cpu), (used.memory, offered.memory))
    fractions = [min(1.0, one / of) for one, of in pairs if of]
    deviation = abs(fractions[0] - fractions[1]) / 2 if len(fractions) == 2 else 0.0
    return int((1 - deviation) * MAXIMUM)
