"""The pod garbage collector of v1.7 and v1.8: what is bound to a node that a fresh list does not have goes at
once.

Source: v1.7.5, v1.8.0 pkg/controller/podgc/gc_controller.go.
"""

from typing import ClassVar

from clustersim.api.core_v1 import Pod
from clustersim.api.status import Reply
from clustersim.controllermanager import rules
from clustersim.controllermanager.podgc.base import GcRules, PodGarbageCollector
from clustersim.engine.rules import Verdict


class PromptPodGarbageCollector(PodGarbageCollector):
    """Asks the API server for its nodes in every pass."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods",)
    rules = GcRules(rules.GC_THRESHOLD, rules.GC_ORPHANED, rules.GC_UNSCHEDULED)

    def look_for_orphans(self) -> None:
        self.api.list("nodes", self.then(self.nodes_listed))

    def nodes_listed(self, reply: Reply) -> None:
        """A fresh list of nodes, not the cache's: what is bound elsewhere is an orphan."""
        orphans: list[Pod] = []
        if reply.ok:
            nodes = {node.metadata.name for node in reply.body}
            elsewhere = any(there and name not in nodes for name, there in self.pods.state.by_node.items())
            pods = self.pods.list() if elsewhere else ()
            orphans = [pod for pod in pods if pod.spec.node_name and pod.spec.node_name not in nodes]
        self.collect(orphans)

    def orphan_verdict(self, pod: Pod) -> Verdict:
        return self.rules.orphaned.holds(pod=pod.metadata.name, node=pod.spec.node_name)

    def dispose(self, pod: Pod, verdict: Verdict) -> None:
        self.delete_now(pod, verdict.rule.id)
