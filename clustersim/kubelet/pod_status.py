"""The status of a pod as the kubelet sees it, from its specification and what docker has of it: pure
functions.

(v1.7.5 pkg/kubelet/kubelet_pods.go generateAPIPodStatus, convertToAPIContainerStatuses, getPhase;
pkg/kubelet/status/generate.go)
"""

from collections.abc import Mapping

from clustersim.api import core_v1 as v1
from clustersim.api.meta import replace
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import Micros
from clustersim.kubelet.pleg import PodView
from clustersim.runtime.records import EXITED, RUNNING, Container

FINISHED = ("Succeeded", "Failed")


def should_restart(pod: v1.Pod, name: str, view: PodView) -> bool:
    """The container is to be started at the next sync (pkg/kubelet/container/helpers.go
    ShouldContainerBeRestarted)."""
    latest = view.latest(name)
    if latest is None:
        return True
    if latest.state != EXITED:
        return latest.state != RUNNING
    policy = pod.spec.restart_policy
    return policy == "Always" or (policy == "OnFailure" and latest.exit_code != 0)


def container_state(container: Container) -> v1.ContainerState:
    """One container's state."""
    if container.state == RUNNING:
        return v1.ContainerState(running=v1.ContainerStateRunning(started_at=_time(container.started_at)))
    if container.state == EXITED:
        reason = "Completed" if container.exit_code == 0 else "Error"
        if container.oom_killed:
            reason = "OOMKilled"
        ended = v1.ContainerStateTerminated(
            exit_code=container.exit_code,
            reason=reason,
            started_at=_time(container.started_at),
            finished_at=_time(container.finished_at),
            container_id=f"docker://{container.id}",
        )
        return v1.ContainerState(terminated=ended)
    return v1.ContainerState(waiting=v1.ContainerStateWaiting(reason="ContainerCreating"))


def _time(t: Micros | None) -> str:
    return "" if t is None else rfc3339(t)


def container_statuses(
    pod: v1.Pod, view: PodView, reasons: Mapping[str, tuple[str, str]], ready: Mapping[str, tuple[str, bool]]
) -> tuple[v1.ContainerStatus, ...]:
    """Of every container of the specification, by name. reasons: why a container could not be started last
    time.

    ready: what readiness probes say: name -> (of which container id, whether it is ready).
    """
    old = {status.name: status for status in pod.status.container_statuses}
    found = []
    for spec in pod.spec.containers:
        known = [container for container in view.containers if container.name == spec.name]
        status = _status_of(spec, known, old.get(spec.name))
        if spec.name in reasons and should_restart(pod, spec.name, view):
            reason, message = reasons[spec.name]
            last = status.state if status.state.terminated is not None else status.last_state
            waiting = v1.ContainerState(waiting=v1.ContainerStateWaiting(reason=reason, message=message))
            status = replace(status, state=waiting, last_state=last)
        is_ready = status.state.running is not None
        if spec.name in ready:
            probed, answer = ready[spec.name]
            is_ready = is_ready and answer and probed == known[0].id
        found.append(replace(status, ready=is_ready))
    return tuple(sorted(found, key=lambda status: status.name))


def _status_of(
    spec: v1.Container, known: list[Container], old: v1.ContainerStatus | None
) -> v1.ContainerStatus:
    if not known:
        waiting = v1.ContainerStateWaiting(reason="ContainerCreating")
        return v1.ContainerStatus(
            name=spec.name,
            state=v1.ContainerState(waiting=waiting),
            ready=False,
            restart_count=old.restart_count if old else 0,
            image=spec.image,
            last_state=old.last_state if old else v1.ContainerState(),
        )
    latest = known[0]
    last = container_state(known[1]) if len(known) > 1 else (old.last_state if old else v1.ContainerState())
    return v1.ContainerStatus(
        name=spec.name,
        state=container_state(latest),
        ready=False,
        restart_count=latest.attempt,
        image=latest.image,
        last_state=last,
        image_id=f"docker-pullable://{latest.image}",
        container_id=f"docker://{latest.id}",
    )


def phase_of(pod: v1.Pod, statuses: tuple[v1.ContainerStatus, ...]) -> str:
    """getPhase."""
    waiting = running = stopped = succeeded = 0
    for status in statuses:
        state = status.state
        if state.running is not None:
            running += 1
        elif state.terminated is not None:
            stopped += 1
            succeeded += state.terminated.exit_code == 0
        elif status.last_state.terminated is not None:
            stopped += 1
        else:
            waiting += 1
    if waiting:
        return "Pending"
    if running or pod.spec.restart_policy == "Always":
        return "Running"
    if stopped == succeeded:
        return "Succeeded"
    return "Failed" if pod.spec.restart_policy == "Never" else "Running"


def ready_condition(phase: str, statuses: tuple[v1.ContainerStatus, ...]) -> v1.PodCondition:
    """Condition Ready (GeneratePodReadyCondition)."""
    if phase == "Succeeded":
        return v1.PodCondition(type="Ready", status="False", reason="PodCompleted")
    unready = [status.name for status in statuses if not status.ready]
    if unready:
        message = f"containers with unready status: [{' '.join(unready)}]"
        return v1.PodCondition(type="Ready", status="False", reason="ContainersNotReady", message=message)
    return v1.PodCondition(type="Ready", status="True")


def pod_status(
    pod: v1.Pod,
    view: PodView,
    host_ip: str,
    reasons: Mapping[str, tuple[str, str]],
    ready: Mapping[str, tuple[str, bool]],
) -> v1.PodStatus:
    """The whole status, but for times of transitions, which the status manager knows."""
    statuses = container_statuses(pod, view, reasons, ready)
    phase = phase_of(pod, statuses)
    scheduled = tuple(condition for condition in pod.status.conditions if condition.type == "PodScheduled")
    sandbox = view.sandboxes[0] if view.sandboxes else None
    ip = sandbox.ip if sandbox is not None and sandbox.ready else ""
    if pod.spec.host_network:
        ip = host_ip
    return v1.PodStatus(
        phase=phase,
        conditions=(
            v1.PodCondition(type="Initialized", status="True"),
            ready_condition(phase, statuses),
            *scheduled,
        ),
        host_ip=host_ip,
        pod_ip=ip,
        container_statuses=statuses,
        qos_class=pod.status.qos_class,
    )


def nothing_runs(statuses: tuple[v1.ContainerStatus, ...]) -> bool:
    """No container is reported as running (notRunning: waiting counts as not running)."""
    return all(status.state.running is None for status in statuses)
