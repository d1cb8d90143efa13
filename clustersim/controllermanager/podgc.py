"""The pod garbage collector: every 20 s, away with what nobody else will ever remove.

  1. pods that ended, the oldest of those above the threshold   2. pods bound to a node that does not exist
  3. pods that are being deleted and were never bound
All by force. It emits no Events. Source: v1.7.5, v1.8.0 pkg/controller/podgc/gc_controller.go.
"""

from collections import deque
from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.registry import reference
from clustersim.api.status import Reply
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.pods import is_terminated
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import Micros

SOURCE: Final = "gc_controller.go"


class PodGcState(State):
    """The pass under way: deletions without an answer, and pods still to be deleted one after another.

    gone: nodes that do not exist any more, with the write that removed them (the cause of what follows).
    """

    pending: int = 0
    doomed: deque[Pod] = msgspec.field(default_factory=deque)
    gone: dict[str, int] = msgspec.field(default_factory=dict)
    last_pass: Micros | None = None
    last_active: Micros | None = None


class PodGarbageCollector(Controller):
    """Deletes pods that have lost their purpose."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods",)
    title: ClassVar[str] = "GC"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "pod-gc", "pod-garbage-collector")
        self.pods = self.shared.get("pods")
        self.shared.get("nodes", self.node_changed)
        period = self.flags.pod_gc_period
        self.loop = Loop(self.process, self.name, self.run, period, always=True, waits=True)

    @property
    def state(self) -> PodGcState:
        """Its memory."""
        return self.memory(PodGcState)

    def start(self) -> None:
        """The first pass comes at once."""
        self.loop.start(self.context.until_first_pass(self.name))

    def control_loops(self) -> tuple[ControlLoop, ...]:
        state = self.peek(PodGcState)
        return (ControlLoop(self.name, state.last_active, state.pending + len(state.doomed)),)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node appeared or is gone. That only explains; a pass asks the API server itself."""
        if new is not None:
            self.state.gone.pop(new.metadata.name, None)
        elif old is not None:
            self.state.gone[old.metadata.name] = self.engine.cause

    # --- a pass -----------------------------------------------------------------------------------

    def run(self) -> None:
        """A pass begins with the pods that ended."""
        self.engine.cause = 0
        state, threshold = self.state, self.flags.terminated_pod_gc_threshold
        state.last_pass = self.now
        terminated = sorted(filter(is_terminated, self.pods.list()), key=_age)
        verdict = threshold_exceeded(len(terminated), threshold)
        if not verdict.holds:
            self._look_for_orphans()
            return
        surplus = terminated[: len(terminated) - threshold]
        self.log(f"garbage collecting {len(surplus)} pods", SOURCE)
        state.pending = len(surplus)
        for pod in surplus:
            self.engine.cause = 0
            self._delete(pod, verdict)

    def _look_for_orphans(self) -> None:
        self.engine.cause = 0
        self.api.list("nodes", self.then(self.nodes_listed))

    def nodes_listed(self, reply: Reply) -> None:
        """A fresh list of nodes, not the cache's: what is bound elsewhere is an orphan."""
        pods = self.pods.list()
        orphans: list[Pod] = []
        if reply.ok:
            nodes = {node.metadata.name for node in reply.body}
            orphans = [pod for pod in pods if pod.spec.node_name and pod.spec.node_name not in nodes]
        unbound = [pod for pod in pods if pod.metadata.deletion_timestamp and not pod.spec.node_name]
        self.state.doomed = deque((*orphans, *unbound))
        self._next()

    def _next(self) -> None:
        self.engine.cause = 0
        state = self.state
        if not state.doomed:
            self.post(self.traits.gc_pass_cost, self.finish)
            return
        pod = state.doomed.popleft()
        name, node = pod.metadata.name, pod.spec.node_name
        if node:
            self.log(f"Found orphaned Pod {name} assigned to the Node {node}. Deleting.", SOURCE)
            verdict = rules.GC_ORPHANED.holds(pod=name, node=node)
            self.engine.cause = state.gone.get(node, 0)
        else:
            text = f"Found unscheduled terminating Pod {name} not assigned to any Node. Deleting."
            self.log(text, SOURCE)
            verdict = rules.GC_UNSCHEDULED.holds(pod=name)
        state.pending = 1
        self._delete(pod, verdict)

    def finish(self) -> None:
        """The pass has used its time."""
        self.loop.done()

    def _delete(self, pod: Pod, verdict: Verdict) -> None:
        metadata = pod.metadata
        self.state.last_active = self.now
        self.decide("collect-pod", reference(pod), verdict)
        self.log(f"PodGC is force deleting Pod: {metadata.namespace}:{metadata.name}", SOURCE)
        answer = self.then(self.deleted, verdict.rule.id, metadata.name)
        self.api.delete("pods", metadata.namespace, metadata.name, answer, grace_seconds=0)

    def deleted(self, reply: Reply, rule: str, pod: str) -> None:
        """A pod is gone, or the next pass will find it again."""
        state = self.state
        state.pending -= 1
        if rule == rules.GC_THRESHOLD.id:
            if not state.pending:
                self._look_for_orphans()
            return
        if reply.ok:
            kind = "orphaned" if rule == rules.GC_ORPHANED.id else "unscheduled terminating"
            self.log(f"Forced deletion of {kind} Pod {pod} succeeded", SOURCE)
        self._next()


def threshold_exceeded(terminated: int, threshold: int) -> Verdict:
    """Whether more pods have ended than may stay; a threshold of 0 or less lets all stay."""
    surplus = max(0, terminated - threshold) if threshold > 0 else 0
    return rules.GC_THRESHOLD.holds(surplus > 0, terminated=terminated, threshold=threshold, surplus=surplus)


def _age(pod: Pod) -> tuple[str, str]:
    return pod.metadata.creation_timestamp, pod.metadata.name
