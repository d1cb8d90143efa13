"""The scheduler process: leader election, caches, one pod at a time, binding.

Pop, decide, assume, bind in the background: so far all releases are alike. What the queue is, how a node is
chosen and what happens to a pod that fits nowhere is the business of the subclasses.
Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/scheduler.go, plugin/cmd/kube-scheduler/app; v1.36
pkg/scheduler/{scheduler,schedule_one,eventhandlers}.go, cmd/kube-scheduler/app.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import ApiObject, ObjectReference, replace
from clustersim.api.registry import key_of, reference
from clustersim.api.resources import Requests, requests_on_node
from clustersim.api.status import Reply
from clustersim.client.candidate import SYNC_POLL, Candidate
from clustersim.client.informer import Informer
from clustersim.client.recorder import RECORDER_OF_V1_7, EventRecorder, RecorderTraits
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros
from clustersim.flags.scheduler import SchedulerFlags
from clustersim.network import Network
from clustersim.scheduler import messages, rules
from clustersim.scheduler.attempts import Attempt, AttemptsState, remember
from clustersim.scheduler.cache import CacheState, SchedulerCache
from clustersim.scheduler.decision import Decision
from clustersim.scheduler.incremental.index import ClusterIndex
from clustersim.scheduler.placement import Placement, placed
from clustersim.scheduler.select_host import Choice

NAME: Final = "default-scheduler"


class SchedulerMemory(Memory):
    """busy: a decision is being made."""

    cache: CacheState = msgspec.field(default_factory=CacheState)
    attempts: AttemptsState = msgspec.field(default_factory=AttemptsState)
    scheduling: bool = False
    busy: bool = False
    last_active: Micros | None = None


class Turn(Protocol):
    """A pod that was in a queue, and what put it there."""

    @property
    def pod(self) -> Pod: ...

    @property
    def cause(self) -> int: ...


class Scheduler(Candidate):
    """kube-scheduler. `placement`: {owner: {node: pods}} of the pods created before time zero. `chance`:
    which of equal nodes is taken first, where that is chance.

    common: points that every node has, which people are not told. gives_up_assumptions: a pod that no watch
    confirms on its node counts there no more after a while.
    """

    flags: SchedulerFlags
    kind: ClassVar[str] = "scheduler"
    lock = "kube-scheduler"
    common: ClassVar[int] = 0
    recorder_traits: ClassVar[RecorderTraits] = RECORDER_OF_V1_7
    gives_up_assumptions: ClassVar[bool] = True

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
        super().__init__(engine, network, name, machine, flags)
        self._index: ClusterIndex | None = None
        self._cache: SchedulerCache | None = None
        self.placement = Placement(placement or {}, placement_by_name or {})
        self.pods = Informer(self.api, "pods", self.pod_changed)
        self.nodes = Informer(self.api, "nodes", self.node_changed, routine=False)
        self.owners = tuple(
            Informer(self.api, resource, self.owner_changed)
            for resource in ("services", "replicationcontrollers", "replicasets", "statefulsets")
        )
        self.informers = (self.pods, self.nodes, *self.owners)
        self.recorder = EventRecorder(self.api, NAME, traits=self.recorder_traits)

    def memory(self) -> SchedulerMemory:
        return SchedulerMemory()

    @property
    def cache(self) -> SchedulerCache:
        """What it believes about nodes."""
        state, index, cache = self.state.cache, self._index, self._cache
        follower = index if index is not None and index.state is state else None
        if cache is None or cache.state is not state or cache.follower is not follower:
            cache = self._cache = SchedulerCache(state, self.accounting, follower)
        return cache

    def index(self) -> ClusterIndex:
        """The same, followed change by change; made anew where the memory is another."""
        if (index := self._followed()) is None:
            owners = (owner for informer in self.owners for owner in informer.list())
            index = self._index = ClusterIndex(self.state.cache, owners)
        return index

    def _followed(self) -> ClusterIndex | None:
        index = self._index
        return index if index is not None and index.state is self.state.cache else None

    # --- what releases do differently -------------------------------------------------------------

    @abstractmethod
    def queued(self) -> int:
        """How many pods wait for their turn."""

    def accounting(self, pod: Pod) -> Requests:
        """How pods' requests are counted."""
        return requests_on_node(pod)

    def has_work(self) -> bool:
        """Whether somebody's turn has come."""
        return bool(self.queued())

    @abstractmethod
    def waiting(self) -> int:
        """How many pods fitted nowhere and wait to be tried again."""

    @abstractmethod
    def unassigned_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that needs a node was added, changed (to `new`) or needs one no more (`old`)."""

    @abstractmethod
    def next_turn(self) -> Turn | None:
        """The pod whose turn it is, taken from the queue."""

    @abstractmethod
    def decision(self, pod: Pod) -> Decision:
        """What is chosen for the pod."""

    def chosen(self, pod: Pod, decision: Decision, choice: Choice) -> None:
        """A node was found."""

    @abstractmethod
    def verdict_of(self, pod: Pod, decision: Decision, choice: Choice) -> Verdict:
        """The rule by which it was chosen."""

    @abstractmethod
    def fits_nowhere(self, pod: Pod, decision: Decision) -> None:
        """No node can take the pod: people are told, its condition is written, it waits."""

    @abstractmethod
    def armed(self, attempt: Attempt, *, holds: bool = False) -> Verdict:
        """What a pod that fitted nowhere waits for."""

    @abstractmethod
    def binding_refused(self, pod: Pod, node: str, reply: Reply) -> None:
        """The API server did not bind the pod."""

    # --- start ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Fill the caches, and compete for the lock meanwhile."""
        for informer in self.informers:
            informer.start()
        super().begin()

    def work(self) -> None:
        """Look a little later whether all caches are filled."""
        self.post(SYNC_POLL, self.check_caches)

    def check_caches(self) -> None:
        """Schedule as soon as the caches are filled."""
        if all(informer.synced for informer in self.informers):
            self.state.scheduling = True
            self.work_on()
        else:
            self.work()

    # --- what the watches show --------------------------------------------------------------------

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node was added, changed or removed."""
        if new is not None:
            self.cache.set_node(new)
        elif old is not None:
            self.cache.remove_node(old.metadata.name)

    def owner_changed(self, old: ApiObject | None, new: ApiObject | None) -> None:
        """A Service or a controller was added, changed or removed."""
        if (index := self._followed()) is not None:
            index.owners.changed(old, new)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: it counts on its node, or needs one."""
        if new is not None and on_a_node(new):
            self.cache.add(new)
        elif old is not None and on_a_node(old):
            self.cache.remove(old)
        if new is not None and _needs_a_node(new):
            self.unassigned_changed(old, new)
        elif old is not None and _needs_a_node(old):
            self.unassigned_changed(old, None)

    # --- one pod at a time ------------------------------------------------------------------------

    def work_on(self) -> None:
        """Take the next pod, unless one is being worked on."""
        state: SchedulerMemory = self.state
        if state.scheduling and not state.busy and self.has_work():
            state.busy = True
            self.post(self.flags.scheduling_cost, self.schedule_one)

    def schedule_one(self) -> None:
        """Decide about the pod whose turn it is."""
        state: SchedulerMemory = self.state
        state.busy = False
        if (turn := self.next_turn()) is not None:
            state.last_active = self.now
            self.engine.cause = turn.cause or self.engine.cause
            self.schedule(turn.pod)
        self.work_on()

    def schedule(self, pod: Pod) -> None:
        """Find the pod's node, count it there and have it bound."""
        if pod.metadata.deletion_timestamp:
            self.skip_deleted(pod)
            return
        decision = self.placed(pod) or self.decision(pod)
        if decision.choice is None:
            self.fits_nowhere(pod, decision)
            return
        node = decision.choice.node
        self.chosen(pod, decision, decision.choice)
        if self.cache.knows(pod):
            self.log(f"scheduler cache AssumePod failed: pod {key_of(pod)} is known", "E", "scheduler.go")
            return
        remember(self.state.attempts, self.attempt(pod, decision, self.assigned(pod, node)))
        if decision.scores:
            verdict = self.verdict_of(pod, decision, decision.choice)
        else:
            verdict = rules.SCENARIO.holds(pod=pod.metadata.name, node=node)
        self.emit("decision", "chose-node", reference(pod), after=node, rule=verdict)
        assumed: Pod = replace(pod, spec=replace(pod.spec, node_name=node))
        self.cache.assume(assumed)
        self.bind(assumed)

    def bind(self, assumed: Pod) -> None:
        """Have the pod bound to the node it is assumed to be on."""
        metadata = assumed.metadata
        self.api.bind(metadata.namespace, metadata.name, assumed.spec.node_name, then(self.bound, assumed))

    def skip_deleted(self, pod: Pod) -> None:
        """A pod that is being deleted needs no node."""
        text = f"skip schedule deleting pod: {pod.metadata.namespace}/{pod.metadata.name}"
        self.tell(messages.pod_reference(pod), "Warning", "FailedScheduling", text)

    def assigned(self, pod: Pod, node: str) -> str:
        """What people are told of a success."""
        return messages.assigned(pod, node)

    def placed(self, pod: Pod) -> Decision | None:
        """What the scenario says about the pod's node, if anything."""
        node = placed(pod, self.placement, self.state.cache)
        if node is None:
            return None
        if self.cache.node(node) is None:
            return Decision(0, message=messages.NO_NODES)
        return Decision(1, choice=Choice(node, 0, 1))

    def attempt(self, pod: Pod, decision: Decision, message: str, retry_at: Micros | None = None) -> Attempt:
        """A decision, to be remembered."""
        return Attempt(
            t=self.now,
            pod=key_of(pod),
            uid=pod.metadata.uid,
            nodes=decision.nodes,
            rejected=decision.rejected,
            scores=decision.scores,
            node=decision.choice.node if decision.choice else "",
            message=message,
            retry_at=retry_at,
            common=self.common,
        )

    def turned_down(self, pod: Pod, attempt: Attempt) -> None:
        """A pod that fits nowhere: people are told each time, the record only what is new."""
        before = remember(self.state.attempts, attempt)
        if before is None or before.message != attempt.message:
            verdict = self.armed(attempt, holds=True)
            self.emit("decision", "fits-nowhere", reference(pod), after=attempt.message, rule=verdict)
        self.tell(messages.pod_reference(pod), "Warning", "FailedScheduling", attempt.message)

    # --- binding ----------------------------------------------------------------------------------

    def bound(self, reply: Reply, assumed: Pod) -> None:
        """The API server has bound the pod, or refused to."""
        ttl, node = self.flags.assumed_pod_ttl, assumed.spec.node_name
        self.cache.finish_binding(assumed, self.now + ttl)
        if reply.ok:
            if self.gives_up_assumptions and self.state.cache.assumed.get(key_of(assumed)) is not None:
                self.post(ttl, self.expire, assumed)
            about = messages.pod_reference(assumed)
            self.tell(about, "Normal", "Scheduled", self.assigned(assumed, node))
            return
        self.cache.forget(assumed)
        verdict = rules.REFUSED.holds(pod=assumed.metadata.name, node=node, message=reply.message)
        self.emit("decision", "binding-refused", reference(assumed), rule=verdict)
        pod: Pod = replace(assumed, spec=replace(assumed.spec, node_name=""))
        self.binding_refused(pod, node, reply)

    def expire(self, assumed: Pod) -> None:
        """An assumption that nobody confirmed is given up."""
        if self.cache.expire(assumed, self.now):
            verdict = rules.EXPIRED.holds(
                pod=assumed.metadata.name, node=assumed.spec.node_name, ttl=self.flags.assumed_pod_ttl
            )
            self.emit("decision", "assumption-expired", reference(assumed), rule=verdict)
            self.log(f"Pod {key_of(assumed)} expired", "W", "cache.go")

    def tell(self, about: ObjectReference, kind: str, reason: str, message: str) -> None:
        """An Event, and its line in the log."""
        self.log(messages.event_line(about, kind, reason, message), source="event.go")
        super().tell(about, kind, reason, message)


def _finished(pod: Pod) -> bool:
    return pod.status.phase in ("Succeeded", "Failed")


def on_a_node(pod: Pod) -> bool:
    """It counts there: a pod that has ended does not."""
    return bool(pod.spec.node_name) and not _finished(pod)


def _needs_a_node(pod: Any) -> bool:
    return not pod.spec.node_name and not _finished(pod) and pod.spec.scheduler_name == NAME
