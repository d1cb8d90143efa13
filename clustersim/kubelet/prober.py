"""Readiness and liveness probes, one worker for each probe of each container (v1.7.5 pkg/kubelet/prober).

```
                       failures in a row                     successes in a row
  ready or alive ----------------------------> not so, told -----------------------> ready again
                                                 liveness: killed, on hold until there is another container
```
A worker starts at a random moment of its period and keeps to that grid. A probe is a request to the
container, not to docker. One that succeeds as before changes nothing, so a worker sleeps until its container
changes.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import ContainerStatus, Pod, Probe
from clustersim.api.timestamp import micros
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_status import FINISHED
from clustersim.runtime.records import RUNNING, Container

READINESS: Final = "Readiness"
LIVENESS: Final = "Liveness"


class ProbeWorker(State):
    """One worker. origin: its first probe; healthy: what it told last; last, run: the newest result and how
    often in a row; on_hold: its container is about to be replaced."""

    uid: str
    container: str
    kind: str
    origin: Micros
    container_id: str = ""
    healthy: bool = False
    last: bool | None = None
    run: int = 0
    on_hold: bool = False
    due: Micros | None = None


class ProberMemory(State):
    """Workers by "uid/container/kind"."""

    workers: dict[str, ProbeWorker] = msgspec.field(default_factory=dict)


class Prober(Part):
    """All probe workers of the node."""

    name = "prober"

    def memory(self) -> ProberMemory:
        return ProberMemory()

    # --- results ----------------------------------------------------------------------------------

    def readiness(self, uid: str) -> dict[str, tuple[str, bool]]:
        """Of the pod's containers with a readiness probe, by name: of which container it speaks, and what
        it says."""
        return {
            worker.container: (worker.container_id, worker.healthy)
            for worker in self.state.workers.values()
            if worker.uid == uid and worker.kind == READINESS
        }

    def unhealthy(self, uid: str) -> dict[str, bool]:
        """Ids of the pod's containers whose liveness probe failed."""
        return {
            worker.container_id: True
            for worker in self.state.workers.values()
            if worker.uid == uid and worker.kind == LIVENESS and worker.on_hold
        }

    # --- workers ----------------------------------------------------------------------------------

    def add_pod(self, pod: Pod) -> None:
        """Start the workers of a pod."""
        for container in pod.spec.containers:
            for kind, probe in ((READINESS, container.readiness_probe), (LIVENESS, container.liveness_probe)):
                key = f"{pod.metadata.uid}/{container.name}/{kind}"
                if probe is not None and key not in self.state.workers:
                    period = probe.period_seconds * SECOND
                    origin = self.now + self.kubelet.random("probes").below(period)
                    worker = ProbeWorker(pod.metadata.uid, container.name, kind, origin)
                    self.state.workers[key] = worker
                    self._arm(key, worker, period)

    def remove_pod(self, pod: Pod) -> None:
        """Stop them."""
        workers: dict[str, ProbeWorker] = self.state.workers
        for key in [key for key, worker in workers.items() if worker.uid == pod.metadata.uid]:
            del workers[key]

    def something_changed(self) -> None:
        """Containers changed, or what is known of them: sleeping workers look again at their next moment."""
        for key, worker in self.state.workers.items():
            if worker.due is None and (probe := self._probe_of(worker)) is not None:
                self._arm(key, worker, probe.period_seconds * SECOND)

    def _arm(self, key: str, worker: ProbeWorker, period: Micros) -> None:
        late = self.now - worker.origin
        worker.due = worker.origin if late < 0 else worker.origin + (late // period + 1) * period
        self.post(worker.due - self.now, self.probe, key, worker.due)

    def _probe_of(self, worker: ProbeWorker) -> Probe | None:
        pod = self.kubelet.pod_manager.get(worker.uid)
        if pod is None:
            return None
        spec = next((c for c in pod.spec.containers if c.name == worker.container), None)
        if spec is None:
            return None
        return spec.readiness_probe if worker.kind == READINESS else spec.liveness_probe

    # --- probing ----------------------------------------------------------------------------------

    def probe(self, key: str, due: Micros) -> None:
        """A worker's moment has come."""
        worker: ProbeWorker | None = self.state.workers.get(key)
        if worker is None or worker.due != due:
            return
        worker.due = None
        probe, pod = self._probe_of(worker), self.kubelet.pod_manager.get(worker.uid)
        if probe is None or pod is None:
            return
        if not self._settled(worker, pod, probe) or self.kubelet.engine.ticking:
            self._arm(key, worker, probe.period_seconds * SECOND)

    def _settled(self, worker: ProbeWorker, pod: Pod, probe: Probe) -> bool:
        """Do one probe (doProbe); true if the next one would find the same while nothing changes."""
        status = self.kubelet.status_manager.status_of(worker.uid) or pod.status
        if status.phase in FINISHED:
            return True
        known = next((one for one in status.container_statuses if one.name == worker.container), None)
        if known is None or not known.container_id:
            return True
        container_id = known.container_id.removeprefix("docker://")
        if worker.container_id != container_id:
            worker.container_id, worker.on_hold = container_id, False
            worker.last, worker.run = None, 0
            worker.healthy = worker.kind == LIVENESS
        if worker.on_hold:
            return True
        if known.state.running is None:
            self._tell(worker, pod, False)
            return True
        if self.now - micros(known.state.running.started_at) < probe.initial_delay_seconds * SECOND:
            return False
        return self._ask(worker, pod, probe, known)

    def _ask(self, worker: ProbeWorker, pod: Pod, probe: Probe, known: ContainerStatus) -> bool:
        container: Container | None = self.kubelet.host.state.disk["runtime"].containers.get(
            worker.container_id
        )
        answers = container is not None and container.state == RUNNING and container.serving
        if not answers:
            self._complain(worker, pod, probe)
        worker.run = worker.run + 1 if worker.last == answers else 1
        worker.last = answers
        needed = probe.success_threshold if answers else probe.failure_threshold
        if worker.run >= needed:
            self._tell(worker, pod, answers)
        return answers and worker.healthy

    def _complain(self, worker: ProbeWorker, pod: Pod, probe: Probe) -> None:
        output = "no probe handler"
        if probe.http_get is not None:
            status = self.kubelet.status_manager.status_of(worker.uid) or pod.status
            address = f"{status.pod_ip}:{probe.http_get.port}"
            output = (
                f"Get http://{address}{probe.http_get.path}: "
                f"dial tcp {address}: getsockopt: connection refused"
            )
        message = f"{worker.kind} probe failed: {output}"
        self.kubelet.pod_event(pod, "Warning", "Unhealthy", message, worker.container)

    def _tell(self, worker: ProbeWorker, pod: Pod, healthy: bool) -> None:
        changed = worker.healthy != healthy
        worker.healthy = healthy
        if worker.kind == READINESS:
            if changed:
                self.kubelet.status_manager.set_readiness(pod, worker.container, healthy)
        elif not healthy and not worker.on_hold:
            worker.on_hold = True
            self.kubelet.sync_loop.unhealthy(pod)
