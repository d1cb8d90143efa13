"""What the pod garbage collectors of all releases share: a pass every 20 s over the caches.

  1. pods that ended, the oldest of those above the threshold   2. what the release looks for, at last pods
  that are being deleted and were never bound
All by force. It emits no Events. Source: v1.7.5, v1.8.0, v1.36.2 pkg/controller/podgc/gc_controller.go.
"""

from abc import abstractmethod
from collections import deque
from collections.abc import Iterable
from typing import ClassVar, Final, NamedTuple

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.registry import reference
from clustersim.api.status import Reply
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.state import State
from clustersim.engine.time import Micros

SOURCE: Final = "gc_controller.go"


class GcRules(NamedTuple):
    """What a release says about pods that have lost their purpose."""

    threshold: Rule
    orphaned: Rule
    unscheduled: Rule


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

    title: ClassVar[str] = "GC"
    rules: ClassVar[GcRules]

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "pod-gc", "pod-garbage-collector")
        self.pods = self.shared.get("pods")
        self.nodes = self.shared.get("nodes", self.node_changed, renewals=False)
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

    # --- what it looks for ------------------------------------------------------------------------

    @abstractmethod
    def look_for_orphans(self) -> None:
        """Find pods of nodes that are gone; ends in `collect`."""

    @abstractmethod
    def orphan_verdict(self, pod: Pod) -> Verdict:
        """Why such a pod is collected, or when it will be."""

    @abstractmethod
    def dispose(self, pod: Pod, verdict: Verdict) -> None:
        """Remove a pod; ends in `deleted`."""

    def ended_first(self, pods: Iterable[Pod]) -> list[Pod]:
        """Pods that ended, in the order in which they go."""
        return sorted(pods, key=_age)

    def threshold_verdict(self, ended: int) -> Verdict:
        """Whether more pods have ended than may stay; a threshold of 0 or less lets all stay."""
        threshold = self.flags.terminated_pod_gc_threshold
        surplus = max(0, ended - threshold) if threshold > 0 else 0
        return self.rules.threshold.holds(surplus > 0, terminated=ended, threshold=threshold, surplus=surplus)

    # --- a pass -----------------------------------------------------------------------------------

    def run(self) -> None:
        """A pass begins with the pods that ended."""
        self.engine.cause = 0
        state = self.state
        state.last_pass = self.now
        ended = self.ended_first(self.shared.ended())
        verdict = self.threshold_verdict(len(ended))
        if not verdict.holds:
            self.after_ended()
            return
        surplus = ended[: len(ended) - self.flags.terminated_pod_gc_threshold]
        self.log(f"garbage collecting {len(surplus)} pods", SOURCE)
        self.delete_together(surplus, verdict)

    def delete_together(self, pods: list[Pod], verdict: Verdict) -> None:
        """All at once, without waiting for one another."""
        self.state.pending = len(pods)
        for pod in pods:
            self.engine.cause = 0
            self._delete(pod, verdict)

    def after_ended(self) -> None:
        """The pods that ended are dealt with."""
        self.engine.cause = 0
        self.look_for_orphans()

    def collect(self, orphans: list[Pod]) -> None:
        """Delete these, and what was never bound, one after another."""
        pods = self.pods.list() if self.shared.without_node() else ()
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
            verdict = self.orphan_verdict(pod)
            self.engine.cause = state.gone.get(node, 0)
        else:
            text = f"Found unscheduled terminating Pod {name} not assigned to any Node. Deleting."
            self.log(text, SOURCE)
            verdict = self.rules.unscheduled.holds(pod=name)
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
        self.dispose(pod, verdict)

    def delete_now(self, pod: Pod, rule: str) -> None:
        """DELETE without a grace period."""
        metadata = pod.metadata
        answer = self.then(self.deleted, rule, metadata.name)
        self.api.delete("pods", metadata.namespace, metadata.name, answer, grace_seconds=0)

    def deleted(self, reply: Reply, rule: str, pod: str) -> None:
        """A pod is gone, or the next pass will find it again."""
        self.state.pending -= 1
        if rule not in (self.rules.orphaned.id, self.rules.unscheduled.id):
            if not self.state.pending:
                self.together_done(rule)
            return
        if reply.ok:
            kind = "orphaned" if rule == self.rules.orphaned.id else "unscheduled terminating"
            self.log(f"Forced deletion of {kind} Pod {pod} succeeded", SOURCE)
        self._next()

    def together_done(self, rule: str) -> None:
        """All those that were deleted at once have been dealt with."""
        self.after_ended()


def _age(pod: Pod) -> tuple[str, str]:
    return pod.metadata.creation_timestamp, pod.metadata.name
