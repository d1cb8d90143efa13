"""kube-scheduler of v1.7 and v1.8: a FIFO of pods, predicates, priorities, and a blind back-off.

Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/scheduler.go, plugin/pkg/scheduler/factory/factory.go.
"""

from typing import Any, Final

import msgspec

from clustersim.api.claim_names import claim_names
from clustersim.api.conditions import condition_of, merge_conditions
from clustersim.api.core_v1 import Pod, PodCondition
from clustersim.api.meta import ApiObject, replace
from clustersim.api.registry import key_of, reference
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.informer import Informer
from clustersim.client.recorder import RECORDER_OF_V1_8
from clustersim.engine.actor import then
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MILLISECOND, MINUTE, Micros
from clustersim.scheduler import messages, rules
from clustersim.scheduler.attempts import Attempt
from clustersim.scheduler.claims import Storage
from clustersim.scheduler.decision import MANY_NODES, Decision, Policy, decide
from clustersim.scheduler.fifo_preemption import GATE, NOMINATED, may_preempt, priority_of, victims
from clustersim.scheduler.incremental.fifo_choice import FifoChoice
from clustersim.scheduler.predicates import DEFAULT, DEFAULT_V17, check_node_condition
from clustersim.scheduler.priorities import COMMON, selectors_of
from clustersim.scheduler.queue import BackOffState, Fifo, FifoState, PodBackOff, Queued
from clustersim.scheduler.scheduler import Scheduler, SchedulerMemory
from clustersim.scheduler.select_host import Choice

BY_TAINTS: Final = "TaintNodesByCondition=true"
FIRST_READ_RETRY: Final[Micros] = 200 * MILLISECOND
LAST_READ_RETRY: Final[Micros] = MINUTE
"""Pauses after a failed re-read of a pod: doubling from the first to the last (factory.go)."""


class FifoMemory(SchedulerMemory):
    """counter: successful choices so far."""

    queue: FifoState = msgspec.field(default_factory=FifoState)
    backoff: BackOffState = msgspec.field(default_factory=BackOffState)
    counter: int = 0


class FifoScheduler(Scheduler):
    """What v1.7 and v1.8 have in common."""

    policy: Policy
    preempts: bool = False
    """A pod that fits nowhere displaces less important ones."""
    common = COMMON

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._choice: FifoChoice | None = None
        self.claims = Informer(self.api, "persistentvolumeclaims", _nothing_waits)
        self.volumes = Informer(self.api, "persistentvolumes", _nothing_waits)
        self.informers = (*self.informers, self.claims, self.volumes)

    def memory(self) -> FifoMemory:
        return FifoMemory()

    @property
    def queue(self) -> Fifo:
        """Pods that wait for their turn."""
        return Fifo(self.state.queue)

    @property
    def backoff(self) -> PodBackOff:
        """Waits of pods that fitted nowhere."""
        return PodBackOff(self.state.backoff, self.flags.pod_backoff_initial, self.flags.pod_backoff_maximum)

    def queued(self) -> int:
        return len(self.queue)

    def waiting(self) -> int:
        return self.backoff.waiting(self.now)

    # --- the queue --------------------------------------------------------------------------------

    def unassigned_changed(self, old: Pod | None, new: Pod | None) -> None:
        if new is not None:
            self.queue.add(new, self.engine.cause)
            self.work_on()
        elif old is not None:
            self.queue.remove(old)

    def next_turn(self) -> Queued | None:
        return self.queue.pop()

    # --- the choice -------------------------------------------------------------------------------

    def decision(self, pod: Pod) -> Decision:
        state: FifoMemory = self.state
        if len(state.cache.nodes) >= MANY_NODES and not any(claim_names(pod)) and not self.preempts:
            decision = self.choice().decide(pod, state.counter)
            if decision is not None:
                return decision
        selectors = selectors_of(pod, *(owners.list() for owners in self.owners))
        return decide(pod, self.cache.nodes(), selectors, self.policy, state.counter, self.storage())

    def storage(self) -> Storage:
        """What is known of claims and volumes."""
        return Storage(self.claims.state.cache, self.volumes.state.cache)

    def choice(self) -> FifoChoice:
        """The choice without a look at every node."""
        index = self.index()
        if self._choice is None or self._choice.index is not index:
            self._choice = FifoChoice(self.policy, index)
        return self._choice

    def chosen(self, pod: Pod, decision: Decision, choice: Choice) -> None:
        self.state.counter += 1

    def verdict_of(self, pod: Pod, decision: Decision, choice: Choice) -> Verdict:
        return rules.BEST_SCORE.holds(
            pod=pod.metadata.name,
            node=choice.node,
            nodes=decision.nodes,
            fitting=decision.fitting,
            equals=choice.equals,
            score=choice.total - COMMON,
        )

    def armed(self, attempt: Attempt, *, holds: bool = False) -> Verdict:
        return rules.FITS_NOWHERE.holds(
            holds,
            due=attempt.retry_at,
            pod=attempt.pod.rpartition("/")[2],
            nodes=attempt.nodes,
            reasons=attempt.message,
            wait=None if attempt.retry_at is None else attempt.retry_at - attempt.t,
        )

    # --- failure ----------------------------------------------------------------------------------

    def binding_refused(self, pod: Pod, node: str, reply: Reply) -> None:
        self.try_later(pod)
        text = f"Binding rejected: {reply.message}"
        self.tell(messages.pod_reference(pod), "Warning", "FailedScheduling", text)
        self.set_condition(pod, "BindingRejected", "")

    def fits_nowhere(self, pod: Pod, decision: Decision) -> None:
        self.try_later(pod)
        due = self.backoff.until(key_of(pod))
        self.turned_down(pod, self.attempt(pod, decision, decision.message, due))
        self.set_condition(pod, "Unschedulable", decision.message)
        if self.preempts and decision.rejected:
            self.state.busy = True
            self.api.get("pods", pod.metadata.namespace, pod.metadata.name, then(self.refreshed, decision))

    # --- displacing others ------------------------------------------------------------------------

    def refreshed(self, reply: Reply, decision: Decision) -> None:
        """The pod as it is now: room is made for it, if that helps. Nothing else is decided meanwhile."""
        if not reply.ok:
            self.log(f"Error getting the updated preemptor pod object: {reply.message}", "E", "scheduler.go")
            self.preempted()
            return
        pod: Pod = reply.body
        infos = list(self.cache.nodes())
        if not may_preempt(pod, {info.name: info for info in infos}):
            self.preempted()
            return
        found = victims(pod, infos, decision, self.policy, self.storage().zones(pod))
        if found is None:
            self.preempted()
            return
        node, chosen = found
        patch = {"metadata": {"annotations": {NOMINATED: node}}}
        metadata = pod.metadata
        answer = then(self.nominated, pod, node, chosen)
        self.api.patch("pods", metadata.namespace, metadata.name, patch, answer)

    def nominated(self, reply: Reply, pod: Pod, node: str, chosen: tuple[Pod, ...]) -> None:
        """Its node stands in its annotations: the victims go, one after another."""
        if not reply.ok:
            text = f"Error in preemption process. Cannot update pod {pod.metadata.name} annotations: "
            self.log(text + reply.message, "E", "scheduler.go")
            self.preempted()
        elif not chosen:
            self.preempted()
        else:
            victim, *left = chosen
            verdict = rules.PREEMPTED.holds(
                pod=pod.metadata.name,
                victim=victim.metadata.name,
                node=node,
                priority=priority_of(pod),
                less=priority_of(victim),
            )
            self.emit("decision", "preempt", reference(victim), after=pod.metadata.name, rule=verdict)
            answer = then(self.victim_deleted, pod, node, victim, tuple(left))
            self.api.delete("pods", victim.metadata.namespace, victim.metadata.name, answer)

    def victim_deleted(self, reply: Reply, pod: Pod, node: str, victim: Pod, left: tuple[Pod, ...]) -> None:
        """One of them is on its way, or could not be deleted, and then the others stay, too."""
        if not reply.ok:
            text = f"Error preempting pod {key_of(victim)}: {reply.message}"
            self.log(text, "E", "scheduler.go")
            self.preempted()
            return
        message = f"by {key_of(pod)} on node {node}"
        self.tell(messages.pod_reference(victim), "Normal", "Preempted", message)
        if left:
            self.nominated(reply, pod, node, left)
        else:
            self.preempted()

    def preempted(self) -> None:
        """The scheduler goes on with the next pod."""
        self.state.busy = False
        self.work_on()

    # --- trying again -----------------------------------------------------------------------------

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
        old = condition_of(pod.status, "PodScheduled")
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


def _nothing_waits(old: ApiObject | None, new: ApiObject | None) -> None:
    """A change of storage wakes no pod: it is seen when a back-off ends."""


class SchedulerV17(FifoScheduler):
    """v1.7: nodes that are not ready are left out before the predicates see them and appear in no message."""

    policy = Policy(True, DEFAULT_V17, messages.NO_FIT_V17)


class SchedulerV18(FifoScheduler):
    """v1.8: CheckNodeCondition names them as reasons; Events have a rate limit. Where the gate
    TaintNodesByCondition is open nothing looks at conditions, nor at a cordon (algorithmprovider/defaults).
    """

    policy = Policy(False, (check_node_condition, *DEFAULT), messages.NO_FIT_V18)
    recorder_traits = RECORDER_OF_V1_8

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if BY_TAINTS in self.flags.feature_gates:
            self.policy = Policy(False, DEFAULT, messages.NO_FIT_V18)
        self.preempts = GATE in self.flags.feature_gates
