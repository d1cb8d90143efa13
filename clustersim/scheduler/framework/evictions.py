"""Carrying a preemption out: victims are marked, deleted and told, and the pod that they make room for is
nominated for their node until it gets one.

```
  begin --> DisruptionTarget written --> deleted (gracefully) --> event Preempted
```
Until the last victim is told, the pod stays where it is; then the end of the victims wakes it.
Source: v1.36 pkg/scheduler/framework/preemption/preemption.go (prepareCandidateAsync).
"""

from collections.abc import Callable

import msgspec

from clustersim.api.core_v1 import Pod, PodCondition, PodStatus
from clustersim.api.meta import ObjectReference, replace
from clustersim.api.registry import key_of, reference
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.client import Client
from clustersim.engine.actor import Then
from clustersim.engine.part import Part
from clustersim.engine.state import State
from clustersim.scheduler.framework import rules
from clustersim.scheduler.framework.candidate import priority_of
from clustersim.scheduler.framework.preemption import PREEMPTED, Victims
from clustersim.scheduler.framework.queue import Queued, SchedulingQueue


class EvictionsState(State):
    """nominated: nodes by the pods that wait for room on them; untold: victims of each pod that have not
    been told yet."""

    nominated: dict[str, str] = msgspec.field(default_factory=dict)
    untold: dict[str, dict[str, Pod]] = msgspec.field(default_factory=dict)


Tell = Callable[[ObjectReference, str, str, str], None]


class Evictions(Part):
    """The part of the scheduler that does it. queue: the scheduling queue; tell: records an Event; go_on:
    called when a pod has been put back into the active queue."""

    def __init__(
        self, client: Client, queue: Callable[[], SchedulingQueue], tell: Tell, go_on: Callable[[], None]
    ) -> None:
        super().__init__(client.process, "evictions")
        self.client = client
        self.queue = queue
        self.tell = tell
        self.go_on = go_on

    @property
    def state(self) -> EvictionsState:
        """Its memory."""
        return self.remember(EvictionsState)

    def nominated(self) -> dict[str, tuple[Pod, ...]]:
        """Pods that wait for room, by node."""
        found: dict[str, tuple[Pod, ...]] = {}
        for key, node in self.state.nominated.items():
            if (queued := self._preemptor(key)) is not None:
                found[node] = (*found.get(node, ()), queued.pod)
        return found

    def under_way(self, pod: Pod) -> bool:
        """Whether victims of the pod have not all been told yet."""
        return bool(self.state.untold.get(key_of(pod)))

    def begin(self, pod: Pod, victims: Victims) -> None:
        """Nominate the pod for the node, and tell the victims to go; those that go already need no telling.
        Less important pods nominated for the same node look for another."""
        key = key_of(pod)
        for other in self.nominated().get(victims.node, ()):
            if priority_of(other) < priority_of(pod):
                self._give_up(other)
        self.state.nominated[key] = victims.node
        doomed = [victim for victim in victims.pods if not victim.metadata.deletion_timestamp]
        self.state.untold[key] = {key_of(victim): victim for victim in doomed}
        for victim in doomed:
            self._mark(pod, victim, victims.node)

    def _give_up(self, pod: Pod) -> None:
        self.forget(pod)
        self._write(pod, replace(pod.status, conditions=(), nominated_node_name=""), self.then(self.ignore))
        queued = self.queue().get(pod)
        if queued is not None and queued.place == "unschedulable":
            self.queue().activate(queued)

    def _mark(self, pod: Pod, victim: Pod, node: str) -> None:
        verdict = rules.PREEMPTED.holds(
            pod=pod.metadata.name,
            victim=victim.metadata.name,
            node=node,
            priority=priority_of(pod),
            less=priority_of(victim),
        )
        self.process.emit("decision", "preempt", reference(victim), after=pod.metadata.name, rule=verdict)
        condition = PodCondition(
            type="DisruptionTarget",
            status="True",
            last_transition_time=rfc3339(self.now),
            reason=PREEMPTED,
            message=f"{pod.spec.scheduler_name}: preempting to accommodate a higher priority pod",
            observed_generation=victim.metadata.generation,
        )
        status = replace(victim.status, conditions=(condition,))
        self._write(victim, status, self.then(self.marked, key_of(pod), key_of(victim)))

    def _write(self, pod: Pod, status: PodStatus, answer: Then) -> None:
        self.client.patch_status(
            "pods", pod.metadata.namespace, pod.metadata.name, status, answer, before=pod.status
        )

    def ignore(self, reply: Reply) -> None:
        """For writes whose outcome changes nothing."""

    def marked(self, reply: Reply, preemptor: str, victim: str) -> None:
        """The condition is written: the victim is deleted; or it is gone."""
        pod = self.state.untold.get(preemptor, {}).get(victim)
        if pod is None or not reply.ok:
            self._told(preemptor, victim)
            return
        metadata = pod.metadata
        answer = self.then(self.deleted, preemptor, victim, metadata.uid, pod.spec.node_name)
        self.client.delete("pods", metadata.namespace, metadata.name, answer, uid=metadata.uid)

    def deleted(self, reply: Reply, preemptor: str, victim: str, uid: str, node: str) -> None:
        """The victim is being deleted, or is gone, or could not be."""
        self._told(preemptor, victim)
        if (queued := self._preemptor(preemptor)) is None:
            return
        if reply.ok:
            namespace, _slash, name = victim.partition("/")
            about = ObjectReference(kind="Pod", namespace=namespace, name=name, uid=uid, api_version="v1")
            text = f"Preempted by pod {queued.pod.metadata.uid} on node {node}"
            self.tell(about, "Normal", "Preempted", text)
        elif reply.status != 404 and queued.place == "unschedulable":
            self.queue().activate(queued)
            self.go_on()

    def _preemptor(self, key: str) -> Queued | None:
        state = self.queue().state
        return state.pods.get(key) or state.tried.get(key)

    def observed(self, was: Pod | None, here: Pod | None) -> None:
        """A pod on a node changed: a victim that is seen to go need not be waited for."""
        if was is None or not self.state.untold:
            return
        if here is None or here.metadata.deletion_timestamp:
            for preemptor in list(self.state.untold):
                if len(self.state.untold[preemptor]) == 1:
                    self._told(preemptor, key_of(was))

    def forget(self, pod: Pod) -> None:
        """The pod is nominated no more."""
        self.state.nominated.pop(key_of(pod), None)

    def _told(self, preemptor: str, victim: str) -> None:
        untold = self.state.untold.get(preemptor, {})
        untold.pop(victim, None)
        if not untold:
            self.state.untold.pop(preemptor, None)
