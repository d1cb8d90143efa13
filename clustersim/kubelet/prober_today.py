"""Probes of today: a worker waits at random only where its kubelet is younger than its period, and a
container that is seen to run is asked at once whether it is ready (v1.36.2
pkg/kubelet/prober/{worker,prober_manager}.go).

The real kubelet asks at once at every sync of a pod that is not ready; here at the first one that sees the
container, after that only at the worker's moments.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.pod_status import Findings
from clustersim.kubelet.prober import LIVENESS, READINESS, STARTUP, Prober, ProbeWorker, probed
from clustersim.runtime.records import RUNNING, Container

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

    def findings(self, uid: str, reasons: Mapping[str, tuple[str, str]]) -> Findings:
        """A pod's workers begin after its first sync by this kubelet; until then it is as ready as it was."""
        found = super().findings(uid, reasons)
        pod = self.kubelet.pod_manager.get(uid)
        asked = () if pod is None else probed(pod)
        older = {
            spec.name: (record.id, _was_ready(pod))
            for spec in asked
            if pod is not None and spec.readiness_probe is not None and spec.name not in found.ready
            if (record := self._older(uid, spec.name)) is not None
        }
        return msgspec.structs.replace(found, ready={**found.ready, **older}) if older else found

    def _older(self, uid: str, container: str) -> Container | None:
        """The container if it runs and began long before this kubelet did."""
        latest = self.kubelet.pleg.view(uid).latest(container)
        if latest is None or latest.state != RUNNING or latest.started_at is None:
            return None
        return latest if latest.started_at < self.kubelet.state.started_at - RESTARTED else None

    def add_pod(self, pod: Pod) -> None:
        """What ran long before this kubelet did is what it was, until a probe says otherwise
        (setReadyStateOnKubeletRestart)."""
        known = set(self.state.workers)
        super().add_pod(pod)
        for key, worker in self.state.workers.items():
            if key in known or worker.kind == LIVENESS:
                continue
            if (older := self._older(pod.metadata.uid, worker.container)) is not None:
                worker.container_id, worker.healthy = older.id, _was_well(pod, worker)

    def begin(self, worker: ProbeWorker, pod: Pod, known: ContainerStatus) -> None:
        """What was told to be ready, or to have started, before it had a worker is not until it is asked."""
        if worker.kind == READINESS and known.ready:
            self.kubelet.status_manager.set_readiness(pod, worker.container, False)
        elif worker.kind == STARTUP and known.started:
            self.kubelet.sync_loop.unhealthy(pod)

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


def _was_ready(pod: Pod) -> bool:
    """As the API server was told."""
    return any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)


def _was_well(pod: Pod, worker: ProbeWorker) -> bool:
    """Its pod was ready, or it had started, as the API server was told."""
    if worker.kind == READINESS:
        return _was_ready(pod)
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    return any(one.name == worker.container and bool(one.started) for one in statuses)
