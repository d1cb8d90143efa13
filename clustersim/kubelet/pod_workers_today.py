"""Pod workers of today: every pod goes one way through three phases, whatever is asked of its worker.

```
            deleted, evicted, over                nothing runs                 reported
  syncing ------------------------> terminating -----------------> terminated ----------> finished
```
A worker works on one thing at a time, from a view of the runtime newer than the end of the one before; the
phase is looked at when it begins (v1.36.2 pkg/kubelet/pod_workers.go).
"""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.admission import is_static
from clustersim.kubelet.pod_manager import pod_key
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.pod_workers import IDLE, SYNCING, WAITING, PodWorkers, PodWorkersMemory
from clustersim.kubelet.running import RunningPod
from clustersim.kubelet.volumes import renews

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

SYNC: Final = "sync"
TERMINATING: Final = "terminating"
TERMINATED: Final = "terminated"

ORPHAN_GRACE: Final[Micros] = 1_000_000
"""Grace of pods that run though nobody knows them."""


TRANSIENT: Final[Micros] = 1_000_000
"""How soon a pod is tried again for which there was no network (backOffOnTransientErrorPeriod)."""

START_RETRY: Final[Micros] = 10_000_000
"""How soon a static pod is looked at again that waits for another of its name (backOffPeriod)."""


class Eviction(msgspec.Struct, frozen=True):
    """Why the kubelet itself ends a pod: reason and message of its status. disruption: what its condition
    DisruptionTarget says, if not that; is_disruption: it gets that condition. keeps_records: of its
    containers, so that their logs can be read (KillPodOptions.Evict is false)."""

    reason: str
    message: str
    disruption: str = ""
    is_disruption: bool = True
    keeps_records: bool = False


class WorkerOfToday(State):
    """One worker. pod: what it works on; running: what runs of a pod that nobody knows, instead of that.

    phase: idle, waiting or syncing; doing: what its present sync does; again: something came meanwhile, with
    its cause; synced_at: the end of its last sync. grace: how long its containers have to end, once that was
    said. deleted: the API server wants the pod gone. started: its first sync has begun; recreated: while it
    ended, a pod of the same uid was wanted anew.
    """

    serial: int
    pod: Pod | None = None
    running: RunningPod | None = None
    phase: str = IDLE
    doing: str = SYNC
    again: bool = False
    again_cause: int = 0
    synced_at: Micros | None = None
    terminating_at: Micros | None = None
    terminated_at: Micros | None = None
    grace: Micros | None = None
    eviction: Eviction | None = None
    deleted: bool = False
    started: bool = False
    recreated: bool = False
    finished: bool = False

    @property
    def work(self) -> str:
        """What its next sync does."""
        if self.terminated_at is not None:
            return TERMINATED
        return SYNC if self.terminating_at is None else TERMINATING


class PodWorkersOfToday(PodWorkers):
    """One worker for every pod that was ever wanted or found running, until it is over and forgotten."""

    kubelet: "KubeletV136"

    def memory(self) -> PodWorkersMemory:
        return PodWorkersMemory()

    def worker(self, uid: str) -> WorkerOfToday | None:
        """The worker of a pod."""
        found: WorkerOfToday | None = self.state.workers.get(uid)
        return found

    # --- what others ask ----------------------------------------------------------------------------

    def wants(self, uid: str) -> bool:
        """The pod's end has not begun."""
        worker = self.worker(uid)
        return worker is not None and worker.terminating_at is None

    def could_run(self, uid: str) -> bool:
        """Containers of the pod may run, or be started (CouldHaveRunningContainers)."""
        worker = self.worker(uid)
        if worker is None:
            return not self.kubelet.sync_loop.state.source_ready
        return worker.terminated_at is None

    def is_terminating(self, uid: str) -> bool:
        """The pod's end has begun (IsPodTerminationRequested)."""
        worker = self.worker(uid)
        return worker is not None and worker.terminating_at is not None

    def content_may_go(self, uid: str) -> bool:
        """Records of the pod's containers are garbage (ShouldPodContentBeRemoved)."""
        worker = self.worker(uid)
        if worker is None:
            return bool(self.kubelet.sync_loop.state.source_ready)
        over = worker.deleted and worker.terminated_at is not None
        return (worker.eviction is not None and not worker.eviction.keeps_records) or over

    # --- updates ------------------------------------------------------------------------------------

    def begin(self, pod: Pod) -> None:
        """Work on a pod that is new here. One of the same uid that ends is waited for: a file that was taken
        away and put back."""
        if self.is_terminating(pod.metadata.uid):
            self.state.workers[pod.metadata.uid].recreated = True
        else:
            self.update(pod)

    def update(self, pod: Pod) -> None:
        """Work on the pod: now if its worker is idle, otherwise after what it does."""
        uid = pod.metadata.uid
        worker = self.worker(uid) or self._new(uid, pod)
        if worker.finished or worker.running is not None:
            return
        worker.pod = pod
        if worker.terminating_at is None and (
            pod.metadata.deletion_timestamp or pod.status.phase in FINISHED
        ):
            worker.terminating_at = self.now
        worker.deleted = worker.deleted or bool(pod.metadata.deletion_timestamp)
        self._shorten(worker, pod)
        self._go(uid, worker)

    def kill(self, pod: Pod, grace: Micros | None = None, eviction: Eviction | None = None) -> None:
        """End the pod: it left the API server, or the kubelet evicts it."""
        uid = pod.metadata.uid
        worker = self.worker(uid) or self._new(uid, pod)
        if worker.finished:
            return
        worker.pod = pod
        worker.deleted = worker.deleted or eviction is None
        worker.eviction = worker.eviction or eviction
        if worker.terminating_at is None:
            worker.terminating_at = self.now
        self._shorten(worker, pod, grace)
        self._go(uid, worker)

    def _shorten(self, worker: WorkerOfToday, pod: Pod, wanted: Micros | None = None) -> None:
        """The grace of a pod that ends only ever becomes shorter (calculateEffectiveGracePeriod). Stopping
        that has begun goes on with the one that it began with (SyncTerminatingPod)."""
        if worker.terminating_at is None or worker.terminated_at is not None:
            return
        deletion = pod.metadata.deletion_grace_period_seconds
        told = (worker.grace, None if deletion is None else deletion * SECOND, wanted)
        given = [one for one in told if one is not None]
        worker.grace = max(
            SECOND, min(given) if given else pod.spec.termination_grace_period_seconds * SECOND
        )

    def kill_running(self, running: RunningPod) -> None:
        """End what runs of a pod that nobody knows."""
        worker = self._new(running.uid, None)
        worker.running = running
        worker.terminating_at = self.now
        worker.grace = ORPHAN_GRACE
        self._go(running.uid, worker)

    def _new(self, uid: str, pod: Pod | None) -> WorkerOfToday:
        memory: Any = self.state
        memory.serial += 1
        worker = memory.workers[uid] = WorkerOfToday(memory.serial, pod)
        if pod is not None and pod.status.phase in FINISHED and not self.kubelet.pleg.view(uid).running:
            worker.terminating_at = worker.terminated_at = self.now
        return worker

    def _go(self, uid: str, worker: WorkerOfToday) -> None:
        if worker.phase == IDLE:
            self._begin_work(uid, worker)
        else:
            worker.again, worker.again_cause = True, self.kubelet.engine.cause

    def _begin_work(self, uid: str, worker: WorkerOfToday) -> None:
        worker.again = False
        if not worker.started and not self._may_start(uid, worker):
            return
        worker.started = True
        worker.phase = WAITING
        if worker.running is None and self.kubelet.pleg.newer_view(uid, worker.synced_at) is None:
            self.kubelet.pleg.wait(uid)
            return
        worker.phase = SYNCING
        worker.doing = worker.work
        self.post(0, self.run, uid, worker.serial)

    def _may_start(self, uid: str, worker: WorkerOfToday) -> bool:
        """A static pod waits until others of its name, made from what the file said before, are over, and is
        looked at every ten to fifteen seconds meanwhile; one that is to end before is over at once
        (allowPodStart)."""
        pod, workers = worker.pod, self.state.workers.values()
        if pod is None or not is_static(pod):
            return True
        if worker.terminating_at is not None:
            worker.finished = worker.terminated_at is None
            worker.terminated_at = worker.terminated_at or self.now
            return not worker.finished
        for other in workers:
            if other.pod is None or other.finished or pod_key(other.pod) != pod_key(pod):
                continue
            waits = other.serial < worker.serial and other.terminating_at is None
            if other is not worker and is_static(other.pod) and (other.started or waits):
                self.kubelet.sync_loop.sync_at(uid, self._jittered(START_RETRY, "retry"))
                return False
        return True

    def run(self, uid: str, serial: int) -> None:
        worker = self.worker(uid)
        if worker is None or worker.serial != serial:
            return
        sync = self.kubelet.pod_sync
        if worker.running is not None:
            sync.terminate_running(worker.running, serial)
            return
        assert worker.pod is not None
        pod = self.kubelet.allocation.of(self.kubelet.pod_manager.get(uid) or worker.pod)
        view = self.kubelet.pleg.view(uid)
        if worker.doing == TERMINATED:
            sync.finish(pod, view, serial)
        elif worker.doing == TERMINATING:
            sync.terminate(pod, view, serial, worker.grace, worker.eviction)
        else:
            sync.sync(pod, view, serial)

    def cache_renewed(self, uid: str) -> None:
        worker = self.worker(uid)
        if worker is not None and worker.phase == WAITING:
            self._begin_work(uid, worker)

    # --- ends of syncs --------------------------------------------------------------------------------

    def synced(
        self,
        uid: str,
        serial: int,
        error: str,
        *,
        over: bool = False,
        changed: bool = False,
        due: Micros | None = None,
    ) -> None:
        """A sync ended. over: the pod has come to its own end; changed: something was done to containers, so
        the runtime is asked at once how they are; due: until when a back-off lasts."""
        worker = self.worker(uid)
        if worker is None or worker.serial != serial:
            return
        worker.phase = IDLE
        worker.synced_at = self.now
        if changed and not error:
            self.kubelet.pleg.request_relist(uid)
        if error:
            self._again_after(uid, worker, error, due)
        else:
            self._next_phase(uid, worker, over)
        if worker.again and not worker.finished:
            self.kubelet.engine.cause = worker.again_cause or self.kubelet.engine.cause
            self._begin_work(uid, worker)

    def _again_after(self, uid: str, worker: WorkerOfToday, error: str, due: Micros | None) -> None:
        kubelet, flags = self.kubelet, self.kubelet.flags
        if worker.pod is not None:
            self.log("pod_workers.go", kubelet.words.sync_failed(worker.pod, error), "E")
        wait = TRANSIENT if error.startswith("network is not ready") else flags.sync_retry_period
        if due is not None:
            wait = min(flags.sync_frequency, max(0, due - self.now))
        kubelet.sync_loop.sync_at(uid, self._jittered(wait, "retry"))

    def _next_phase(self, uid: str, worker: WorkerOfToday, over: bool) -> None:
        if worker.running is not None:
            self.forget(uid)
            worker.finished = True
        elif worker.doing == TERMINATED:
            worker.finished = True
            if worker.recreated:
                self.kubelet.loops["housekeeping"].wake()
        elif worker.doing == TERMINATING:
            worker.terminated_at = self.now
            self.kubelet.eviction.killed(uid)
            self.kubelet.critical_pods.killed(uid)
            worker.again, worker.again_cause = True, self.kubelet.engine.cause
        elif over:
            if worker.terminating_at is None:
                worker.terminating_at = self.now
            worker.again, worker.again_cause = True, self.kubelet.engine.cause
        else:
            self.kubelet.sync_loop.not_due(uid)
            pod = worker.pod
            renewing = pod is not None and (renews(pod) or bool(pod.spec.image_pull_secrets))
            if renewing or self.kubelet.engine.ticking:
                # Any other resync finds nothing to do: only a ticking world does it.
                stream = "renewal" if renewing else "resync"
                wait = self._jittered(self.kubelet.flags.sync_frequency, stream)
                self.kubelet.sync_loop.sync_at(uid, wait, again=True)

    # --- housekeeping ---------------------------------------------------------------------------------

    def keep_only(self, uids: dict[str, Pod]) -> None:
        """Forget finished workers of pods that nobody wants, end those that are not over (SyncKnownPods), and
        begin anew with pods that were wanted again meanwhile."""
        workers: dict[str, WorkerOfToday] = self.state.workers
        for uid in [uid for uid, one in workers.items() if one.recreated and one.finished and uid in uids]:
            self.forget(uid)
            self.kubelet.status_manager.forget(uid)
            self.update(uids[uid])
        for uid in [uid for uid in self.state.workers if uid not in uids]:
            worker = self.worker(uid)
            assert worker is not None
            if worker.finished:
                self.forget(uid)
            elif worker.terminating_at is None and worker.pod is not None:
                self.kill(worker.pod)
