"""kube-scheduler of v1.36: scheduling cycles with plugins, what wakes a pod that waits, and preemption.

Sources: v1.36 pkg/scheduler/{scheduler,schedule_one,eventhandlers}.go, backend/queue/scheduling_queue.go.
"""

from typing import Any

import msgspec

from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Node, Pod, PodCondition
from clustersim.api.meta import ApiObject, ObjectReference, replace
from clustersim.api.node_selection import named_nodes
from clustersim.api.registry import key_of
from clustersim.api.resources import Requests, is_resizing, requests_v136
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.informer import REFLECTOR_OF_TODAY, Informer
from clustersim.client.lease_election import LeaseElector
from clustersim.client.recorder import RECORDER_OF_TODAY
from clustersim.client.series_recorder import SeriesRecorder
from clustersim.engine.actor import then
from clustersim.engine.rules import Value, Verdict
from clustersim.engine.serving import PING, Checks
from clustersim.engine.time import Micros
from clustersim.scheduler.attempts import Attempt
from clustersim.scheduler.decision import MANY_NODES, Decision
from clustersim.scheduler.framework import messages, rules
from clustersim.scheduler.framework.candidate import candidate
from clustersim.scheduler.framework.cycle import schedule, visiting_order
from clustersim.scheduler.framework.devices import DeviceClaims
from clustersim.scheduler.framework.evictions import Evictions
from clustersim.scheduler.framework.late_claims import NOT_IN_TIME, LateBinding, LateClaims
from clustersim.scheduler.framework.owners import default_selector
from clustersim.scheduler.framework.plugin import ClusterEvent, Snapshot
from clustersim.scheduler.framework.plugins import BY_NAME, DEFAULT
from clustersim.scheduler.framework.plugins.node_affinity import NodeAffinity
from clustersim.scheduler.framework.plugins.node_resources_fit import NodeResourcesFit
from clustersim.scheduler.framework.preemption import Preemption, Preemptor
from clustersim.scheduler.framework.queue import (
    LEFTOVER_AGE,
    LEFTOVER_POLL,
    Queued,
    QueueState,
    SchedulingQueue,
)
from clustersim.scheduler.framework.volumes import Volumes
from clustersim.scheduler.incremental.framework_choice import FrameworkChoice
from clustersim.scheduler.messages import event_line, pod_reference
from clustersim.scheduler.scheduler import NAME, Scheduler, SchedulerMemory, on_a_node
from clustersim.scheduler.select_host import Choice

STORAGE = ("persistentvolumeclaims", "persistentvolumes", "storageclasses")
ACTIONS = {"Scheduled": "Binding", "FailedScheduling": "Scheduling", "Preempted": "Preempting"}
"""What it was about to do when it told of something; of the election it tells through v1."""


class FrameworkMemory(SchedulerMemory):
    """start: the index of the node at which the next visit of nodes begins; binding: pods whose claims are
    being bound."""

    queue: QueueState = msgspec.field(default_factory=QueueState)
    binding: dict[str, LateBinding] = msgspec.field(default_factory=dict)
    start: int = 0


class SchedulerV136(Scheduler):
    """v1.36: filters and scores by plugin; a pod that fits nowhere waits for a change that may help it."""

    recorder_traits = RECORDER_OF_TODAY
    elector_class = LeaseElector
    reflector_backoff = REFLECTOR_OF_TODAY
    speaks_tls = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.namespaces = Informer(self.api, "namespaces")
        self.budgets = Informer(self.api, "poddisruptionbudgets")
        self.claims, self.volumes, self.classes = (
            Informer(self.api, resource, self.storage_changed) for resource in STORAGE
        )
        self.informers = (
            *self.informers, self.namespaces, self.budgets, self.claims, self.volumes, self.classes
        )  # fmt: skip
        self.series = SeriesRecorder(self.api, NAME, self.machine, ACTIONS)
        self._choice: FrameworkChoice | None = None
        self.evictions = Evictions(self.api, lambda: self.queue, self.tell, self.work_on)
        self.late_claims = LateClaims(self)
        self.devices = DeviceClaims(self.api, self.devices_changed)

    def tell(self, about: ObjectReference, kind: str, reason: str, message: str) -> None:
        """Through events.k8s.io, except for what the election has to tell."""
        if reason not in ACTIONS:
            super().tell(about, kind, reason, message)
            return
        self.log(event_line(about, kind, reason, message), source="event.go")
        self.series.event(about, kind, reason, message)

    def health_checks(self, path: str) -> Checks | None:
        """cmd/kube-scheduler/app/server.go"""
        elects = self.election_check()
        handlers = ("sched-handler-sync", self.pods.synced and self.nodes.synced)
        known = {"/healthz": elects, "/livez": PING, "/readyz": (*elects, ("shutdown", True), handlers)}
        return known.get(path)

    def memory(self) -> FrameworkMemory:
        return FrameworkMemory(start=self.chance)

    def accounting(self, pod: Pod) -> Requests:
        return requests_v136(pod)

    @property
    def queue(self) -> SchedulingQueue:
        """Pods that wait."""
        flags = self.flags
        return SchedulingQueue(self.state.queue, flags.pod_backoff_initial, flags.pod_backoff_maximum)

    def queued(self) -> int:
        return self.queue.count("active")

    def waiting(self) -> int:
        return self.queue.count("backoff", "unschedulable", "gated")

    def has_work(self) -> bool:
        return self.queue.has_turn()

    # --- the queue --------------------------------------------------------------------------------

    def unassigned_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A new pod joins the active queue, unless it has a gate. A change of a pod that waits moves it only
        if it is of a kind that may help; a written condition is none."""
        queue = self.queue
        if new is None:
            assert old is not None
            queue.remove(old)
            self.late_claims.forget(old)
        elif (queued := queue.get(new)) is not None:
            before, queued.pod = queued.pod, new
            if queued.place == "gated" and not self.keeps_out(new):
                queue.activate(queued)
            elif queued.place == "unschedulable" and _changed(before, new):
                self.move(queued)
        else:
            tried = queue.state.tried.get(key_of(new))
            if tried is not None and tried.pod.metadata.uid == new.metadata.uid:
                tried.pod = new
            else:
                queue.add(new, self.engine.cause, self.now, gated=self.keeps_out(new))
        self.work_on()

    def keeps_out(self, pod: Pod) -> bool:
        """The pod waits outside of the queues: it has a gate, or a claim of it is not there (PreEnqueue)."""
        return bool(pod.spec.scheduling_gates) or self.devices.keep_out(pod)

    def devices_changed(self, old: ApiObject | None, new: ApiObject | None) -> None:
        """A claim or a class of devices was added, changed or removed."""
        for queued in self.queue.at("gated"):
            if not self.keeps_out(queued.pod):
                queued.cause = self.engine.cause or queued.cause
                self.queue.activate(queued)
        self.wake(ClusterEvent(old, new))

    def next_turn(self) -> Queued | None:
        return self.queue.pop()

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        super().node_changed(old, new)
        if old is None or new is None or _node_changed(old, new):
            self.wake(ClusterEvent(old, new))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        super().pod_changed(old, new)
        was, here = (pod if pod is not None and on_a_node(pod) else None for pod in (old, new))
        if (assigned := here or was) is None:
            return
        self.queue.bound(assigned)
        self.evictions.observed(was, here)
        if was is None or here is None or was.metadata.labels != here.metadata.labels or _shrank(was, here):
            self.wake(ClusterEvent(was, here))

    def storage_changed(self, old: ApiObject | None, new: ApiObject | None) -> None:
        """A claim, a volume or a class was added, changed or removed."""
        if self.state.binding:
            self.late_claims.look()
        self.wake(ClusterEvent(old, new))

    def wake(self, event: ClusterEvent) -> None:
        """Something happened: pods move that one of the plugins that turned them away thinks it may help."""
        for queued in self.queue.at("unschedulable"):
            asked = candidate(queued.pod)
            told = [
                name for name in queued.plugins if name == NodeResourcesFit.name or not event.of_size_alone
            ]
            if any(BY_NAME[name].wakes(asked, event) for name in told):
                queued.cause = self.engine.cause or queued.cause
                self.move(queued)
        self.work_on()

    def move(self, queued: Queued) -> None:
        """To its back-off or, if that is over, to the active queue; not while its victims are being told."""
        if self.evictions.under_way(queued.pod):
            return
        self.queue.move(queued, self.now)
        if queued.place == "backoff":
            self.post(queued.backoff_until - self.now, self.flush_backoff, key_of(queued.pod))

    def flush_backoff(self, key: str) -> None:
        """A pod whose back-off is over joins the active queue."""
        queued = self.state.queue.pods.get(key)
        if queued is not None and queued.place == "backoff" and queued.backoff_until <= self.now:
            self.queue.activate(queued)
            self.work_on()

    def flush_leftover(self, key: str, since: Micros) -> None:
        """A pod that has waited for a change for five minutes is tried without one."""
        queued = self.state.queue.pods.get(key)
        if queued is not None and queued.place == "unschedulable" and queued.since == since:
            self.move(queued)
            self.work_on()

    # --- the choice -------------------------------------------------------------------------------

    def snapshot(self, pod: Pod) -> Snapshot:
        """What one scheduling cycle sees."""
        return Snapshot(
            visiting_order(self.cache.nodes()),
            default_selector(pod, *(owners.list() for owners in self.owners)),
            {one.metadata.name: one.metadata.labels for one in self.namespaces.list()},
            self.evictions.nominated(),
            self.storage(),
            self.devices.snapshot(),
        )

    def storage(self) -> Volumes:
        """What is known of claims, volumes and classes."""
        return Volumes(self.claims.state.cache, self.volumes.state.cache, self.classes.state.cache)

    def decision(self, pod: Pod) -> Decision:
        state: FrameworkMemory = self.state
        decision = None
        if len(state.cache.nodes) >= MANY_NODES and not self.evictions.nominated():
            decision = self.choice().decide(pod, state.start)
        if decision is None:
            decision = schedule(candidate(pod), self.snapshot(pod), DEFAULT, state.start)
        if decision.nodes:
            state.start = (state.start + decision.visited) % decision.nodes
        return decision

    def choice(self) -> FrameworkChoice:
        """The choice without a look at every node."""
        index = self.index()
        if self._choice is None or self._choice.index is not index:
            self._choice = FrameworkChoice(index)
        return self._choice

    def chosen(self, pod: Pod, decision: Decision, choice: Choice) -> None:
        self.evictions.forget(pod)

    def verdict_of(self, pod: Pod, decision: Decision, choice: Choice) -> Verdict:
        return rules.BEST_NODE.holds(
            pod=pod.metadata.name,
            node=choice.node,
            nodes=decision.visited,
            fitting=decision.fitting,
            equals=choice.equals,
            score=choice.total,
        )

    def assigned(self, pod: Pod, node: str) -> str:
        return messages.assigned(pod, node)

    def bind(self, assumed: Pod) -> None:
        if not self.late_claims.begin(assumed):
            super().bind(assumed)

    def expect(self, assumed: Pod) -> Pod:
        """Tell everybody on which node the pod will be as soon as what it waits for is done
        (schedule_one.go bindingCycle, NominatedNodeNameForExpectation)."""
        node, metadata, before = assumed.spec.node_name, assumed.metadata, assumed.status
        if node == before.nominated_node_name:
            return assumed
        status, answer = replace(before, nominated_node_name=node), then(self.ignore)
        self.api.patch_status("pods", metadata.namespace, metadata.name, status, answer, before=before)
        return replace(assumed, status=status)

    def volumes_bound(self, assumed: Pod) -> None:
        """All claims of the pod have their volumes."""
        super().bind(assumed)

    def volumes_late(self, key: str, since: Micros) -> None:
        """They have had their time."""
        self.late_claims.give_up(key, since)

    # --- failure ----------------------------------------------------------------------------------

    def fits_nowhere(self, pod: Pod, decision: Decision) -> None:
        queued = self.state.queue.tried.pop(key_of(pod))
        preemption = self.preempt(pod, decision)
        message = decision.message + preemption.told() if decision.nodes else decision.message
        named = [NodeAffinity.name] if named_nodes(pod) is not None else []
        plugins = tuple(dict.fromkeys((*named, *(one.plugin for one in decision.rejected))))
        self.queue.turned_away(queued, plugins, self.now)
        self.turned_down(pod, self.attempt(pod, decision, message, self.retry_at(queued)))
        nominated = pod.status.nominated_node_name
        if preemption.victims is not None:
            nominated = preemption.victims.node
            self.evictions.begin(pod, preemption.victims)
        elif preemption.considered:
            nominated = ""
            self.evictions.forget(pod)
        self.set_condition(pod, "Unschedulable", message, nominated)

    def preempt(self, pod: Pod, decision: Decision) -> Preemption:
        """Look for less important pods that could make room."""
        preemptor = Preemptor(candidate(pod), self.snapshot(pod), DEFAULT, self.budgets.list())
        return preemptor.preempt(decision, self.random("preemption").below(max(1, decision.nodes)))

    def retry_at(self, queued: Queued) -> Micros:
        """When the pod is tried again if nothing happens; and so it will be."""
        if queued.place == "backoff":
            self.post(queued.backoff_until - self.now, self.flush_backoff, key_of(queued.pod))
            return queued.backoff_until
        due = -(-(queued.since + LEFTOVER_AGE) // LEFTOVER_POLL) * LEFTOVER_POLL
        self.post(due - self.now, self.flush_leftover, key_of(queued.pod), queued.since)
        return due

    def armed(self, attempt: Attempt, *, holds: bool = False) -> Verdict:
        plugins = ", ".join(dict.fromkeys(one.plugin for one in attempt.rejected))
        values: dict[str, Value] = {
            "pod": attempt.pod.rpartition("/")[2],
            "nodes": attempt.nodes,
            "reasons": attempt.message,
            "wait": None if attempt.retry_at is None else attempt.retry_at - attempt.t,
        }
        if not plugins:
            return rules.BACKS_OFF.holds(holds, due=attempt.retry_at, **values)
        return rules.WAITS_FOR_CHANGE.holds(holds, due=attempt.retry_at, plugins=plugins, **values)

    def binding_refused(self, pod: Pod, node: str, reply: Reply) -> None:
        queued = self.state.queue.tried.pop(key_of(pod), None)
        if queued is not None:
            self.queue.turned_away(queued, (), self.now)
            self.retry_at(queued)
        text = reply.message if reply.reason == NOT_IN_TIME else f"binding rejected: {reply.message}"
        self.tell(pod_reference(pod), "Warning", "FailedScheduling", text)
        self.set_condition(pod, "SchedulerError", text, "")

    def set_condition(self, pod: Pod, reason: str, message: str, nominated: str) -> None:
        """Write PodScheduled=False and the node that the pod has been nominated for, unless it says so."""
        old = condition_of(pod.status, "PodScheduled")
        same = old is not None and (old.status, old.reason, old.message) == ("False", reason, message)
        if same and nominated == pod.status.nominated_node_name:
            return
        since = old.last_transition_time if old is not None and old.status == "False" else rfc3339(self.now)
        condition = PodCondition(
            type="PodScheduled",
            status="False",
            last_transition_time=since,
            reason=reason,
            message=message,
            observed_generation=pod.metadata.generation,
        )
        status = replace(pod.status, conditions=(condition,), nominated_node_name=nominated)
        self.api.patch_status(
            "pods",
            pod.metadata.namespace,
            pod.metadata.name,
            status,
            then(self.ignore),
            before=pod.status,
        )


def _shrank(old: Pod, new: Pod) -> bool:
    """A pod on a node counts for less than before (UpdatePodScaleDown)."""
    if old.spec is new.spec and not is_resizing(old) and not is_resizing(new):
        return False
    before, after = requests_v136(old).counted, requests_v136(new).counted
    return after.cpu < before.cpu or after.memory < before.memory


def _changed(old: Pod, new: Pod) -> bool:
    """Whether the pod itself changed in a way that matters for its place."""
    return old.metadata.labels != new.metadata.labels or old.spec != new.spec


def _node_changed(old: Node, new: Node) -> bool:
    """Whether anything that plugins look at changed: heartbeats are nothing to them."""
    return (
        old.status.allocatable != new.status.allocatable
        or old.metadata.labels != new.metadata.labels
        or old.metadata.annotations != new.metadata.annotations
        or old.spec != new.spec
        or [(one.type, one.status) for one in old.status.conditions]
        != [(one.type, one.status) for one in new.status.conditions]
    )
