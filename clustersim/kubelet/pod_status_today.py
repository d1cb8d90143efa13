"""What a pod's status of today has beyond that of 2017 (v1.36.2 pkg/kubelet/kubelet_pods.go,
pkg/kubelet/status/generate.go)."""

from typing import Final

from clustersim.api import core_v1 as v1
from clustersim.api.conditions import is_true
from clustersim.api.meta import NONE, replace
from clustersim.api.pod_containers import ephemeral_containers
from clustersim.kubelet import whole_restart
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.pod_resources import allocated, of_whole_pod
from clustersim.kubelet.pod_status import INITIALIZED, Findings, StatusGenerator, initialized
from clustersim.runtime.records import RUNNING, SIGKILLED, Container

READY_TO_START: Final = "PodReadyToStartContainers"
LOST: Final = v1.ContainerStateTerminated(
    exit_code=SIGKILLED,
    reason="ContainerStatusUnknown",
    message="The container could not be located when the pod was deleted.  The container used to be Running",
)

TAKEN_FOR_ENDED: Final = v1.ContainerState(
    terminated=v1.ContainerStateTerminated(
        exit_code=0,
        reason="Completed",
        message="Unable to get init container status from container runtime and pod has been initialized, "
        "treat it as exited normally",
    )
)
"""Of an init container that the runtime has forgotten, while those after it show that it ended."""


class StatusGeneratorOfToday(StatusGenerator):
    """generateAPIPodStatus of v1.36: conditions of containers apart from the pod's, sidecars, startup
    probes, and containers that were lost while nobody looked."""

    trusts_waiting = False

    def status(
        self, pod: v1.Pod, view: PodView, host_ip: str, findings: Findings, *, terminal: bool = False
    ) -> v1.PodStatus:
        status = whole_restart.told(
            pod, view, super().status(pod, view, host_ip, findings, terminal=terminal)
        )
        ips = (v1.PodIP(ip=status.pod_ip),) if status.pod_ip else ()
        return replace(
            status,
            allocated_resources=allocated(pod) or NONE,
            resources=of_whole_pod(pod),
            ephemeral_container_statuses=self._ephemeral_statuses(pod, view, findings),
            host_ips=(v1.HostIP(ip=host_ip),),
            pod_ips=ips,
            observed_generation=pod.metadata.generation,
        )

    def _ephemeral_statuses(
        self, pod: v1.Pod, view: PodView, findings: Findings
    ) -> tuple[v1.ContainerStatus, ...]:
        """Of every ephemeral container, by name: no probe ever looks at them, so that they are never ready,
        and never said to have started (pkg/kubelet/prober UpdatePodStatus)."""
        waiting = "PodInitializing" if pod.spec.init_containers else "ContainerCreating"
        old = {status.name: status for status in pod.status.ephemeral_container_statuses}
        found = [
            replace(
                self._status(pod, view, spec, old.get(spec.name), waiting, findings),
                ready=False,
                started=None,
            )
            for spec in ephemeral_containers(pod)
        ]
        return tuple(sorted(found, key=lambda status: status.name))

    def conditions(
        self,
        pod: v1.Pod,
        view: PodView,
        phase: str,
        init: tuple[v1.ContainerStatus, ...],
        statuses: tuple[v1.ContainerStatus, ...],
    ) -> tuple[v1.PodCondition, ...]:
        has_sandbox = len([box for box in view.sandboxes if box.ready]) == 1 and view.sandboxes[0].ready
        found = (
            v1.PodCondition(type=READY_TO_START, status=str(has_sandbox)),
            self._initialized(pod, phase, init, statuses),
            self.ready_condition(pod, phase, init, statuses),
            self.ready_condition(pod, phase, init, statuses, "ContainersReady"),
            v1.PodCondition(type="PodScheduled", status="True"),
        )
        generation = pod.metadata.generation
        return tuple(replace(condition, observed_generation=generation) for condition in found)

    def _initialized(
        self,
        pod: v1.Pod,
        phase: str,
        init: tuple[v1.ContainerStatus, ...],
        statuses: tuple[v1.ContainerStatus, ...],
    ) -> v1.PodCondition:
        """A pod that was initialized once stays so, also while a sidecar restarts or all begins anew."""
        if phase == "Succeeded":
            return v1.PodCondition(type="Initialized", status="True", reason="PodCompleted")
        before = is_true(pod.status, "Initialized")
        if before or any(one.state.running or one.state.terminated for one in statuses):
            return INITIALIZED
        return initialized(pod, phase, init)

    def ready_condition(
        self,
        pod: v1.Pod,
        phase: str,
        init: tuple[v1.ContainerStatus, ...],
        statuses: tuple[v1.ContainerStatus, ...],
        kind: str = "Ready",
    ) -> v1.PodCondition:
        if phase in FINISHED:
            reason = "PodCompleted" if phase == "Succeeded" else "PodFailed"
            return v1.PodCondition(type=kind, status="False", reason=reason)
        sidecars = {spec.name for spec in pod.spec.init_containers if spec.restart_policy == "Always"}
        beside = tuple(one for one in init if one.name in sidecars)
        found = super().ready_condition(pod, phase, init, (*beside, *statuses), kind)
        unmet = _unmet_gates(pod) if kind == "Ready" and found.status == "True" else []
        if not unmet:
            return found
        return v1.PodCondition(
            type=kind, status="False", reason="ReadinessGatesNotReady", message=", ".join(unmet)
        )

    def judged(
        self,
        spec: v1.Container,
        status: v1.ContainerStatus,
        latest: Container | None,
        findings: Findings,
        *,
        init: bool,
    ) -> v1.ContainerStatus:
        """Started: it runs and its startup probe, if any, succeeded. Ready: the same and its readiness
        probe."""
        if init and spec.restart_policy != "Always":
            runs = status.state.running is not None
            return replace(super().judged(spec, status, latest, findings, init=True), started=runs)
        started = status.state.running is not None
        for probes in (findings.started, findings.ready):
            if probes is findings.ready:
                status = replace(status, started=started)
            if spec.name in probes:
                probed, answer = probes[spec.name]
                started = started and answer and latest is not None and probed == latest.id
        return replace(status, ready=started)

    def state_of_created(self, container: Container) -> v1.ContainerState:
        return v1.ContainerState(waiting=v1.ContainerStateWaiting())

    def starts_again(self, pod: v1.Pod, name: str, view: PodView) -> bool:
        """Nothing of a pod does that is being deleted."""
        return not pod.metadata.deletion_timestamp and super().starts_again(pod, name, view)

    def _status(
        self,
        pod: v1.Pod,
        view: PodView,
        spec: v1.Container,
        old: v1.ContainerStatus | None,
        waiting: str,
        findings: Findings,
        *,
        init: bool = False,
    ) -> v1.ContainerStatus:
        """With what a container was allocated, and what it has, if it was made."""
        latest = view.latest(spec.name)
        if latest is None and init and spec.restart_policy != "Always" and _came_past(pod, view):
            status = self.missing(pod, spec, old, waiting)
            if status.state.waiting is not None:
                return replace(status, state=TAKEN_FOR_ENDED, ready=True, started=False)
        status = super()._status(pod, view, spec, old, waiting, findings, init=init)
        if latest is None:
            return status
        has = latest.spec.resources if latest.state == RUNNING else spec.resources
        requests = spec.resources.requests
        return replace(status, resources=has, allocated_resources=requests or NONE)

    def missing(
        self, pod: v1.Pod, spec: v1.Container, old: v1.ContainerStatus | None, waiting: str
    ) -> v1.ContainerStatus:
        """A container that ran when it was last looked at has ended unseen, and is started once more."""
        status = super().missing(pod, spec, old, waiting)
        if old is None:
            return status
        if whole_restart.is_restarting(pod.status):
            return whole_restart.removed(status, old)
        if old.state.terminated is not None:
            return old
        if old.state.running is None or old.last_state.terminated is not None:
            return status
        again = 0 if pod.metadata.deletion_timestamp else 1
        return replace(
            status,
            last_state=v1.ContainerState(terminated=LOST),
            restart_count=status.restart_count + again,
        )


def _came_past(pod: v1.Pod, view: PodView) -> bool:
    """A container of those after the init containers was made (HasAnyRegularContainerCreated)."""
    return any(view.latest(spec.name) is not None for spec in pod.spec.containers)


def _unmet_gates(pod: v1.Pod) -> list[str]:
    """What somebody else has to say before the pod is ready, and has not (GeneratePodReadyCondition)."""
    said = {one.type: one.status for one in pod.status.conditions}
    unmet = []
    for gate in pod.spec.readiness_gates:
        name = gate.condition_type
        if name not in said:
            unmet.append(f'corresponding condition of pod readiness gate "{name}" does not exist.')
        elif said[name] != "True":
            unmet.append(f'the status of pod readiness gate "{name}" is not "True", but {said[name]}')
    return unmet
