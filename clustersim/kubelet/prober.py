"""Readiness, liveness and startup probes, one worker for each probe of each container (v1.7.5, v1.36.2
pkg/kubelet/prober).

```
                       failures in a row                     successes in a row
  ready or alive ----------------------------> not so, told -----------------------> ready again
                                                 liveness: killed, on hold until there is another container
```
A worker starts at a random moment of its period and keeps to that grid. A probe is a request to the
container, not to docker. One that succeeds as before changes nothing, so a worker sleeps until its container
changes.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import ContainerStatus, Pod, Probe
from clustersim.api.timestamp import micros
from clustersim.engine.identity import by_identity
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.answers import answer, overruns, port_of
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_actions import ProbeResults, is_sidecar
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.pod_status import Findings
from clustersim.programs import OK, REFUSED
from clustersim.runtime.records import Container

READINESS: Final = "Readiness"
LIVENESS: Final = "Liveness"
STARTUP: Final = "Startup"
_FIRST_BAD: Final = 400


class ProbeWorker(State):
    """One worker. origin: its first probe; grid: the moment from which the periods of the others count;
    healthy: what it told last; last, run: the newest result and how often in a row, whichever containers they
    came from; on_hold: its container is about to be replaced."""

    uid: str
    container: str
    kind: str
    origin: Micros
    grid: Micros
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
    ticks_while_it_waits: ClassVar[bool] = False
    """The periods of a worker count from its birth, not from its first probe (v1.7)."""
    run_on_hold: ClassVar[int] = 1
    """So many failures count already when the next container of one that was killed is probed."""
    minds_time: ClassVar[bool] = False
    """A command that takes longer than timeoutSeconds has failed; docker's exec knows no time-out, so that in
    v1.7 and v1.8 its end is waited for."""

    def memory(self) -> ProberMemory:
        return ProberMemory()

    # --- results ----------------------------------------------------------------------------------

    def told(self, uid: str, kind: str) -> dict[str, tuple[str, bool]]:
        """Of the pod's containers with such a probe, by name: of which container it speaks, and what it
        says."""
        workers: dict[str, ProbeWorker] = self.state.workers
        if not workers:
            return {}
        return {
            worker.container: (worker.container_id, worker.healthy)
            for worker in workers.values()
            if worker.uid == uid and worker.kind == kind
        }

    def results(self, pod: Pod) -> ProbeResults:
        """What syncs of the pod must know."""
        uid = pod.metadata.uid
        if not self.state.workers:
            return ProbeResults({}, _all_started(pod.spec.init_containers, pod.spec.containers))
        failed = {
            worker.container_id: worker.kind.lower()
            for worker in self.state.workers.values()
            if worker.uid == uid and worker.kind != READINESS and worker.on_hold
        }
        told = self.told(uid, STARTUP)
        started = {
            spec.name: told[spec.name][1] if spec.name in told else True
            for spec in (*pod.spec.init_containers, *pod.spec.containers)
        }
        return ProbeResults(failed, started)

    def findings(self, uid: str, reasons: Mapping[str, tuple[str, str]]) -> Findings:
        """What a pod's status must know; reasons: why containers could not be started."""
        if not self.state.workers:
            return Findings(reasons)
        return Findings(reasons, self.told(uid, READINESS), self.told(uid, STARTUP))

    # --- workers ----------------------------------------------------------------------------------

    def add_pod(self, pod: Pod) -> None:
        """Start the workers of a pod."""
        for container in probed(pod):
            for kind in (STARTUP, READINESS, LIVENESS):
                probe = _probe(container, kind)
                key = f"{pod.metadata.uid}/{container.name}/{kind}"
                if probe is not None and key not in self.state.workers:
                    period = probe.period_seconds * SECOND
                    origin = self.now + self._first_wait(period)
                    grid = self.now if self.ticks_while_it_waits else origin
                    worker = ProbeWorker(pod.metadata.uid, container.name, kind, origin, grid)
                    self.state.workers[key] = worker
                    self._arm(key, worker, period)

    def _first_wait(self, period: Micros) -> Micros:
        """Probes of many pods are not to come all at once."""
        return self.kubelet.random("probes").below(period)

    def remove_pod(self, pod: Pod) -> None:
        """Stop them."""
        workers: dict[str, ProbeWorker] = self.state.workers
        for key in [key for key, worker in workers.items() if worker.uid == pod.metadata.uid]:
            del workers[key]

    def stop_liveness(self, pod: Pod) -> None:
        """A pod that ends is not to be restarted; whether it is ready is still asked."""
        workers: dict[str, ProbeWorker] = self.state.workers
        uid = pod.metadata.uid
        for key in [key for key, one in workers.items() if one.uid == uid and one.kind != READINESS]:
            del workers[key]

    def something_changed(self) -> None:
        """Containers changed, or what is known of them: sleeping workers look again at their next moment."""
        for key, worker in self.state.workers.items():
            if worker.due is None and (probe := self._probe_of(worker)) is not None:
                self._arm(key, worker, probe.period_seconds * SECOND)

    def _arm(self, key: str, worker: ProbeWorker, period: Micros) -> None:
        late = self.now - worker.grid
        worker.due = (
            worker.origin if self.now < worker.origin else worker.grid + (late // period + 1) * period
        )
        self.post(worker.due - self.now, self.probe, key, worker.due)

    def _probe_of(self, worker: ProbeWorker) -> Probe | None:
        pod = self.kubelet.pod_manager.get(worker.uid)
        if pod is None:
            return None
        spec = next((c for c in probed(pod) if c.name == worker.container), None)
        return None if spec is None else _probe(spec, worker.kind)

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
        status = self.kubelet.status_manager.status_of(worker.uid)
        if status is None or status.phase in FINISHED:
            return True  # nothing was reported of the pod yet, or it has left the API server; or it is over
        statuses = (*status.init_container_statuses, *status.container_statuses)
        known = next((one for one in statuses if one.name == worker.container), None)
        if known is None or not known.container_id:
            return True
        container_id = known.container_id.partition("://")[2]
        if worker.container_id != container_id:
            worker.container_id, worker.on_hold = container_id, False
            worker.healthy = worker.kind == LIVENESS
            self.begin(worker, pod, known)
        if worker.on_hold:
            return True
        if known.state.running is None:
            self._tell(worker, pod, False)
            return True
        started = self.results(pod).started.get(worker.container, True)
        if started == (worker.kind == STARTUP):
            return True  # over, or not begun yet
        if self.kubelet.clock - micros(known.state.running.started_at) < probe.initial_delay_seconds * SECOND:
            return False
        return self._ask(worker, pod, probe, known)

    def begin(self, worker: ProbeWorker, pod: Pod, known: ContainerStatus) -> None:
        """A worker sees a container for the first time."""

    def _ask(self, worker: ProbeWorker, pod: Pod, probe: Probe, known: ContainerStatus) -> bool:
        container: Container | None = self.kubelet.host.state.disk["runtime"].containers.get(
            worker.container_id
        )
        asked = probe.http_get or probe.tcp_socket
        if container is not None and asked is not None and port_of(container.spec, probe) is None:
            error = f'strconv.Atoi: parsing "{asked.port}": invalid syntax'
            self._event(worker, pod, self.kubelet.words.probe_errored(error))
            return False  # and nothing is concluded from it
        status = self._status(container, probe) if container is not None else REFUSED
        answers = OK <= status < _FIRST_BAD
        if not answers:
            port = None if container is None else port_of(container.spec, probe)
            self._complain(worker, pod, probe, port, status)
        worker.run = worker.run + 1 if worker.last == answers else 1
        worker.last = answers
        needed = probe.success_threshold if answers else probe.failure_threshold
        if worker.run >= needed:
            self._tell(worker, pod, answers)
        return answers and worker.healthy

    def _status(self, container: Container, probe: Probe) -> int:
        """What the probe hears, as the status of HTTP."""
        if self.minds_time and overruns(probe):
            return REFUSED
        every = self.kubelet.host.state.disk["runtime"].containers.values()
        return answer(container, (one for one in every if one.sandbox_id == container.sandbox_id), probe)

    def _complain(self, worker: ProbeWorker, pod: Pod, probe: Probe, port: int | None, heard: int) -> None:
        status = self.kubelet.status_manager.status_of(worker.uid) or pod.status
        output = self.kubelet.words.probe_output(probe, port, status.pod_ip)
        if heard != REFUSED and probe.http_get is not None:
            output = f"HTTP probe failed with statuscode: {heard}"
        if probe.exec is not None and self.minds_time and overruns(probe):
            command = " ".join(probe.exec.command)
            output = f'command timed out: "{command}" timed out after {probe.timeout_seconds}s'
        self._event(worker, pod, f"probe failed: {output}")

    def _event(self, worker: ProbeWorker, pod: Pod, told: str) -> None:
        self.kubelet.recorder.of_pod(pod, "Warning", "Unhealthy", f"{worker.kind} {told}", worker.container)

    def _tell(self, worker: ProbeWorker, pod: Pod, healthy: bool) -> None:
        changed = worker.healthy != healthy
        worker.healthy = healthy
        if worker.kind == READINESS:
            if changed:
                self.kubelet.status_manager.set_readiness(pod, worker.container, healthy)
        elif not healthy and not worker.on_hold:
            worker.on_hold = True
            worker.run = self.run_on_hold
            self.kubelet.sync_loop.unhealthy(pod)
        elif worker.kind == STARTUP and changed:
            self.kubelet.status_manager.set_started(pod, worker.container)
            self.kubelet.sync_loop.unhealthy(pod)


class ProberOfV17(Prober):
    """The workers of v1.7: the second probe may come soon after the first, the others a period after that."""

    ticks_while_it_waits = True


@by_identity(maxsize=1024)
def _all_started(*every: tuple[ContainerSpec, ...]) -> dict[str, bool]:
    """Of init containers and containers without a probe; pods of a template share them."""
    return {spec.name: True for specs in every for spec in specs}


def probed(pod: Pod) -> tuple[ContainerSpec, ...]:
    """The containers that may have probes: sidecars among the init containers, and all others."""
    return (*(spec for spec in pod.spec.init_containers if is_sidecar(spec)), *pod.spec.containers)


def _probe(spec: ContainerSpec, kind: str) -> Probe | None:
    probes = {READINESS: spec.readiness_probe, LIVENESS: spec.liveness_probe, STARTUP: spec.startup_probe}
    return probes[kind]
