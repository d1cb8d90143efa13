"""Probes of today: a worker waits at random only where its kubelet is younger than its period, and a
container that is seen to run is asked at once whether it is ready (v1.36.2
pkg/kubelet/prober/{worker,prober_manager}.go).

The real kubelet asks at once at every sync of a pod that is not ready; here at the first one that sees the
container, after that only at the worker's moments.
"""

from typing import TYPE_CHECKING, Final

from clustersim.api.core_v1 import Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.prober import LIVENESS, READINESS, Prober, ProbeWorker
from clustersim.runtime.records import RUNNING

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


RESTARTED: Final[Micros] = 10 * SECOND
"""What began so long before the kubelet ran under another one (kubeletRestartGracePeriod)."""


class ProberOfToday(Prober):
    """The workers of v1.36."""

    kubelet: "KubeletV136"
    minds_time = True
    run_on_hold = 0

    def _first_wait(self, period: Micros) -> Micros:
        young = self.now - self.kubelet.state.started_at < period
        return super()._first_wait(period) if young else 0

    def add_pod(self, pod: Pod) -> None:
        """What ran long before this kubelet did is what it was, until a probe says otherwise
        (setReadyStateOnKubeletRestart)."""
        known = set(self.state.workers)
        super().add_pod(pod)
        view = self.kubelet.pleg.view(pod.metadata.uid)
        for key, worker in self.state.workers.items():
            if key in known or worker.kind == LIVENESS:
                continue
            latest = view.latest(worker.container)
            if latest is None or latest.state != RUNNING or latest.started_at is None:
                continue
            if latest.started_at < self.kubelet.state.started_at - RESTARTED:
                worker.container_id, worker.healthy = latest.id, _was_well(pod, worker)

    def something_changed(self) -> None:
        for key, worker in self.state.workers.items():
            if worker.kind == READINESS and worker.origin <= self.now and self._is_new(worker):
                worker.origin = worker.grid = worker.due = self.now
                self.post(0, self.probe, key, worker.due)
        super().something_changed()

    def _is_new(self, worker: ProbeWorker) -> bool:
        """Its container runs and was never asked."""
        status = self.kubelet.status_manager.status_of(worker.uid)
        if status is None:
            return False
        statuses = (*status.init_container_statuses, *status.container_statuses)
        known = next((one for one in statuses if one.name == worker.container), None)
        return (
            known is not None
            and known.state.running is not None
            and known.container_id.partition("://")[2] != worker.container_id
        )


def _was_well(pod: Pod, worker: ProbeWorker) -> bool:
    """Its pod was ready, or it had started, as the API server was told."""
    if worker.kind == READINESS:
        return any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    return any(one.name == worker.container and bool(one.started) for one in statuses)
