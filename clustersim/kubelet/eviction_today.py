"""The eviction manager of today: who takes more than asked goes first, then who matters least; the pod's
worker brings it to its end (v1.36.2 pkg/kubelet/eviction)."""

from typing import TYPE_CHECKING, Any, Final

from clustersim.api.core_v1 import Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.eviction import EvictionManager
from clustersim.kubelet.pod_workers_today import Eviction
from clustersim.kubelet.thresholds import DISK, IMAGES, PROCESSES

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

IMMEDIATE: Final[Micros] = 1 * SECOND
"""Grace of pods that a hard threshold ends (immediateEvictionGracePeriodSeconds)."""


class EvictionManagerOfToday(EvictionManager):
    """synchronize of v1.36."""

    kubelet: "KubeletV136"

    def measurement(self) -> int:
        """Whoever looks has it measured anew (UpdateStats)."""
        return self.now

    def rank(self, pod: Pod, signal: str) -> tuple[Any, ...]:
        if signal == PROCESSES:  # each of these containers is one process
            return (pod.spec.priority or 0, -len(pod.spec.containers), pod.metadata.name)
        beyond = 0 if signal in (DISK, IMAGES) else self.beyond(pod)
        return (beyond <= 0, pod.spec.priority or 0, -beyond, pod.metadata.name)

    def grace(self, pod: Pod, *, soft: bool) -> Micros:
        own = pod.spec.termination_grace_period_seconds
        most: int = self.kubelet.flags.eviction_max_pod_grace_period
        return min(most, most if own is None else own) * SECOND if soft else IMMEDIATE

    def end(self, pod: Pod, message: str, grace: Micros) -> None:
        self.kubelet.pod_workers.kill(pod, grace, Eviction("Evicted", message))

    def is_gone(self, uid: str) -> bool:
        worker = self.kubelet.pod_workers.worker(uid)
        return worker is None or worker.finished
