r"""What every pod was given of its node, apart from what it asks for now: a pod of another size gets it when
there is room (v1.36.2 pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/status/status_manager.go).

```
 asks for more --room?--> allocated, PodResizeInProgress --the runtime has it--> ResizeCompleted
               \--no----> PodResizePending, Deferred --somebody leaves or shrinks, or 3 minutes--> room?
```
What was allocated is on the node's disk (allocated_pods_state), so that a kubelet that starts anew knows it.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.core_v1 import Container, Pod, PodCondition, PodSpec, PodStatus
from clustersim.api.meta import replace
from clustersim.api.resources import Resources, requests_v136
from clustersim.api.timestamp import rfc3339
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.kubelet.eviction import QUALITIES
from clustersim.kubelet.eviction_today import is_critical
from clustersim.kubelet.part import Part
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.resizing import is_under_way, resize_message

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

PENDING: Final = "PodResizePending"
DEFERRED: Final = "Deferred"
"""Why: there is no room now, or not on this node at all, which the API server refuses before."""
IN_PROGRESS: Final = "PodResizeInProgress"
FIRST_RETRY: Final[Micros] = 30 * SECOND
RETRY: Final[Micros] = 3 * MINUTE


class Allocations(State):
    """On the node's disk: the specification by which each pod was given what it has, by uid; only of pods
    that ask for something."""

    pods: dict[str, PodSpec] = msgspec.field(default_factory=dict)


class AllocationMemory(State):
    """waiting: pods whose new size has no room yet, in the order in which they are tried. pending, progress:
    the conditions of resizes, by uid. retry_at: when those that wait are tried again, `armed`: that this will
    happen."""

    waiting: list[str] = msgspec.field(default_factory=list)
    pending: dict[str, PodCondition] = msgspec.field(default_factory=dict)
    progress: dict[str, PodCondition] = msgspec.field(default_factory=dict)
    retry_at: Micros = 0
    armed: bool = False


class AllocationManager(Part):
    """Decides on new sizes, and knows those that hold."""

    name = "allocation"
    kubelet: "KubeletV136"

    def memory(self) -> AllocationMemory:
        return AllocationMemory()

    @property
    def allocated(self) -> dict[str, PodSpec]:
        """What the disk tells."""
        found: Allocations = self.kubelet.host.state.disk["allocations"]
        return found.pods

    def start(self) -> None:
        """The kubelet runs: those that wait are tried again from now on."""
        self.state.retry_at = self.now + FIRST_RETRY

    # --- what holds ---------------------------------------------------------------------------------

    def of(self, pod: Pod) -> Pod:
        """The pod with what it was given (UpdatePodFromAllocation)."""
        spec, given = pod.spec, self.allocated.get(pod.metadata.uid)
        if given is None or given is spec:
            return pod
        if given.containers is spec.containers and given.init_containers is spec.init_containers:
            return pod
        containers = _given(spec.containers, given.containers)
        init = _given(spec.init_containers, given.init_containers)
        whole = given.resources
        if containers is spec.containers and init is spec.init_containers and whole == spec.resources:
            return pod
        return replace(pod, spec=replace(spec, containers=containers, init_containers=init, resources=whole))

    def admitted(self, pod: Pod) -> None:
        """A pod was taken in: it has what it asks for, unless it had something before; a kubelet that starts
        finds in its status how its resizes stand."""
        memory: AllocationMemory = self.state
        uid, given = pod.metadata.uid, self.of(pod)
        self._give(given)
        for condition in pod.status.conditions:
            if condition.type == PENDING:
                memory.pending[uid] = condition
            elif condition.type == IN_PROGRESS:
                memory.progress[uid] = condition
        if given is not pod:
            self._wait(uid)

    def _give(self, pod: Pod) -> None:
        if any(one.resources.requests or one.resources.limits for one in _sized(pod)) or pod.spec.resources:
            self.allocated[pod.metadata.uid] = pod.spec

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        memory: AllocationMemory = self.state
        self.allocated.pop(uid, None)
        memory.pending.pop(uid, None)
        memory.progress.pop(uid, None)
        if uid in memory.waiting:
            memory.waiting.remove(uid)

    def keep_only(self, uids: dict[str, Pod]) -> None:
        """Forget pods that went while no kubelet ran (RemoveOrphanedPods)."""
        for uid in [uid for uid in self.allocated if uid not in uids]:
            self.forget(uid)

    # --- new sizes ----------------------------------------------------------------------------------

    def changed(self, old: Pod | None, new: Pod) -> None:
        """The API server wants something else of a pod (HandlePodUpdates)."""
        if old is None or [one.resources for one in _sized(old)] == [one.resources for one in _sized(new)]:
            return
        if self.of(new) is new:
            self.state.pending.pop(new.metadata.uid, None)
        else:
            self._wait(new.metadata.uid)
            self.retry()

    def reported(self, old: Pod | None, new: Pod) -> None:
        """The API server has a new status of a pod: what it takes no more may be enough for those that wait
        (HandlePodReconcile)."""
        if not self.state.waiting or old is None:
            return
        ended = new.status.phase in FINISHED and old.status.phase not in FINISHED
        before, after = (requests_v136(self.of(one)).counted for one in (old, new))
        if ended or after.cpu < before.cpu or after.memory < before.memory:
            self.retry()

    def _wait(self, uid: str) -> None:
        memory: AllocationMemory = self.state
        if uid in memory.waiting:
            return
        known = [one for one in (*memory.waiting, uid) if self.kubelet.pod_manager.get(one) is not None]
        memory.waiting = sorted(known, key=self._turn)

    def _turn(self, uid: str) -> tuple[bool, int, int, str]:
        """Who takes no more comes first, then who matters most; of equals who has waited longest
        (sortPendingResizes)."""
        pod = self.kubelet.pod_manager.get(uid)
        assert pod is not None
        condition = self.state.pending.get(uid)
        quality = QUALITIES.index(pod.status.qos_class) if pod.status.qos_class in QUALITIES else 0
        since = condition.last_transition_time if condition is not None else "9"
        return self._grows(pod), -(pod.spec.priority or 0), -quality, since

    def _grows(self, pod: Pod) -> bool:
        given, wanted = _asked(self.of(pod)), _asked(pod)
        return wanted.cpu > given.cpu or wanted.memory > given.memory

    def retry(self) -> None:
        """Try those that wait (RetryPendingResizes)."""
        memory: AllocationMemory = self.state
        if not self.kubelet.sync_loop.state.source_ready:
            memory.retry_at = self.now + FIRST_RETRY
            return
        memory.retry_at = self.now + RETRY
        waiting, memory.waiting = memory.waiting, []
        for uid in waiting:
            pod = self.kubelet.pod_manager.get(uid)
            if pod is None:
                continue
            before = self.conditions(uid)
            allocated = self._try(pod)
            if uid in memory.pending:
                memory.waiting.append(uid)
            if allocated or self.conditions(uid) != before:
                self.kubelet.sync_handler.dispatch(pod)
        self._arm()

    def grow(self, uid: str) -> None:
        """Others have gone for a critical pod that asks for more."""
        self.state.waiting = list(dict.fromkeys((*self.state.waiting, uid)))
        self.retry()

    def _arm(self) -> None:
        memory: AllocationMemory = self.state
        if memory.waiting and not memory.armed:
            memory.armed = True
            self.post(max(0, memory.retry_at - self.now), self.tick)

    def tick(self) -> None:
        """The ticker went off, or was set back meanwhile."""
        memory: AllocationMemory = self.state
        memory.armed = False
        if memory.retry_at > self.now:
            self._arm()
        elif memory.waiting:
            self.retry()

    def _try(self, pod: Pod) -> bool:
        """Whether the pod is given what it asks for (handlePodResourcesResize)."""
        memory: AllocationMemory = self.state
        uid, generation = pod.metadata.uid, pod.metadata.generation
        if self.of(pod) is pod:
            memory.pending.pop(uid, None)
            return False
        others = [one for one in self.kubelet.sync_handler.active_pods().values() if one.metadata.uid != uid]
        refused = self.kubelet.sync_handler.admit(pod, [self.of(one) for one in others])
        if refused is None and is_critical(pod) and self.kubelet.critical_pods.make_room(pod):
            return False
        if refused is None:
            self._give(pod)
            memory.pending.pop(uid, None)
            memory.progress[uid] = self._condition(IN_PROGRESS, None, "", "", generation)
            text = resize_message(pod, "started", generation)
            self.kubelet.recorder.of_pod(pod, "Normal", "ResizeStarted", text)
            return True
        self._put_off(pod, refused.reason, refused.message)
        return False

    def _put_off(self, pod: Pod, told: str, message: str) -> None:
        """The pod does not get what it asks for now: its condition and an Event say so."""
        memory: AllocationMemory = self.state
        uid, generation = pod.metadata.uid, pod.metadata.generation
        old = memory.pending.get(uid)
        memory.pending[uid] = self._condition(PENDING, old, DEFERRED, message, generation)
        if old is None or old.observed_generation != generation:
            text = resize_message(pod, told, generation, message)
            self.kubelet.recorder.of_pod(pod, "Warning", "ResizeDeferred", text)

    # --- conditions ---------------------------------------------------------------------------------

    def conditions(self, uid: str) -> tuple[PodCondition, ...]:
        """What is said of the pod's resizes."""
        found = (self.state.pending.get(uid), self.state.progress.get(uid))
        return tuple(one for one in found if one is not None)

    def ended(self, uid: str) -> None:
        """The pod is over: nothing is said of resizes any more."""
        self.state.pending.pop(uid, None)
        self.state.progress.pop(uid, None)

    def look(self, pod: Pod, view: PodView) -> None:
        """Before a sync: whether the runtime has what the pod was given (SyncPod)."""
        memory: AllocationMemory = self.state
        uid = pod.metadata.uid
        if is_under_way(pod, view):
            self._proceed(pod, "", "")
        elif (done := memory.progress.pop(uid, None)) is not None:
            text = resize_message(pod, "completed", done.observed_generation)
            self.kubelet.recorder.of_pod(pod, "Normal", "ResizeCompleted", text)

    def failed(self, pod: Pod, message: str) -> None:
        """The runtime could not be told."""
        before = self.state.progress.get(pod.metadata.uid)
        now = self._proceed(pod, "Error", message)
        if before is None or (before.reason, before.message) != (now.reason, now.message):
            text = resize_message(pod, "error", now.observed_generation, message)
            self.kubelet.recorder.of_pod(pod, "Warning", "ResizeError", text)

    def _proceed(self, pod: Pod, reason: str, message: str) -> PodCondition:
        """The condition goes on, with its reason and the generation that it is about."""
        memory: AllocationMemory = self.state
        uid, old = pod.metadata.uid, memory.progress.get(pod.metadata.uid)
        generation = pod.metadata.generation
        if old is not None:
            generation = old.observed_generation
            if not reason:
                reason, message = old.reason, old.message
        memory.progress[uid] = self._condition(IN_PROGRESS, old, reason, message, generation)
        return memory.progress[uid]

    def _condition(
        self, kind: str, old: PodCondition | None, reason: str, message: str, generation: int
    ) -> PodCondition:
        now = rfc3339(self.kubelet.clock)
        since = old.last_transition_time if old is not None and old.reason == reason else now
        return PodCondition(
            type=kind,
            status="True",
            last_probe_time=now,
            last_transition_time=since,
            reason=reason,
            message=message,
            observed_generation=generation,
        )


def _sized(pod: Pod) -> tuple[Container, ...]:
    """Its containers that have a size."""
    return (*pod.spec.init_containers, *pod.spec.containers)


def _asked(pod: Pod) -> Resources:
    """What its specification asks for, whatever its status says."""
    return requests_v136(replace(pod, status=PodStatus())).counted


def _given(wanted: tuple[Container, ...], given: tuple[Container, ...]) -> tuple[Container, ...]:
    """The containers with the resources of those that were given some."""
    known = {one.name: one.resources for one in given}
    if all(known.get(one.name, one.resources) == one.resources for one in wanted):
        return wanted
    return tuple(replace(one, resources=known.get(one.name, one.resources)) for one in wanted)
