"""TaintToleration: NoSchedule and NoExecute taints keep pods away, PreferNoSchedule ones make a node less
attractive.

Source: v1.36 pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.
"""

from clustersim.api.core_v1 import Node, Toleration
from clustersim.api.tolerations import tolerates
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

PREFERENCE = "PreferNoSchedule"


class TaintToleration(Plugin):
    """Looks at `spec.taints`."""

    name = "TaintToleration"
    weight = 3
    judges_taints = True

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        tolerations = asked.pod.spec.tolerations
        no = self.no("node(s) had untolerated taint(s)", final=True)

        def check(info: NodeInfo) -> Status | None:
            assert info.node is not None
            return no if info.node.spec.taints and _keep_away(info.node, tolerations) else None

        return check

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        tolerations = [t for t in asked.pod.spec.tolerations if t.effect in ("", PREFERENCE)]

        def untolerated(info: NodeInfo) -> int:
            assert info.node is not None
            return sum(
                taint.effect == PREFERENCE and not any(tolerates(t, taint) for t in tolerations)
                for taint in info.node.spec.taints
            )

        return untolerated

    def normalize(self, points: list[int]) -> list[int]:
        return scaled(points, reverse=True)

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        node, before = event.node("taints"), event.node_before
        tolerations = asked.pod.spec.tolerations
        if node is None or _keep_away(node, tolerations):
            return False
        return before is None or _keep_away(before, tolerations)


def _keep_away(node: Node, tolerations: tuple[Toleration, ...]) -> bool:
    return any(
        taint.effect != PREFERENCE and not any(tolerates(t, taint) for t in tolerations)
        for taint in node.spec.taints
    )
