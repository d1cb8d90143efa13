"""The eviction manager of today: who takes more than asked goes first, then who matters least; the pod's
worker brings it to its end (v1.36.2 pkg/kubelet/eviction)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api.core_v1 import Pod, Taint
from clustersim.api.mirrors import is_mirror
from clustersim.api.resources import requests
from clustersim.api.tolerations import tolerates
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet import rules
from clustersim.kubelet.admission import STORAGE, is_static
from clustersim.kubelet.eviction import EvictionManager, EvictionMemory
from clustersim.kubelet.eviction_words import LINES_OF_TODAY, named_today
from clustersim.kubelet.node_shutdown import CRITICAL
from clustersim.kubelet.pod_workers_today import Eviction
from clustersim.kubelet.storage_limits import Excess, excess, is_limited
from clustersim.kubelet.thresholds import DISK, IMAGES, PROCESSES
from clustersim.runtime.storage import written_by

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

SHORT_OF_MEMORY: Final = Taint(key="node.kubernetes.io/memory-pressure", effect="NoSchedule")

IMMEDIATE: Final[Micros] = 1 * SECOND
"""Grace of pods that a hard threshold ends (immediateEvictionGracePeriodSeconds)."""


def is_critical(pod: Pod) -> bool:
    """A static pod, or one of a priority of the system's (pkg/kubelet/types/pod_update.go IsCriticalPod)."""
    return is_static(pod) or is_mirror(pod) or (pod.spec.priority or 0) >= CRITICAL


MEASURED_AGAIN: Final[Micros] = 90 * SECOND
"""How long it mostly takes at most until what is in volumes is added up again: a round lasts one to two
minutes."""


class EvictionMemoryOfToday(EvictionMemory):
    """due: when it will be known what is in the volumes of pods that have too much there."""

    due: dict[str, Micros] = msgspec.field(default_factory=dict)


class EvictionManagerOfToday(EvictionManager):
    """synchronize of v1.36."""

    kubelet: "KubeletV136"
    lines = LINES_OF_TODAY

    def named(self, pods: Iterable[Pod]) -> str:
        return named_today(pods)

    def memory(self) -> EvictionMemoryOfToday:
        return EvictionMemoryOfToday()

    def measurement(self) -> int:
        """Whoever looks has it measured anew (UpdateStats)."""
        return self.now

    def copes(self, pod: Pod, pressures: list[str]) -> bool:
        """Critical pods are always taken in; others only if there is nothing but the pressure of memory, and
        they have asked for something or tolerate its taint."""
        if is_critical(pod):
            return True
        tolerant = pod.status.qos_class != "BestEffort" or any(
            tolerates(one, SHORT_OF_MEMORY) for one in pod.spec.tolerations
        )
        return pressures == ["MemoryPressure"] and tolerant

    def may_go(self, pod: Pod) -> bool:
        """Critical pods stay (evictPod)."""
        return not is_critical(pod)

    def rank(self, pod: Pod, signal: str) -> tuple[Any, ...]:
        if signal == PROCESSES:  # each of these containers is one process
            return (pod.spec.priority or 0, -len(pod.spec.containers), pod.metadata.name)
        beyond = self.beyond_on_disk(pod) if signal in (DISK, IMAGES) else self.beyond(pod)
        return (beyond <= 0, pod.spec.priority or 0, -beyond, pod.metadata.name)

    def grace(self, pod: Pod, *, soft: bool) -> Micros:
        own = pod.spec.termination_grace_period_seconds
        most: int = self.kubelet.flags.eviction_max_pod_grace_period
        return min(most, most if own is None else own) * SECOND if soft else IMMEDIATE

    def beyond_on_disk(self, pod: Pod) -> int:
        """Bytes that it has written and has not asked for."""
        return self.on_disk(pod) - requests(pod).counted.amount(STORAGE)

    # --- limits of single pods ------------------------------------------------------------------------

    def over_limits(self) -> bool:
        memory: EvictionMemoryOfToday = self.state
        for pod in self._active():
            if not is_limited(pod) or is_critical(pod):
                continue
            uid = pod.metadata.uid
            written = written_by(self.kubelet.host, uid)
            over = excess(pod, written._replace(volumes={}))
            if over is None and (over := excess(pod, written)) is not None and not self._is_measured(uid):
                continue
            if over is None:
                memory.due.pop(uid, None)
            else:
                self._end_for(pod, over)
                return True
        return False

    def _is_measured(self, uid: str) -> bool:
        """What is in volumes has been added up since: that is done once a minute, or half as often at most
        (pkg/kubelet/server/stats/volume_stat_calculator.go)."""
        due: dict[str, Micros] = self.state.due
        if uid not in due:
            wait = self.kubelet.chancy_random("volumes").below(MEASURED_AGAIN)
            due[uid] = self.now + wait
            self.post(wait, self.volumes_measured, uid)
        return self.now >= due[uid]

    def volumes_measured(self, uid: str) -> None:
        """The next look knows what is in the volumes of a pod."""
        if uid in self.state.due:
            self.kubelet.loops["eviction"].wake()

    def _end_for(self, pod: Pod, over: Excess) -> None:
        """Who has written more than it may goes: no disruption, since it brought that about itself."""
        self.state.due.pop(pod.metadata.uid, None)
        verdict = rules.EVICT_OVER_LIMIT.holds(
            pod=pod.metadata.name, place=over.place, written=over.written >> 20, limit=over.limit >> 20
        )
        self._send_away(pod, over.message, verdict, IMMEDIATE)
        reason = Eviction("Evicted", over.message, is_disruption=False)
        self.kubelet.pod_workers.kill(pod, IMMEDIATE, reason)

    # --- the pod that goes ----------------------------------------------------------------------------

    def end(self, pod: Pod, message: str, grace: Micros) -> None:
        self.kubelet.pod_workers.kill(pod, grace, Eviction("Evicted", message))

    def is_gone(self, uid: str) -> bool:
        worker = self.kubelet.pod_workers.worker(uid)
        return worker is None or worker.finished
