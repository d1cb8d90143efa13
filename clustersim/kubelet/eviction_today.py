"""The eviction manager of today: who takes more than asked goes first, then who matters least; the pod's
worker brings it to its end (v1.36.2 pkg/kubelet/eviction)."""

from typing import TYPE_CHECKING, Any, Final

from clustersim.api.core_v1 import Pod, Taint
from clustersim.api.mirrors import is_mirror
from clustersim.api.tolerations import tolerates
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.admission import is_static
from clustersim.kubelet.eviction import EvictionManager
from clustersim.kubelet.node_shutdown import CRITICAL
from clustersim.kubelet.pod_workers_today import Eviction
from clustersim.kubelet.thresholds import DISK, IMAGES, PROCESSES

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

SHORT_OF_MEMORY: Final = Taint(key="node.kubernetes.io/memory-pressure", effect="NoSchedule")

IMMEDIATE: Final[Micros] = 1 * SECOND
"""Grace of pods that a hard threshold ends (immediateEvictionGracePeriodSeconds)."""


def is_critical(pod: Pod) -> bool:
    """A static pod, or one of a priority of the system's (pkg/kubelet/types/pod_update.go IsCriticalPod)."""
    return is_static(pod) or is_mirror(pod) or (pod.spec.priority or 0) >= CRITICAL


class EvictionManagerOfToday(EvictionManager):
    """synchronize of v1.36."""

    kubelet: "KubeletV136"

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
