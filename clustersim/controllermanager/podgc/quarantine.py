"""The pod garbage collector of v1.36: a node that the cache misses is in quarantine for 40 s, then the API
server is asked for it, and only then its pods go.

Between the pods that ended and the orphans come those that are being deleted on a node which is not ready and
was tainted out-of-service by a person. What has not ended is marked Failed before it is deleted.
Whether a quarantine that began in a pass is over at the second pass after it is a race: the passes drift by a
millisecond, and so does the quarantine. Source: v1.36.2 pkg/controller/podgc/gc_controller.go.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodCondition
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.node.health import READY, node_condition
from clustersim.controllermanager.nodelifecycle.taint_keys import OUT_OF_SERVICE
from clustersim.controllermanager.podgc import rules
from clustersim.controllermanager.podgc.base import GcRules, PodGarbageCollector, PodGcState
from clustersim.controllermanager.pods import is_terminated
from clustersim.controllermanager.tainteviction.controller import with_condition
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MILLISECOND, SECOND, Micros

QUARANTINE: Final[Micros] = 40 * SECOND
LAG: Final[Micros] = 4 * MILLISECOND
"""How much later than that a quarantine is over at most: the race with the pass that comes then."""

NODE_GONE: Final = PodCondition(
    type="DisruptionTarget",
    status="True",
    reason="DeletionByPodGC",
    message="PodGC: node no longer exists",
)


class QuarantineState(PodGcState):
    """quarantine: missing nodes, and until when nothing is done about them. asked: nodes that the API server
    is still to be asked for; missing: those that it does not have."""

    quarantine: dict[str, Micros] = msgspec.field(default_factory=dict)
    asked: list[str] = msgspec.field(default_factory=list)
    missing: dict[str, bool] = msgspec.field(default_factory=dict)


class QuarantiningPodGarbageCollector(PodGarbageCollector):
    """Looks for nodes in the cache, and asks for those it misses."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "nodes")
    rules = GcRules(rules.THRESHOLD, rules.ORPHANED, rules.UNSCHEDULED)

    @property
    def state(self) -> QuarantineState:
        """Its memory."""
        return self.memory(QuarantineState)

    def ended_first(self, pods: Iterable[Pod]) -> list[Pod]:
        """Pods that were evicted go before the others."""
        return sorted(super().ended_first(pods), key=lambda pod: pod.status.reason != "Evicted")

    # --- out of service ---------------------------------------------------------------------------

    def after_ended(self) -> None:
        """Pods that are being deleted on nodes which are out of service."""
        out = {name for name, node in self.nodes.state.cache.items() if _is_out(node)}
        listed = self.pods.list() if out else ()
        stuck = [pod for pod in listed if pod.metadata.deletion_timestamp and pod.spec.node_name in out]
        if stuck:
            self.delete_together(self.ended_first(stuck), rules.OUT_OF_SERVICE.holds(pods=len(stuck)))
        else:
            super().after_ended()

    def together_done(self, rule: str) -> None:
        if rule == rules.OUT_OF_SERVICE.id:
            super().after_ended()
        else:
            self.after_ended()

    # --- orphans ----------------------------------------------------------------------------------

    def look_for_orphans(self) -> None:
        """Put into quarantine what is newly missing; ask for what has been missing for long enough."""
        state, known = self.state, self.nodes.state.cache
        for name in self._newly_missing():
            lag = int(self.process.chancy_random(self.name).random() * LAG)
            state.quarantine[name] = self.now + QUARANTINE + lag
        over = [name for name, until in state.quarantine.items() if until <= self.now]
        for name in over:
            del state.quarantine[name]
        state.asked = [name for name in over if name not in known]
        state.missing = {}
        self._ask()

    def _newly_missing(self) -> list[str]:
        """Nodes to which pods are bound and which the cache does not have, in the order of their pods."""
        known, waiting = self.nodes.state.cache, self.state.quarantine
        missing = {
            name
            for name, there in self.pods.state.by_node.items()
            if there and name not in known and name not in waiting
        }
        listed = self.pods.list() if missing else ()
        return list(dict.fromkeys(pod.spec.node_name for pod in listed if pod.spec.node_name in missing))

    def _ask(self) -> None:
        state = self.state
        if state.asked:
            name = state.asked.pop(0)
            self.api.get("nodes", "", name, self.then(self.answered, name))
            return
        listed = self.pods.list() if state.missing else ()
        self.collect([pod for pod in listed if pod.spec.node_name in state.missing])

    def answered(self, reply: Reply, name: str) -> None:
        """The node does not exist, or it does, or nobody knows: then it goes into quarantine again."""
        if reply.status == 404:
            self.state.missing[name] = True
        self._ask()

    def orphan_verdict(self, pod: Pod) -> Verdict:
        node = pod.spec.node_name
        state = self.peek(QuarantineState)
        until = state.quarantine.get(node)
        return self.rules.orphaned.holds(
            node in state.missing, due=until, pod=pod.metadata.name, node=node, limit=QUARANTINE
        )

    # --- removal ----------------------------------------------------------------------------------

    def dispose(self, pod: Pod, verdict: Verdict) -> None:
        """One that has not ended is marked Failed first."""
        if is_terminated(pod):
            self.delete_now(pod, verdict.rule.id)
            return
        seen = pod.metadata.generation
        marked: Pod = replace(pod, status=replace(pod.status, phase="Failed", observed_generation=seen))
        if verdict.rule.id == self.rules.orphaned.id:
            marked = with_condition(marked, NODE_GONE, rfc3339(self.now))
        answer = self.then(self.marked, pod, verdict.rule.id, self.engine.cause)
        self.api.patch_status(
            "pods", pod.metadata.namespace, pod.metadata.name, marked.status, answer, before=pod.status
        )

    def marked(self, reply: Reply, pod: Pod, rule: str, cause: int) -> None:
        """It is marked and can go; a failure leaves it to another pass."""
        self.engine.cause = cause
        if reply.ok:
            self.delete_now(pod, rule)
        else:
            self.deleted(reply, rule, pod.metadata.name)


def _is_out(node: Node) -> bool:
    """Not ready, and tainted out-of-service by a person."""
    if not any(taint.key == OUT_OF_SERVICE for taint in node.spec.taints):
        return False
    ready = node_condition(node, READY)
    return ready is None or ready.status != "True"
