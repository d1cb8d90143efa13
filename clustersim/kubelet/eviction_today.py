"""The eviction manager of today: who takes more than asked goes first, then who matters least; the pod's
worker brings it to its end (v1.36.2 pkg/kubelet/eviction)."""

from typing import TYPE_CHECKING, Any, Final

from clustersim.api.core_v1 import Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.eviction import DISK, PROCESSES, EvictionManager
from clustersim.kubelet.pod_workers_today import Eviction

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

IMMEDIATE: Final[Micros] = 1 * SECOND
"""Grace of pods that a hard threshold ends (immediateEvictionGracePeriodSeconds)."""


class EvictionManagerOfToday(EvictionManager):
    """synchronize of v1.36."""

    kubelet: "KubeletV136"

    def rank(self, pod: Pod, signal: str) -> tuple[Any, ...]:
        if signal == PROCESSES:  # each of these containers is one process
            return (pod.spec.priority or 0, -len(pod.spec.containers), pod.metadata.name)
        beyond = 0 if signal == DISK else self.beyond(pod)
        return (beyond <= 0, pod.spec.priority or 0, -beyond, pod.metadata.name)

    def end(self, pod: Pod, message: str) -> None:
        self.kubelet.pod_workers.kill(pod, IMMEDIATE, Eviction("Evicted", message))
