"""Pod workers: at most one sync of a pod at a time, each from a view of docker newer than the sync before.

```
          update             a newer relist is there          done
  idle ---------> waiting ---------------------------> syncing -----> idle, or waiting for an update's sake
```
(v1.7.5 pkg/kubelet/pod_workers.go)
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.kubelet.part import Part
from clustersim.kubelet.volumes import renews

IDLE: Final = "idle"
WAITING: Final = "waiting"
SYNCING: Final = "syncing"


class Worker(State):
    """One worker. pod: what it works on; pending: what came meanwhile, with its cause; synced_at: end of
    its last sync.

    serial: tells it from an earlier worker of the same pod.
    """

    serial: int
    pod: Pod
    phase: str = IDLE
    pending: Pod | None = None
    pending_cause: int = 0
    synced_at: Micros | None = None


class PodWorkersMemory(State):
    """Workers by pod uid."""

    workers: dict[str, Worker] = msgspec.field(default_factory=dict)
    serial: int = 0


class PodWorkers(Part):
    """One worker for every pod that was ever to be synced and not forgotten."""

    name = "pod-workers"

    def memory(self) -> PodWorkersMemory:
        return PodWorkersMemory()

    def busy(self, uid: str) -> bool:
        """Its worker syncs the pod, or is about to."""
        worker = self.state.workers.get(uid)
        return worker is not None and worker.phase != IDLE

    def wants(self, uid: str) -> bool:
        """A sync of the pod is not in vain: v1.7 and v1.8 end none that has begun."""
        return True

    def update(self, pod: Pod) -> None:
        """Sync the pod: now if its worker is idle, otherwise after the sync that it does."""
        memory: PodWorkersMemory = self.state
        uid = pod.metadata.uid
        if (worker := memory.workers.get(uid)) is None:
            memory.serial += 1
            worker = memory.workers[uid] = Worker(memory.serial, pod)
        if worker.phase == IDLE:
            worker.pod = pod
            self._begin(uid, worker)
        else:
            worker.pending, worker.pending_cause = pod, self.kubelet.engine.cause

    def _begin(self, uid: str, worker: Worker) -> None:
        worker.phase = WAITING
        view = self.kubelet.pleg.newer_view(uid, worker.synced_at)
        if view is None:
            self.kubelet.pleg.wait(uid)
            return
        worker.phase = SYNCING
        self.post(0, self.run, uid, worker.serial)

    def run(self, uid: str, serial: int) -> None:
        """The worker's goroutine has its turn: what the main loop still takes in before is left for the
        next sync."""
        worker = self.state.workers.get(uid)
        if worker is not None and worker.serial == serial:
            pod = self.kubelet.pod_manager.get(uid) or worker.pod
            self.kubelet.pod_sync.sync(pod, self.kubelet.pleg.view(uid), serial)

    def cache_renewed(self, uid: str) -> None:
        """A relist ended that the pod's worker waited for."""
        worker = self.state.workers.get(uid)
        if worker is not None and worker.phase == WAITING:
            self._begin(uid, worker)

    def synced(self, uid: str, serial: int, error: str) -> None:
        """A sync ended; after an error the pod is synced again in 10 to 15 s."""
        worker = self.state.workers.get(uid)
        if worker is None or worker.serial != serial:
            return
        kubelet, flags = self.kubelet, self.kubelet.flags
        worker.phase = IDLE
        worker.synced_at = self.engine.state.now
        if error:
            self.log("pod_workers.go", kubelet.words.sync_failed(worker.pod, error), "E")
            kubelet.recorder.of_pod(worker.pod, "Warning", "FailedSync", "Error syncing pod")
            kubelet.sync_loop.sync_at(uid, self._jittered(flags.sync_retry_period, "retry"))
        else:
            kubelet.sync_loop.not_due(uid)
            renewing = renews(worker.pod)
            if renewing or kubelet.engine.ticking:
                # Any other resync finds nothing to do: only a ticking world does it.
                wait = self._jittered(flags.sync_frequency, "renewal" if renewing else "resync")
                kubelet.sync_loop.sync_at(uid, wait, again=True)
        if worker.pending is not None:
            worker.pod, worker.pending = worker.pending, None
            kubelet.engine.cause = worker.pending_cause or kubelet.engine.cause
            self._begin(uid, worker)

    def resync(self) -> None:
        """From now on it matters when pods are looked at that nothing happens to."""
        due = self.kubelet.sync_loop.due
        for uid, worker in self.state.workers.items():
            if worker.phase == IDLE and worker.synced_at is not None and uid not in due:
                wait = self._jittered(self.kubelet.flags.sync_frequency, "resync")
                passed = (self.now - worker.synced_at) % wait
                self.kubelet.sync_loop.sync_at(uid, wait - passed, again=True)

    def forget(self, uid: str) -> None:
        """The pod needs no syncs any more."""
        self.state.workers.pop(uid, None)
        self.kubelet.sync_loop.not_due(uid)
        self.kubelet.pleg.state.waiting.pop(uid, None)

    def keep_only(self, uids: dict[str, Pod]) -> None:
        """Forget the workers of all other pods."""
        workers: dict[str, Worker] = self.state.workers
        if not workers.keys() <= uids.keys():
            for uid in [uid for uid in workers if uid not in uids]:
                self.forget(uid)

    def _jittered(self, wait: Micros, stream: str) -> Micros:
        share = self.kubelet.flags.worker_jitter
        return wait + int(self.kubelet.chancy_random(stream).random() * share * wait)
