"""The runtime manager of today: a pod that had to be worked on is looked at right afterwards, and one that is
held back is synced when its back-off ends, not only some time later (v1.36.2 pkg/kubelet/pod_workers.go
completeWork, kuberuntime_manager.go)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.pod_actions import LIVENESS
from clustersim.kubelet.runtime_manager import RuntimeManager, SyncJob
from clustersim.runtime.records import Container

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class RuntimeManagerOfToday(RuntimeManager):
    """SyncPod of v1.36."""

    kubelet: "KubeletV136"

    def report(self, job: SyncJob, error: str) -> None:
        due = min(self._dues(job), default=None)
        uid = job.pod.metadata.uid
        self.kubelet.pod_workers.synced(uid, job.serial, error, changed=True, due=due)

    def is_abandoned(self, job: SyncJob) -> bool:
        worker = self.kubelet.pod_workers.worker(job.pod.metadata.uid)
        return worker is None or worker.terminating_at is not None

    def attempt(self, pod: Pod, name: str, latest: Container | None) -> int:
        """Without a record the names of its old logs tell (calcRestartCountByLogDir), which say what the
        pod's status says."""
        if latest is not None:
            return latest.attempt + 1
        status = self.kubelet.status_manager.status_of(pod.metadata.uid) or pod.status
        statuses = (*status.init_container_statuses, *status.container_statuses)
        return next((one.restart_count for one in statuses if one.name == name), 0)

    def grace_of_kill(self, job: SyncJob) -> Micros:
        """That of the probe that failed, where it has one of its own (setTerminationGracePeriod)."""
        failed = self.kubelet.prober.results(job.pod).failed
        specs = (*job.pod.spec.containers, *job.pod.spec.init_containers)
        for container, _reason in job.actions.kill:
            spec = next((one for one in specs if one.name == container.name), None)
            if spec is None or container.id not in failed:
                continue
            probe = spec.liveness_probe if failed[container.id] == LIVENESS else spec.startup_probe
            if probe is not None and probe.termination_grace_period_seconds is not None:
                return probe.termination_grace_period_seconds * SECOND
        return super().grace_of_kill(job)

    def _dues(self, job: SyncJob) -> Iterator[Micros]:
        """When the back-offs end for which containers were not started now; that of an image is not told."""
        for name, (reason, _) in self.reasons(job.pod.metadata.uid).items():
            if name in job.actions.start and reason == "CrashLoopBackOff":
                due = self.may_restart(job.pod, name, job.view).due
                if due is not None:
                    yield due
