r"""The eviction manager: before a node runs out of memory or disk, pods must go, one after the other.

```
 free below a threshold --> condition of pressure, for 5 min after it was last seen
                        \--> an event on the node, and the first pod of the ranking is Failed (Evicted)
                             \--> when all of it is gone, or after 30 s, the next look
```
(v1.7.5, v1.36.2 pkg/kubelet/eviction/eviction_manager.go, helpers.go)
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Pod, PodStatus
from clustersim.api.quantity import byte_count
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.kubelet import rules
from clustersim.kubelet.admission import Refusal
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.eviction_words import LINES, Line, named
from clustersim.kubelet.part import Part
from clustersim.kubelet.storage_limits import local_volumes
from clustersim.kubelet.thresholds import (
    CONDITIONS,
    DISK,
    IMAGES,
    MEMORY,
    PROCESSES,
    Threshold,
    thresholds_of,
)
from clustersim.machine import DISK_BYTES
from clustersim.runtime.storage import written_by
from clustersim.runtime.usage import (
    disk_available,
    memory_available,
    memory_taken,
    processes_available,
    running_on,
)

QUALITIES: Final = ("BestEffort", "Burstable", "Guaranteed")
"""Classes of pods, the first to go first."""

STATISTICS: Final[Micros] = 17 * MILLISECOND
"""How long it takes to read what is used."""

RENEWAL: Final[Micros] = 10 * SECOND
"""How often what is used is measured anew (v1.7.5 pkg/kubelet/cadvisor defaultHousekeepingInterval)."""

POLL: Final[Micros] = 1 * SECOND
CLEANUP_TIMEOUT: Final[Micros] = 30 * SECOND
"""How often, and how long, an evicted pod is looked at before the next one may go."""

KILL_TIMEOUT: Final[Micros] = 10 * SECOND
"""How long at least it is waited until the pod's containers are killed (pod_workers.go killPodNow)."""


class EvictionMemory(State):
    """seen: when each pressure was last observed; first: since when each threshold is met without a break,
    by its number; unresolved: those that were met for as long as they had to be, and of which enough did not
    become free since. measured: the number of the measurement that was looked at last.
    cleaning: the pod whose end is waited for; going: how the journal names it; polled: how often it was
    looked at, None until it is killed."""

    seen: dict[str, Micros] = msgspec.field(default_factory=dict)
    first: dict[int, Micros] = msgspec.field(default_factory=dict)
    unresolved: list[int] = msgspec.field(default_factory=list)
    measured: int = -1
    cleaning: str = ""
    going: str = ""
    polled: int | None = None


class EvictionManager(Part):
    """synchronize of v1.7 and v1.8, for thresholds of memory and of the node's disk; and of process ids,
    where the release has that condition."""

    name = "eviction"
    lines: ClassVar[Mapping[str, Line]] = LINES

    def named(self, pods: Iterable[Pod]) -> str:
        """Pods as the journal names them."""
        return named(pods)

    def say(self, what: str, pods: str = "", resource: str = "") -> None:
        """A line of the journal."""
        line = self.lines[what]
        self.log(line.source, line.text.format(pods=pods, resource=resource), line.level)

    def memory(self) -> EvictionMemory:
        return EvictionMemory()

    def make_loop(self) -> Loop:
        """The looks at what is free; changes on the machine wake it."""
        kubelet = self.kubelet
        period = kubelet.flags.eviction_monitoring_period
        return Loop(kubelet, "eviction", self.synchronize, period, cost=STATISTICS)

    # --- what is known ------------------------------------------------------------------------------

    def thresholds(self) -> tuple[Threshold, ...]:
        """Those of the flags that this model measures."""
        kubelet = self.kubelet
        found = thresholds_of(kubelet.flags, kubelet.host.memory_mib << 20, kubelet.no_thresholds)
        return tuple(one for one in found if CONDITIONS[one.signal] in kubelet.pressures)

    def available(self, signal: str) -> int:
        """Bytes, or processes, that are free now."""
        host = self.kubelet.host
        if signal == PROCESSES:
            return processes_available(host)
        return memory_available(host) if signal == MEMORY else int(disk_available(host) * DISK_BYTES)

    def measurement(self) -> int:
        """The number of the last one: they are as far apart as looks, so that only a look that follows an
        eviction may find no new one."""
        return self.now // RENEWAL

    def pressed(self, kind: str) -> bool:
        """The node has that condition: the pressure is there, or was not long ago."""
        seen = self.state.seen.get(kind)
        period = self.kubelet.flags.eviction_pressure_transition_period
        return seen is not None and self.now - seen < period

    def refusal(self, pod: Pod) -> Refusal | None:
        """Under pressure a pod that does not cope with it is not taken in (Admit)."""
        if not self.state.seen:
            return None
        pressures = [kind for kind in dict.fromkeys(CONDITIONS.values()) if self.pressed(kind)]
        if not pressures or self.copes(pod, pressures):
            return None
        return Refusal("Evicted", self.kubelet.words.under_pressure(pressures))

    def copes(self, pod: Pod, pressures: list[str]) -> bool:
        """Whoever has asked for something is taken in where memory is short, whatever else is."""
        return "MemoryPressure" in pressures and pod.status.qos_class != "BestEffort"

    def may_go(self, pod: Pod) -> bool:
        """Nothing stands against its eviction."""
        return True

    # --- a look -------------------------------------------------------------------------------------

    def synchronize(self) -> None:
        """Look; under pressure one pod must go, but only where what is used was measured anew."""
        memory: EvictionMemory = self.state
        if memory.cleaning:
            return
        thresholds = self.thresholds()
        anew = memory.measured != self.measurement()
        memory.measured = self.measurement()
        met = self._met(thresholds) if anew or not self.kubelet.forgets_thresholds else []
        if met:
            self.kubelet.node_status.may_change()
        memory.first = {number: memory.first.get(number, self.now) for number in met}
        for number in met:
            memory.seen[CONDITIONS[thresholds[number].signal]] = self.now
        if memory.seen and any(self.pressed(kind) for kind in CONDITIONS.values()):
            self.kubelet.loops["eviction"].wake()
        memory.unresolved = [n for n in met if self.now - memory.first[n] >= thresholds[n].grace]
        if self.over_limits():
            return
        if memory.unresolved and anew:
            self._reclaim(min(memory.unresolved, key=lambda number: thresholds[number].signal != MEMORY))

    def over_limits(self) -> bool:
        """A pod that has written more than it may was told to go: nothing else is done then. Only releases
        that isolate local storage look for such (in v1.8 an alpha feature)."""
        return False

    def _met(self, thresholds: tuple[Threshold, ...]) -> list[int]:
        """Thresholds that are met now, or were, and of which too little became free."""
        unresolved: list[int] = self.state.unresolved
        return [
            number
            for number, one in enumerate(thresholds)
            if self.available(one.signal) < one.wanted + (one.reclaim if number in unresolved else 0)
        ]

    def _reclaim(self, number: int) -> None:
        kubelet = self.kubelet
        threshold = self.thresholds()[number]
        resource = kubelet.words.starved(threshold.signal)
        kubelet.recorder.of_node("Warning", "EvictionThresholdMet", f"Attempting to reclaim {resource}")
        self.say("starved", resource=resource)
        if threshold.signal in (DISK, IMAGES):
            self.say("containers")
            kubelet.container_gc.delete_unused(Done(self.name, "containers_deleted", (number,)))
        else:
            self._evict_first(threshold)

    def containers_deleted(self, error: str, number: int) -> None:
        """What is dead is gone, whose images nobody uses any more."""
        del error
        self.say("images")
        self.kubelet.image_gc.delete_unused(Done(self.name, "images_deleted", (number,)))

    def images_deleted(self, error: str, number: int) -> None:
        """What nobody uses is gone: pods must go only if that was not enough (reclaimNodeLevelResources)."""
        threshold = self.thresholds()[number]
        if not error and self.available(threshold.signal) >= threshold.wanted + threshold.reclaim:
            self.say("enough", resource=self.kubelet.words.starved(threshold.signal))
        else:
            self._evict_first(threshold)

    def _evict_first(self, threshold: Threshold) -> None:
        self.say("must", resource=self.kubelet.words.starved(threshold.signal))
        ranked = sorted(self._active(), key=lambda pod: self.rank(pod, threshold.signal))
        if not ranked:
            self.say("nobody")
            return
        self.say("ranked", self.named(ranked))
        going = next(filter(self.may_go, ranked), None)
        if going is None:
            self.say("nobody-goes")
        else:
            self._evict(going, threshold)

    def _active(self) -> Iterator[Pod]:
        for pod in self.kubelet.pod_manager.pods.values():
            if self.kubelet.sync_handler.is_active(pod):
                yield pod

    def rank(self, pod: Pod, signal: str) -> tuple[Any, ...]:
        """Where a pod stands in the ranking, the first to go first: by class, then by what it takes: of
        memory beyond its request, of the disk all."""
        quality = QUALITIES.index(pod.status.qos_class) if pod.status.qos_class in QUALITIES else 0
        taken = self.beyond(pod) if signal == MEMORY else self.on_disk(pod)
        return (quality, -taken, pod.metadata.name)

    def on_disk(self, pod: Pod) -> int:
        """Bytes of the node's disk that its containers have written, to their own layers and to volumes that
        lie there (podDiskUsage)."""
        return written_by(self.kubelet.host, pod.metadata.uid).total(local_volumes(pod))

    def beyond(self, pod: Pod) -> int:
        """Bytes of memory that it takes and has not asked for."""
        asked = (byte_count(one.resources.requests.get("memory", "0")) for one in pod.spec.containers)
        return sum(self._memory(pod).values()) - sum(asked)

    def _memory(self, pod: Pod) -> dict[str, int]:
        """Bytes that each of its containers takes."""
        uid = pod.metadata.uid
        running = running_on(self.kubelet.host)
        return {one.name: memory_taken(one) for one in running if one.pod_uid == uid}

    # --- the pod that goes --------------------------------------------------------------------------

    def _evict(self, pod: Pod, threshold: Threshold) -> None:
        kubelet = self.kubelet
        available = self.available(threshold.signal)
        taken = written_by(kubelet.host, pod.metadata.uid).layers
        taken = self._memory(pod) if threshold.signal == MEMORY else taken
        message = kubelet.words.evicted(threshold.signal, threshold.text, available, pod, taken)
        self._send_away(pod, message, self._verdict(pod, threshold), self.grace(pod, soft=threshold.soft))
        self.end(pod, message, self.grace(pod, soft=threshold.soft))

    def _send_away(self, pod: Pod, message: str, verdict: Verdict, grace: Micros) -> None:
        """It is told that the pod goes, and its end is waited for."""
        kubelet, memory = self.kubelet, self.state
        kubelet.emit("decision", "evict", f"pods/{pod.metadata.namespace}/{pod.metadata.name}", rule=verdict)
        kubelet.recorder.of_pod(pod, "Warning", "Evicted", message)
        memory.cleaning, memory.going, memory.polled = pod.metadata.uid, self.named((pod,)), None
        self.post(max(KILL_TIMEOUT, grace + grace // 2), self.overdue, pod.metadata.uid)

    def _verdict(self, pod: Pod, threshold: Threshold) -> Verdict:
        name, available = pod.metadata.name, self.available(threshold.signal)
        if threshold.signal == PROCESSES:
            return rules.EVICT_FOR_PROCESSES.holds(pod=name, available=available, wanted=threshold.wanted)
        return rules.EVICT.holds(
            pod=name, resource=threshold.signal, available=available >> 20, wanted=threshold.wanted >> 20
        )

    def grace(self, pod: Pod, *, soft: bool) -> Micros:
        """How long its containers have to end."""
        return self.kubelet.flags.eviction_max_pod_grace_period * SECOND if soft else 0

    def end(self, pod: Pod, message: str, grace: Micros) -> None:
        """The pod is Failed, of which nothing else is told any more, and its containers are killed."""
        kubelet = self.kubelet
        uid = pod.metadata.uid
        kubelet.status_manager.set_status(pod, PodStatus(phase="Failed", reason="Evicted", message=message))
        view = kubelet.pleg.view(uid)
        done = Done(self.name, "ended", (uid,))
        kubelet.container_killer.kill(
            view.running, view.sandboxes, grace, kubelet.words.need_to_kill, done, floor=0
        )

    def ended(self, error: str, uid: str) -> None:
        """Its containers are gone; what is left, housekeeping kills."""
        self.kubelet.pod_workers.forget(uid)
        if error:
            self.log("eviction_manager.go", f"eviction manager: failed to kill pod {uid}: {error}", "E")
        self.killed(uid)

    def killed(self, uid: str) -> None:
        """Its containers are killed."""
        self._wait_for(uid, "evicted")

    def overdue(self, uid: str) -> None:
        """Its containers should have been killed by now."""
        self._wait_for(uid, "slow")

    def _wait_for(self, uid: str, how: str) -> None:
        """Look every second whether all of it is gone."""
        memory: EvictionMemory = self.state
        if memory.cleaning == uid and memory.polled is None:
            memory.polled = 0
            self.say(how, memory.going)
            self.say("waits", memory.going)
            self.post(POLL, self.poll, uid)

    def poll(self, uid: str) -> None:
        """All of the pod is gone, or that takes too long: the next one may go (waitForPodsCleanup)."""
        memory: EvictionMemory = self.state
        if memory.cleaning != uid:
            return
        memory.polled = (memory.polled or 0) + 1
        gone = self.is_gone(uid)
        if gone or memory.polled * POLL >= CLEANUP_TIMEOUT:
            self.say("gone" if gone else "late", memory.going)
            memory.cleaning, memory.polled = "", None
            self.kubelet.loops["eviction"].start()
        else:
            self.post(POLL, self.poll, uid)

    def is_gone(self, uid: str) -> bool:
        """Nothing of an evicted pod is left (PodResourcesAreReclaimed)."""
        view = self.kubelet.pleg.view(uid)
        return not (view.containers if self.kubelet.keeps_pods_until_records_are_gone else view.running)
