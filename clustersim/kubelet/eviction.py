r"""The eviction manager: before a node runs out of memory or disk, pods must go, one every 10 s.

```
 free below a threshold --> condition of pressure, for 5 min after it was last seen
                        \--> an event on the node, and the first pod of the ranking is Failed (Evicted)
```
(v1.7.5, v1.36.2 pkg/kubelet/eviction/eviction_manager.go, helpers.go)
"""

from collections.abc import Iterator
from functools import lru_cache
from struct import pack, unpack
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.quantity import byte_count
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.kubelet import rules
from clustersim.kubelet.admission import Refusal
from clustersim.kubelet.container_killer import NEED_TO_KILL, Done
from clustersim.kubelet.part import Part
from clustersim.machine import DISK_BYTES, PID_MAX
from clustersim.runtime.usage import (
    SMALL,
    disk_available,
    memory_available,
    memory_of,
    processes_available,
)

MEMORY: Final = "memory.available"
DISK: Final = "nodefs.available"
PROCESSES: Final = "pid.available"
CONDITIONS: Final = {MEMORY: "MemoryPressure", DISK: "DiskPressure", PROCESSES: "PIDPressure"}
QUALITIES: Final = ("BestEffort", "Burstable", "Guaranteed")
"""Classes of pods, the first to go first."""

SUFFIXES: Final = ("", "Ki", "Mi", "Gi", "Ti")

STATISTICS: Final[Micros] = 17 * MILLISECOND
"""How long it takes to read what is used."""


class Threshold(msgspec.Struct, frozen=True):
    """What must remain free of a resource, in bytes or as a number, and as today's kubelet tells it."""

    signal: str
    wanted: int
    text: str


@lru_cache(maxsize=64)
def _thresholds(flag: tuple[str, ...], memory: int) -> tuple[Threshold, ...]:
    """memory: how much the machine has."""
    there = {MEMORY: memory, DISK: DISK_BYTES, PROCESSES: PID_MAX}
    found = []
    for text in flag:
        signal, _, wanted = text.partition("<")
        if signal in there and wanted.endswith("%"):
            amount = int(there[signal] * _single(_single(float(wanted[:-1])) / 100))
            found.append(Threshold(signal, amount, _binary(amount)))
        elif signal in there:
            found.append(Threshold(signal, byte_count(wanted), wanted))
    return tuple(found)


def _single(number: float) -> float:
    """As a float32, which percentages are (eviction/api ThresholdValue)."""
    value: float = unpack("f", pack("f", number))[0]
    return value


def _binary(amount: int) -> str:
    """As a Quantity in powers of 1024."""
    suffix = 0
    while amount and not amount % 1024 and suffix < len(SUFFIXES) - 1:
        amount, suffix = amount // 1024, suffix + 1
    return f"{amount}{SUFFIXES[suffix]}"


class EvictionMemory(State):
    """seen: when each pressure was last observed."""

    seen: dict[str, Micros] = msgspec.field(default_factory=dict)


class EvictionManager(Part):
    """synchronize of v1.7 and v1.8, for hard thresholds of memory and of the node's disk; and of process ids,
    where the release has that condition."""

    name = "eviction"

    def memory(self) -> EvictionMemory:
        return EvictionMemory()

    def make_loop(self) -> Loop:
        """The looks at what is free; changes on the machine wake it."""
        kubelet = self.kubelet
        period = kubelet.flags.eviction_monitoring_period
        return Loop(kubelet, "eviction", self.synchronize, period, cost=STATISTICS)

    # --- what is known ------------------------------------------------------------------------------

    def thresholds(self) -> tuple[Threshold, ...]:
        """Those of the flag that this model measures."""
        found = _thresholds(self.kubelet.flags.eviction_hard, self.kubelet.host.memory_mib << 20)
        return tuple(one for one in found if CONDITIONS[one.signal] in self.kubelet.pressures)

    def available(self, signal: str) -> int:
        """Bytes, or processes, that are free now."""
        host = self.kubelet.host
        if signal == PROCESSES:
            return processes_available(host)
        return memory_available(host) if signal == MEMORY else int(disk_available(host) * DISK_BYTES)

    def pressed(self, kind: str) -> bool:
        """The node has that condition: the pressure is there, or was not long ago."""
        seen = self.state.seen.get(kind)
        period = self.kubelet.flags.eviction_pressure_transition_period
        return seen is not None and self.now - seen < period

    def refusal(self, pod: Pod) -> Refusal | None:
        """Under pressure no pod is taken in; under that of memory none that has asked for nothing."""
        pressures = [kind for kind in CONDITIONS.values() if self.pressed(kind)]
        if not pressures or (pressures == ["MemoryPressure"] and pod.status.qos_class != "BestEffort"):
            return None
        return Refusal("Evicted", self.kubelet.words.under_pressure(pressures))

    # --- a look -------------------------------------------------------------------------------------

    def synchronize(self) -> None:
        """Look; under pressure one pod must go."""
        memory: EvictionMemory = self.state
        met = [one for one in self.thresholds() if self.available(one.signal) < one.wanted]
        if met:
            self.kubelet.node_status.may_change()
        for threshold in met:
            memory.seen[CONDITIONS[threshold.signal]] = self.now
        if memory.seen and any(self.pressed(kind) for kind in CONDITIONS.values()):
            self.kubelet.loops["eviction"].wake()
        if met:
            self._reclaim(met[0])

    def _reclaim(self, threshold: Threshold) -> None:
        kubelet = self.kubelet
        resource = kubelet.words.starved(threshold.signal)
        kubelet.node_event("Warning", "EvictionThresholdMet", f"Attempting to reclaim {resource}")
        self.log("eviction_manager.go", f"eviction manager: attempting to reclaim {resource}", "W")
        if threshold.signal == DISK:
            done = Done(self.name, "images_deleted", (threshold.signal, threshold.wanted, threshold.text))
            kubelet.image_gc.delete_unused(done)
        else:
            self._evict_first(threshold)

    def images_deleted(self, error: str, signal: str, wanted: int, text: str) -> None:
        """What nobody uses is gone: pods must go only if that was not enough (reclaimNodeLevelResources)."""
        if not error and self.available(signal) >= wanted:
            resource = self.kubelet.words.starved(signal)
            able = f"eviction manager: able to reduce {resource} pressure without evicting pods."
            self.log("eviction_manager.go", able)
        else:
            self._evict_first(Threshold(signal, wanted, text))

    def _evict_first(self, threshold: Threshold) -> None:
        ranked = sorted(self._active(), key=lambda pod: self.rank(pod, threshold.signal))
        if ranked:
            self._evict(ranked[0], threshold)

    def _active(self) -> Iterator[Pod]:
        for pod in self.kubelet.pod_manager.pods.values():
            if self.kubelet.is_active(pod):
                yield pod

    def rank(self, pod: Pod, signal: str) -> tuple[Any, ...]:
        """Where a pod stands in the ranking, the first to go first: by class, then by what it takes beyond
        its request."""
        quality = QUALITIES.index(pod.status.qos_class) if pod.status.qos_class in QUALITIES else 0
        return (quality, -self.beyond(pod) if signal == MEMORY else 0, pod.metadata.name)

    def beyond(self, pod: Pod) -> int:
        """Bytes of memory that it takes and has not asked for."""
        asked = (byte_count(one.resources.requests.get("memory", "0")) for one in pod.spec.containers)
        return sum(memory_of(one) for one in pod.spec.containers) - sum(asked)

    def _evict(self, pod: Pod, threshold: Threshold) -> None:
        kubelet = self.kubelet
        message = kubelet.words.evicted(
            threshold.signal, threshold.text, self.available(threshold.signal), pod, SMALL
        )
        verdict = self._verdict(pod, threshold)
        kubelet.emit("decision", "evict", f"pods/{pod.metadata.namespace}/{pod.metadata.name}", rule=verdict)
        kubelet.pod_event(pod, "Warning", "Evicted", message)
        self.end(pod, message)

    def _verdict(self, pod: Pod, threshold: Threshold) -> Verdict:
        name, available = pod.metadata.name, self.available(threshold.signal)
        if threshold.signal == PROCESSES:
            return rules.EVICT_FOR_PROCESSES.holds(pod=name, available=available, wanted=threshold.wanted)
        return rules.EVICT.holds(
            pod=name, resource=threshold.signal, available=available >> 20, wanted=threshold.wanted >> 20
        )

    def end(self, pod: Pod, message: str) -> None:
        """The pod is Failed, and its containers are killed without grace."""
        kubelet = self.kubelet
        uid = pod.metadata.uid
        status = kubelet.status_manager.status_of(uid) or pod.status
        kubelet.status_manager.set_status(
            pod, replace(status, phase="Failed", reason="Evicted", message=message)
        )
        view = kubelet.pleg.view(uid)
        done = Done(self.name, "ended", (uid,))
        kubelet.container_killer.kill(view.running, view.sandboxes, 0, NEED_TO_KILL, done, floor=0)

    def ended(self, error: str, uid: str) -> None:
        """Its containers are gone; what is left, housekeeping kills."""
        self.kubelet.pod_workers.forget(uid)
        if error:
            self.log("eviction_manager.go", f"eviction manager: failed to kill pod {uid}: {error}", "E")
