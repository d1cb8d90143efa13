"""The scheduler process: leader election, caches, the loop over the queue, binding, failures.

One pod at a time: pop, decide, assume, bind in the background. Sources: v1.7.5 and v1.8.0
plugin/pkg/scheduler/scheduler.go, plugin/pkg/scheduler/factory/factory.go, plugin/cmd/kube-scheduler/app.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.conditions import merge_conditions
from clustersim.api.core_v1 import Node, Pod, PodCondition
from clustersim.api.meta import ObjectReference, replace
from clustersim.api.registry import key_of, reference
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.component import Component
from clustersim.client.informer import Informer
from clustersim.client.leaderelection import NAMESPACE, LeaderElector
from clustersim.client.recorder import EventRecorder
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory
from clustersim.engine.time import MILLISECOND, MINUTE, Micros
from clustersim.flags.scheduler import SchedulerFlags
from clustersim.network import Network
from clustersim.scheduler import messages, rules
from clustersim.scheduler.attempts import Attempt, AttemptsState, remember
from clustersim.scheduler.cache import CacheState, SchedulerCache
from clustersim.scheduler.decision import Decision, Policy, decide
from clustersim.scheduler.placement import Placement, placed
from clustersim.scheduler.predicates import DEFAULT, check_node_condition
from clustersim.scheduler.priorities import COMMON, selectors_of
from clustersim.scheduler.queue import BackOffState, Fifo, FifoState, PodBackOff
from clustersim.scheduler.select_host import Choice

LOCK: Final = "kube-scheduler"
NAME: Final = "default-scheduler"
SYNC_POLL: Final[Micros] = 100 * MILLISECOND
"""Pause between two looks whether the caches are filled (client-go tools/cache syncedPollPeriod)."""

FIRST_READ_RETRY: Final[Micros] = 200 * MILLISECOND
LAST_READ_RETRY: Final[Micros] = MINUTE
"""Pauses after a failed re-read of a pod: doubling from the first to the last (factory.go)."""


class SchedulerMemory(Memory):
    """counter: successful choices so far; busy: a decision is being made."""

    queue: FifoState = msgspec.field(default_factory=FifoState)
    backoff: BackOffState = msgspec.field(default_factory=BackOffState)
    cache: CacheState = msgspec.field(default_factory=CacheState)
    attempts: AttemptsState = msgspec.field(default_factory=AttemptsState)
    counter: int = 0
    scheduling: bool = False
    busy: bool = False
    last_active: Micros | None = None


class Scheduler(Component):
    """kube-scheduler. `placement`: {owner: {node: pods}} of the pods created before time zero."""

    kind: ClassVar[str] = "scheduler"
    policy: ClassVar[Policy]
    filters_spam: ClassVar[bool] = False

    def __init__(
        self,
        engine: Engine,
        network: Network,
        name: str,
        machine: str,
        flags: SchedulerFlags,
        placement: Mapping[str, Mapping[str, int]] | None = None,
        placement_by_name: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(engine, network, name, machine, qps=flags.kube_api_qps, burst=flags.kube_api_burst)
        self.flags = flags
        self.placement = Placement(placement or {}, placement_by_name or {})
        self.pods = Informer(self.api, "pods", self.pod_changed)
        self.nodes = Informer(self.api, "nodes", self.node_changed)
        self.owners = tuple(
            Informer(self.api, resource)
            for resource in ("services", "replicationcontrollers", "replicasets", "statefulsets")
        )
        self.informers = (self.pods, self.nodes, *self.owners)
        self.recorder = EventRecorder(self.api, NAME, filter_spam=self.filters_spam)
        self.elector = LeaderElector(
            self.api,
            LOCK,
            machine,
            self.lead,
            lease=flags.leader_elect_lease_duration,
            deadline=flags.leader_elect_renew_deadline,
            retry=flags.leader_elect_retry_period,
        )

    def memory(self) -> SchedulerMemory:
        return SchedulerMemory()

    # --- parts that work on the memory ------------------------------------------------------------

    @property
    def cache(self) -> SchedulerCache:
        """What it believes about nodes."""
        return SchedulerCache(self.state.cache)

    @property
    def queue(self) -> Fifo:
        """Pods that wait for their turn."""
        return Fifo(self.state.queue)

    @property
    def backoff(self) -> PodBackOff:
        """Waits of pods that fitted nowhere."""
        return PodBackOff(self.state.backoff, self.flags.pod_backoff_initial, self.flags.pod_backoff_maximum)

    # --- start ------------------------------------------------------------------------------------

    def boot(self) -> None:
        self.post(self.flags.start_delay, self.begin)

    def begin(self) -> None:
        """Fill the caches and compete for the lock."""
        for informer in self.informers:
            informer.start()
        if self.flags.leader_elect:
            self.elector.start()
        else:
            self.await_caches()

    def lead(self) -> None:
        """The lock is ours."""
        lock = ObjectReference(kind="Endpoints", namespace=NAMESPACE, name=LOCK, api_version="v1")
        self.tell(lock, "Normal", "LeaderElection", f"{self.machine} became leader")
        self.await_caches()

    def await_caches(self) -> None:
        """Look again a little later whether all caches are filled."""
        self.post(SYNC_POLL, self.check_caches)

    def check_caches(self) -> None:
        """Schedule as soon as the caches are filled."""
        if all(informer.synced for informer in self.informers):
            self.state.scheduling = True
            self.work_on()
        else:
            self.await_caches()

    # --- what the watches show --------------------------------------------------------------------

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node was added, changed or removed. It wakes no waiting pod: the back-off is blind."""
        if new is not None:
            self.cache.set_node(new)
        elif old is not None:
            self.cache.remove_node(old.metadata.name)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: it counts on its node, or waits in the queue."""
        if new is not None and _on_a_node(new):
            self.cache.add(new)
        elif old is not None and _on_a_node(old):
            self.cache.remove(old)
        if new is not None and _needs_a_node(new):
            self.queue.add(new, self.engine.cause)
            self.work_on()
        elif old is not None and _needs_a_node(old):
            self.queue.remove(old)

    # --- one pod at a time ------------------------------------------------------------------------

    def work_on(self) -> None:
        """Take the next pod, unless one is being worked on."""
        state: SchedulerMemory = self.state
        if state.scheduling and not state.busy and state.queue.items:
            state.busy = True
            self.post(self.flags.scheduling_cost, self.schedule_one)

    def schedule_one(self) -> None:
        """Decide about the pod whose turn it is."""
        state: SchedulerMemory = self.state
        state.busy = False
        if (queued := self.queue.pop()) is not None:
            self.engine.cause = queued.cause or self.engine.cause
            state.last_active = self.now
            self.schedule(queued.pod)
        self.work_on()

    def schedule(self, pod: Pod) -> None:
        """Find the pod's node, count it there and have it bound."""
        if pod.metadata.deletion_timestamp:
            text = f"skip schedule deleting pod: {pod.metadata.namespace}/{pod.metadata.name}"
            self.tell(messages.pod_reference(pod), "Warning", "FailedScheduling", text)
            return
        decision = self.decision(pod)
        if decision.choice is None:
            self.fits_nowhere(pod, decision)
            return
        self.state.counter += 1
        if self.cache.knows(pod):
            self.log(f"scheduler cache AssumePod failed: pod {key_of(pod)} is known", "E", "scheduler.go")
            return
        node = decision.choice.node
        remember(self.state.attempts, self._attempt(pod, decision, messages.assigned(pod, node)))
        self._emit_choice(pod, decision, decision.choice)
        assumed: Pod = replace(pod, spec=replace(pod.spec, node_name=node))
        self.cache.assume(assumed)
        self.api.bind(pod.metadata.namespace, pod.metadata.name, node, then(self.bound, assumed))

    def decision(self, pod: Pod) -> Decision:
        """What the scenario or the priorities choose now."""
        if (node := placed(pod, self.placement, self.state.cache)) is not None:
            if self.cache.node(node) is None:
                return Decision(0, message=messages.NO_NODES)
            return Decision(1, choice=Choice(node, 0, 1))
        selectors = selectors_of(pod, *(owners.list() for owners in self.owners))
        return decide(pod, self.cache.nodes(), selectors, self.policy, self.state.counter)

    def _attempt(self, pod: Pod, decision: Decision, message: str, retry_at: Micros | None = None) -> Attempt:
        node = decision.choice.node if decision.choice else ""
        return Attempt(
            self.now,
            key_of(pod),
            pod.metadata.uid,
            decision.nodes,
            decision.rejected,
            decision.scores,
            node,
            message,
            retry_at,
        )

    def _emit_choice(self, pod: Pod, decision: Decision, choice: Choice) -> None:
        if decision.scores:
            verdict = rules.BEST_SCORE.holds(
                pod=pod.metadata.name,
                node=choice.node,
                nodes=decision.nodes,
                fitting=len(decision.scores),
                equals=choice.equals,
                score=choice.total - COMMON,
            )
        else:
            verdict = rules.SCENARIO.holds(pod=pod.metadata.name, node=choice.node)
        self.emit("decision", "chose-node", reference(pod), after=choice.node, rule=verdict)

    # --- binding ----------------------------------------------------------------------------------

    def bound(self, reply: Reply, assumed: Pod) -> None:
        """The API server has bound the pod, or refused to."""
        ttl = self.flags.assumed_pod_ttl
        self.cache.finish_binding(assumed, self.now + ttl)
        if reply.ok:
            if self.state.cache.assumed.get(key_of(assumed)) is not None:
                self.post(ttl, self.expire, assumed)
            text = messages.assigned(assumed, assumed.spec.node_name)
            self.tell(messages.pod_reference(assumed), "Normal", "Scheduled", text)
            return
        self.cache.forget(assumed)
        verdict = rules.REFUSED.holds(
            pod=assumed.metadata.name, node=assumed.spec.node_name, message=reply.message
        )
        self.emit("decision", "binding-refused", reference(assumed), rule=verdict)
        pod: Pod = replace(assumed, spec=replace(assumed.spec, node_name=""))
        self.try_later(pod)
        text = f"Binding rejected: {reply.message}"
        self.tell(messages.pod_reference(assumed), "Normal", "FailedScheduling", text)
        self.set_condition(pod, "BindingRejected", "")

    def expire(self, assumed: Pod) -> None:
        """An assumption that nobody confirmed is given up."""
        if self.cache.expire(assumed, self.now):
            verdict = rules.EXPIRED.holds(
                pod=assumed.metadata.name, node=assumed.spec.node_name, ttl=self.flags.assumed_pod_ttl
            )
            self.emit("decision", "assumption-expired", reference(assumed), rule=verdict)
            self.log(f"Pod {key_of(assumed)} expired", "W", "cache.go")

    # --- failure ----------------------------------------------------------------------------------

    def fits_nowhere(self, pod: Pod, decision: Decision) -> None:
        """No node can take the pod: it waits for its back-off, people are told, its condition is written."""
        self.try_later(pod)
        due = self.backoff.until(key_of(pod))
        before = remember(self.state.attempts, self._attempt(pod, decision, decision.message, due))
        if before is None or before.message != decision.message:
            wait = None if due is None else due - self.now
            verdict = rules.FITS_NOWHERE.holds(
                due=due, pod=pod.metadata.name, nodes=decision.nodes, reasons=decision.message, wait=wait
            )
            self.emit("decision", "fits-nowhere", reference(pod), after=decision.message, rule=verdict)
        self.tell(messages.pod_reference(pod), "Warning", "FailedScheduling", decision.message)
        self.set_condition(pod, "Unschedulable", decision.message)

    def try_later(self, pod: Pod) -> Micros | None:
        """Begin the pod's back-off; nothing if somebody waits for it already."""
        wait = self.backoff.begin(pod, self.now)
        if wait is None:
            self.log(f"Request for pod {key_of(pod)} already in flight, abandoning", "W", "factory.go")
        else:
            self.post(wait, self.read_again, pod, FIRST_READ_RETRY)
        return wait

    def read_again(self, pod: Pod, pause: Micros) -> None:
        """The back-off is over: look whether the pod still needs a node."""
        self.api.get("pods", pod.metadata.namespace, pod.metadata.name, then(self.was_read, pod, pause))

    def was_read(self, reply: Reply, pod: Pod, pause: Micros) -> None:
        """Queue the pod again, at the end; forget it if it is gone or has a node."""
        if reply.ok:
            if not reply.body.spec.node_name:
                self.queue.add_if_absent(reply.body, self.engine.cause)
                self.work_on()
        elif reply.status == 404:
            self.log(f"A pod {key_of(pod)} no longer exists", "W", "factory.go")
        else:
            self.post(pause, self.read_again, pod, min(2 * pause, LAST_READ_RETRY))

    def set_condition(self, pod: Pod, reason: str, message: str) -> None:
        """Write PodScheduled=False unless it says so already. The change comes back on the watch and queues
        the pod at once, past its back-off: a new pod that fits nowhere is tried twice within milliseconds."""
        old = next((found for found in pod.status.conditions if found.type == "PodScheduled"), None)
        if old is not None and (old.status, old.reason, old.message) == ("False", reason, message):
            return
        since = old.last_transition_time if old is not None and old.status == "False" else rfc3339(self.now)
        condition = PodCondition(
            type="PodScheduled", status="False", last_transition_time=since, reason=reason, message=message
        )
        conditions = merge_conditions(pod.status.conditions, (condition,))
        self.api.update_status(
            replace(pod, status=replace(pod.status, conditions=conditions)), then(self.ignore)
        )

    def tell(self, about: ObjectReference, kind: str, reason: str, message: str) -> None:
        """An Event, and its line in the log."""
        self.log(messages.event_line(about, kind, reason, message), source="event.go")
        self.recorder.event(about, kind, reason, message)


class SchedulerV17(Scheduler):
    """v1.7: nodes that are not ready are left out before the predicates see them and appear in no message."""

    policy = Policy(True, DEFAULT, messages.NO_FIT_V17)


class SchedulerV18(Scheduler):
    """v1.8: CheckNodeCondition names them as reasons; Events have a rate limit."""

    policy = Policy(False, (check_node_condition, *DEFAULT), messages.NO_FIT_V18)
    filters_spam = True


def _finished(pod: Pod) -> bool:
    return pod.status.phase in ("Succeeded", "Failed")


def _on_a_node(pod: Pod) -> bool:
    return bool(pod.spec.node_name) and not _finished(pod)


def _needs_a_node(pod: Any) -> bool:
    return not pod.spec.node_name and not _finished(pod) and pod.spec.scheduler_name == NAME
