"""The runtime manager of today: a pod that had to be worked on is looked at right afterwards, and one that is
held back is synced when its back-off ends, not only some time later (v1.36.2 pkg/kubelet/pod_workers.go
completeWork, kuberuntime_manager.go)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Pod
from clustersim.api.devices import ClaimNotMade, claim_name
from clustersim.api.status import Reply
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.name_service import name_service
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_actions import LIVENESS
from clustersim.kubelet.pod_manager import pod_text
from clustersim.kubelet.resizing import shrinks_memory, too_small, with_resource
from clustersim.kubelet.runtime_manager import RuntimeManager, SyncJob
from clustersim.runtime.records import Container

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class RuntimeManagerOfToday(RuntimeManager):
    """SyncPod of v1.36."""

    kubelet: "KubeletV136"

    def sync(self, pod: Pod, view: PodView, serial: int) -> None:
        """Every time it is told what of the pod's name servers does not fit (generatePodSandboxConfig)."""
        self._tell_of_names(pod)
        super().sync(pod, view, serial)

    def _tell_of_names(self, pod: Pod) -> None:
        if pod.spec.dns_config is not None:
            for complaint in name_service(pod).complaints:
                self.kubelet.recorder.of_pod(pod, "Warning", "DNSConfigForming", complaint)

    def report(self, job: SyncJob, error: str) -> None:
        due = min(self._dues(job), default=None)
        uid = job.pod.metadata.uid
        self.kubelet.pod_workers.synced(uid, job.serial, error, changed=True, due=due)

    def make_sandbox(self, number: int, job: SyncJob, attempt: int) -> None:
        """Devices that a pod claims are prepared before (PrepareDynamicResources)."""
        self._tell_of_names(job.pod)
        claims = job.pod.spec.resource_claims
        if not claims:
            super().make_sandbox(number, job, attempt)
            return
        try:
            name = claim_name(job.pod, claims[0])
        except ClaimNotMade as why:
            self._not_prepared(number, job, f"prepare resource claim: {why}")
            return
        answer = self.then(self.claim_read, number, name)
        self.kubelet.api.get("resourceclaims", job.pod.metadata.namespace, name, answer)

    def claim_read(self, reply: Reply, number: int, name: str) -> None:
        """Nobody allocates devices here, so the claim is reserved for no pod."""
        job: SyncJob = self.state.jobs[number]
        metadata = job.pod.metadata
        if reply.ok:
            who = f"pod {metadata.name} ({metadata.uid})"
            why = f"{who} is not allowed to use ResourceClaim {name} ({reply.body.metadata.uid})"
        else:
            why = f"failed to fetch ResourceClaim {name} referenced by pod {metadata.name}: {reply.message}"
        self._not_prepared(number, job, why)

    def _not_prepared(self, number: int, job: SyncJob, why: str) -> None:
        text = f"Failed to prepare dynamic resources: {why}"
        self.kubelet.recorder.of_pod(job.pod, "Warning", "FailedPrepareDynamicResources", text)
        self._finish(number, job)

    def attempt(self, pod: Pod, name: str, latest: Container | None) -> int:
        """Without a record the names of its old logs tell (calcRestartCountByLogDir), which say what the
        pod's status says."""
        if latest is not None:
            return latest.attempt + 1
        status = self.kubelet.status_manager.status_of(pod.metadata.uid) or pod.status
        statuses = (*status.init_container_statuses, *status.container_statuses)
        return next((one.restart_count for one in statuses if one.name == name), 0)

    def grace_of_kill(self, pod: Pod, container: Container) -> Micros:
        """That of the probe that failed, where it has one of its own (setTerminationGracePeriod)."""
        failed = self.kubelet.prober.results(pod).failed.get(container.id)
        specs = (*pod.spec.containers, *pod.spec.init_containers)
        spec = next((one for one in specs if one.name == container.name), None)
        if spec is not None and failed is not None:
            probe = spec.liveness_probe if failed == LIVENESS else spec.startup_probe
            if probe is not None and probe.termination_grace_period_seconds is not None:
                return probe.termination_grace_period_seconds * SECOND
        return super().grace_of_kill(pod, container)

    # --- other sizes --------------------------------------------------------------------------------

    def start_next(self, number: int) -> None:
        """Containers that run get their size after init containers are started and before others are."""
        job: SyncJob = self.state.jobs[number]
        main = {spec.name for spec in job.pod.spec.containers}
        if not job.resizes or (job.left and job.left[0] not in main):
            super().start_next(number)
        elif shrinks_memory(job.resizes) and not job.sizes:
            self.ask_runtime("memory", job.pod.metadata.uid, then=self.measured, extra=(number,))
        else:
            self._resize(number, job)

    def measured(self, reply: Reply, number: int) -> None:
        """What the containers take: no limit goes below that (validateMemoryResizeAction)."""
        job: SyncJob = self.state.jobs[number]
        error = f'unable to read memory usage for pod "{pod_text(job.pod)}"'
        if reply.ok:
            error = too_small(job.pod, job.view, tuple(job.resizes), dict(reply.body))
        if error:
            self._not_resized(number, job, error)
        else:
            self._resize(number, job)

    def _resize(self, number: int, job: SyncJob) -> None:
        one = job.resizes.pop(0)
        running = one.container
        now = job.sizes.get(running.id, running.spec.resources)
        job.sizes[running.id] = wanted = with_resource(now, one.resource, one.resources)
        self.ask_runtime("update", running.id, wanted, then=self.resized, extra=(number,))

    def resized(self, reply: Reply, number: int) -> None:
        """The runtime has given a container its size, or has not."""
        job: SyncJob = self.state.jobs[number]
        if reply.ok:
            self.start_next(number)
        else:
            self._not_resized(number, job, self.kubelet.runtime_error(reply))

    def _not_resized(self, number: int, job: SyncJob, error: str) -> None:
        job.resizes.clear()
        self.kubelet.allocation.failed(job.pod, error)
        name = pod_text(job.pod)
        job.errors.append(f'failed to "ResizePodInPlace" for "{name}" with ResizePodInPlaceError: "{error}"')
        self.start_next(number)

    def _dues(self, job: SyncJob) -> Iterator[Micros]:
        """When the back-offs end for which containers were not started now; that of an image is not told."""
        for name, (reason, _) in self.reasons(job.pod.metadata.uid).items():
            if name in job.actions.start and reason == "CrashLoopBackOff":
                due = self.may_restart(job.pod, name, job.view).due
                if due is not None:
                    yield due
