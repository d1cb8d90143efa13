"""Probes of today: a worker waits at random only where its kubelet is younger than its period, and a
container that is seen to run is asked at once whether it is ready (v1.36.2
pkg/kubelet/prober/{worker,prober_manager}.go).

The real kubelet asks at once at every sync of a pod that is not ready; here at the first one that sees the
container, after that only at the worker's moments.
"""

from typing import TYPE_CHECKING

from clustersim.engine.time import Micros
from clustersim.kubelet.prober import READINESS, Prober, ProbeWorker

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class ProberOfToday(Prober):
    """The workers of v1.36."""

    kubelet: "KubeletV136"
    minds_time = True

    def _first_wait(self, period: Micros) -> Micros:
        young = self.now - self.kubelet.state.started_at < period
        return super()._first_wait(period) if young else 0

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
        return (
            known is not None
            and known.state.running is not None
            and known.container_id.partition("://")[2] != worker.container_id
        )
