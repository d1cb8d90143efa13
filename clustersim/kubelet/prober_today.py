"""Probes of today: a worker waits at random only where its kubelet is younger than its period, and a
container that is seen to run is asked at once whether it is ready (v1.36.2
pkg/kubelet/prober/{worker,prober_manager}.go).

The real kubelet asks at once at every sync of a pod that is not ready; here at the first one that sees the
container, after that only at the worker's moments.

A container that ran before its kubelet did stays what it was until a probe says otherwise
(setReadyStateOnKubeletRestart, the gate ChangeContainerStatusOnKubeletRestart off since v1.35).
"""

from typing import TYPE_CHECKING, Final

from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.api.timestamp import micros
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.prober import LIVENESS, READINESS, STARTUP, Prober, ProbeWorker

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


RESTART_GRACE: Final[Micros] = 10 * SECOND
"""So long before the kubelet began, a container must have run already (kubeletRestartGracePeriod)."""


class ProberOfToday(Prober):
    """The workers of v1.36."""

    kubelet: "KubeletV136"
    minds_time = True

    def _first_wait(self, period: Micros) -> Micros:
        young = self.now - self.kubelet.state.started_at < period
        return super()._first_wait(period) if young else 0

    def add_pod(self, pod: Pod) -> None:
        """What is known of containers that ran before is taken over."""
        super().add_pod(pod)
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
            if self._ran_before(status):
                for kind in (READINESS, LIVENESS, STARTUP):
                    worker = self.state.workers.get(f"{pod.metadata.uid}/{status.name}/{kind}")
                    if worker is not None and not worker.container_id:
                        worker.container_id = status.container_id.partition("://")[2]
                        worker.healthy = _was_good(pod, status, kind)

    def _ran_before(self, status: ContainerStatus) -> bool:
        running = status.state.running
        if running is None:
            return False
        begun: Micros = self.kubelet.state.started_at
        return micros(running.started_at) < begun - RESTART_GRACE

    def something_changed(self) -> None:
        for key, worker in self.state.workers.items():
            if worker.kind == READINESS and worker.origin <= self.now and self._is_new(worker):
                worker.origin = worker.due = self.now
                self.post(0, self.probe, key, worker.due)
        super().something_changed()

    def _is_new(self, worker: ProbeWorker) -> bool:
        """Its container runs and was never asked."""
        status = self.kubelet.status_manager.status_of(worker.uid)
        if status is None:
            return False
        statuses = (*status.init_container_statuses, *status.container_statuses)
        known = next((one for one in statuses if one.name == worker.container), None)
        if known is None or known.state.running is None:
            return False
        return worker.last is None or known.container_id.partition("://")[2] != worker.container_id


def _was_good(pod: Pod, status: ContainerStatus, kind: str) -> bool:
    """What a container's probe had said, as far as the pod's status in the API server tells."""
    if kind == READINESS:
        return any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)
    return kind == LIVENESS or bool(status.started)
