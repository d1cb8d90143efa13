"""The status of a pod as the kubelet sees it, from its specification and what the runtime has of it: pure
functions, and a class for what differs between the years.

(v1.7.5 pkg/kubelet/kubelet_pods.go generateAPIPodStatus, convertToAPIContainerStatuses, getPhase;
pkg/kubelet/status/generate.go)
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from sys import intern
from typing import ClassVar, Final

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.container_restarts import restarts
from clustersim.api.meta import NONE, replace
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import Micros
from clustersim.kubelet.admission import SOURCE
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_phase import phase_of
from clustersim.kubelet.words import Words
from clustersim.runtime.records import EXITED, RUNNING, Container

NEVER_RAN: Final = v1.ContainerState()
INITIALIZED: Final = v1.PodCondition(type="Initialized", status="True")

MOST_MESSAGE: Final = 4096
MOST_LOG: Final = 2048
MOST_LOG_LINES: Final = 80
"""Characters of a termination message, and of one that is the end of a log, and its lines."""
MOST_OF_POD: Final = 12 * 1024
"""Of all messages of a pod together (MaxPodTerminationMessageLogLength)."""


class Findings(msgspec.Struct, frozen=True, gc=False):
    """What else is known of a pod's containers.

    reasons: why they could not be started last time: name -> (reason, message). ready, started: what
    readiness and startup probes say, of containers that have one: name -> (of which container id, whether).
    """

    reasons: Mapping[str, tuple[str, str]] = {}
    ready: Mapping[str, tuple[str, bool]] = {}
    started: Mapping[str, tuple[str, bool]] = {}


def should_restart(pod: v1.Pod, name: str, view: PodView) -> bool:
    """The container is to be started at the next sync (pkg/kubelet/container/helpers.go
    ShouldContainerBeRestarted, today ContainerShouldRestart)."""
    latest = view.latest(name)
    if latest is None:
        return True
    if latest.state != EXITED:
        return latest.state != RUNNING
    return restarts(pod, name, latest.exit_code)


def has_begun(pod: v1.Pod, view: PodView) -> bool:
    """The present sandbox has one of the containers that come after the init containers
    (HasAnyActiveRegularContainerStarted)."""
    if not pod.spec.init_containers or not view.sandboxes:
        return False
    main = {spec.name for spec in pod.spec.containers}
    return any(one.name in main and one.sandbox_id == view.sandboxes[0].id for one in view.containers)


_NEVER: Final = "1970-01-01T00:00:00Z"
"""When a container of today began that never did."""


class StatusGenerator:
    """generateAPIPodStatus of v1.7 and v1.8. Times of transitions are the status manager's. wall: what the
    clock of the node showed at a moment, which is what its runtime tells of containers."""

    trusts_waiting: ClassVar[bool] = True

    def __init__(self, words: Words, wall: Callable[[Micros], Micros]) -> None:
        self.words = words
        self._wall = wall

    def status(
        self, pod: v1.Pod, view: PodView, host_ip: str, findings: Findings, *, terminal: bool = False
    ) -> v1.PodStatus:
        """The whole status. terminal: nothing of the pod will be started any more."""
        init = self.init_statuses(pod, view, findings)
        statuses = self.statuses(pod, view, findings)
        begun = has_begun(pod, view)
        terminal = terminal and SOURCE not in pod.metadata.annotations
        phase = phase_of(
            pod,
            init,
            statuses,
            terminal=terminal,
            begun=begun,
            trusts_waiting=self.trusts_waiting,
        )
        return v1.PodStatus(
            phase=phase,
            conditions=self.conditions(pod, view, phase, init, statuses),
            host_ip=host_ip,
            pod_ip=pod_ip(pod, view, host_ip),
            init_container_statuses=init,
            container_statuses=statuses,
            qos_class=pod.status.qos_class,
            allocated_resources=NONE,
        )

    def conditions(
        self,
        pod: v1.Pod,
        view: PodView,
        phase: str,
        init: tuple[v1.ContainerStatus, ...],
        statuses: tuple[v1.ContainerStatus, ...],
    ) -> tuple[v1.PodCondition, ...]:
        """All conditions, in the order of the release."""
        scheduled = [one for one in pod.status.conditions if one.type == "PodScheduled"]
        return (initialized(pod, phase, init), self.ready_condition(pod, phase, init, statuses), *scheduled)

    def ready_condition(
        self,
        pod: v1.Pod,
        phase: str,
        init: tuple[v1.ContainerStatus, ...],
        statuses: tuple[v1.ContainerStatus, ...],
        kind: str = "Ready",
    ) -> v1.PodCondition:
        """Condition Ready, or another that looks at the containers (GeneratePodReadyCondition)."""
        if phase == "Succeeded":
            return v1.PodCondition(type=kind, status="False", reason="PodCompleted")
        unready = [status.name for status in statuses if not status.ready]
        if len(unready) > 1:
            order = [spec.name for spec in (*pod.spec.init_containers, *pod.spec.containers)]
            unready.sort(key=order.index)
        return _readiness(kind, tuple(unready))

    # --- containers -------------------------------------------------------------------------------

    def statuses(self, pod: v1.Pod, view: PodView, findings: Findings) -> tuple[v1.ContainerStatus, ...]:
        """Of every container of the specification, by name."""
        waiting = "PodInitializing" if pod.spec.init_containers else "ContainerCreating"
        old = {status.name: status for status in pod.status.container_statuses}
        found = [
            self._status(pod, view, spec, old.get(spec.name), waiting, findings)
            for spec in pod.spec.containers
        ]
        if len(found) > 1:
            found.sort(key=attrgetter("name"))
        return tuple(found)

    def init_statuses(self, pod: v1.Pod, view: PodView, findings: Findings) -> tuple[v1.ContainerStatus, ...]:
        """Of every init container, in the order of the specification."""
        if not pod.spec.init_containers:
            return ()
        old = {status.name: status for status in pod.status.init_container_statuses}
        return tuple(
            self._status(pod, view, spec, old.get(spec.name), "PodInitializing", findings, init=True)
            for spec in pod.spec.init_containers
        )

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
        known = [container for container in view.containers if container.name == spec.name]
        status = self.found(known, old) if known else self.missing(pod, spec, old, waiting)
        latest = known[0] if known else None
        over = init and latest is not None and latest.state == EXITED and latest.exit_code == 0
        if spec.name in findings.reasons and not over and self.starts_again(pod, spec.name, view):
            reason, message = findings.reasons[spec.name]
            last = status.state if status.state.terminated is not None else status.last_state
            held = v1.ContainerState(waiting=v1.ContainerStateWaiting(reason=reason, message=message))
            status = replace(status, state=held, last_state=last)
        return self.judged(spec, _within(pod, status), latest, findings, init=init)

    def starts_again(self, pod: v1.Pod, name: str, view: PodView) -> bool:
        """The container waits for its next start, so that the reason why it was not started counts."""
        return should_restart(pod, name, view)

    def judged(
        self,
        spec: v1.Container,
        status: v1.ContainerStatus,
        latest: Container | None,
        findings: Findings,
        *,
        init: bool,
    ) -> v1.ContainerStatus:
        """With what counts as ready: what runs and whose probe does not say otherwise, and of init
        containers what is over."""
        if init:
            ended = status.state.terminated
            return replace(status, ready=ended is not None and ended.exit_code == 0)
        ready = status.state.running is not None
        if spec.name in findings.ready:
            probed, answer = findings.ready[spec.name]
            ready = ready and answer and latest is not None and probed == latest.id
        return status if status.ready is ready else replace(status, ready=ready)

    def missing(
        self, pod: v1.Pod, spec: v1.Container, old: v1.ContainerStatus | None, waiting: str
    ) -> v1.ContainerStatus:
        """Of a container that the runtime does not have."""
        return v1.ContainerStatus(
            name=spec.name,
            state=_waiting(waiting),
            ready=False,
            restart_count=old.restart_count if old else 0,
            image=spec.image,
            last_state=old.last_state if old else NEVER_RAN,
            allocated_resources=NONE,
        )

    def found(self, known: list[Container], old: v1.ContainerStatus | None) -> v1.ContainerStatus:
        """Of a container that the runtime has, once or more, the newest first."""
        latest = known[0]
        last = old.last_state if old else NEVER_RAN
        if len(known) > 1:
            last = self.state_of(known[1])
        return v1.ContainerStatus(
            name=latest.name,
            state=self.state_of(latest),
            ready=False,
            restart_count=latest.attempt,
            image=latest.image,
            last_state=last,
            image_id=intern(self.words.image_id(latest.image)),
            container_id=f"{self.words.runtime}://{latest.id}",
            allocated_resources=NONE,
        )

    def state_of(self, container: Container) -> v1.ContainerState:
        """One container's state."""
        if container.state == RUNNING:
            return _running(self._time(container.started_at))
        if container.state == EXITED:
            reason = "Completed" if container.exit_code == 0 else "Error"
            if container.oom_killed:
                reason = "OOMKilled"
            elif container.unseen:
                reason = self.words.unseen
            elif container.start_error:
                reason = self.words.not_started
            ended = v1.ContainerStateTerminated(
                exit_code=container.exit_code,
                reason=reason,
                message=container.start_error or termination_message(container),
                started_at=self._time(container.started_at) or (_NEVER if container.start_error else ""),
                finished_at=self._time(container.finished_at),
                container_id=f"{self.words.runtime}://{container.id}",
            )
            return v1.ContainerState(terminated=ended)
        return self.state_of_created(container)

    def _time(self, moment: Micros | None) -> str:
        return "" if moment is None else rfc3339(self._wall(moment))

    def state_of_created(self, container: Container) -> v1.ContainerState:
        """Of one that was made and never started: it is taken for one that ended."""
        container_id = f"{self.words.runtime}://{container.id}"
        return v1.ContainerState(
            terminated=v1.ContainerStateTerminated(exit_code=0, container_id=container_id)
        )


class StatusGeneratorOfV18(StatusGenerator):
    """v1.8 remembers of an init container how it ended, also when its record is gone."""

    def missing(
        self, pod: v1.Pod, spec: v1.Container, old: v1.ContainerStatus | None, waiting: str
    ) -> v1.ContainerStatus:
        if old is not None and old.state.terminated is not None and spec in pod.spec.init_containers:
            return old
        return super().missing(pod, spec, old, waiting)


def termination_message(container: Container) -> str:
    """What a container leaves behind: the file that its specification names, or where that is empty and it
    failed, the end of its log, if that is wanted (v1.7.5, v1.36 kuberuntime_container.go
    getTerminationMessage).
    """
    left = container.file(container.spec.termination_message_path)
    if left is not None and left.text:
        return left.text[:MOST_MESSAGE]
    falls_back = container.spec.termination_message_policy == "FallbackToLogsOnError"
    if container.exit_code == 0 or not falls_back or container.program is None:
        return ""
    lines = container.program.said.splitlines(keepends=True)[-MOST_LOG_LINES:]
    return "".join(lines)[-MOST_LOG:]


def _within(pod: v1.Pod, status: v1.ContainerStatus) -> v1.ContainerStatus:
    """Containers of one pod share what room there is for their messages (status_manager.go
    normalizeStatus)."""
    count = len(pod.spec.containers) + len(pod.spec.init_containers)
    if count * MOST_MESSAGE <= MOST_OF_POD:
        return status
    most = MOST_OF_POD // count
    return replace(
        status, state=_shortened(status.state, most), last_state=_shortened(status.last_state, most)
    )


def _shortened(state: v1.ContainerState, most: int) -> v1.ContainerState:
    ended = state.terminated
    if ended is None or len(ended.message) <= most:
        return state
    return replace(state, terminated=replace(ended, message=ended.message[:most]))


@lru_cache(maxsize=256)
def _readiness(kind: str, unready: tuple[str, ...]) -> v1.PodCondition:
    """One object for all pods of which the same containers are not ready."""
    if not unready:
        return v1.PodCondition(type=kind, status="True")
    message = f"containers with unready status: [{' '.join(unready)}]"
    return v1.PodCondition(type=kind, status="False", reason="ContainersNotReady", message=message)


@lru_cache(maxsize=256)
def _waiting(reason: str) -> v1.ContainerState:
    """One object for all that wait for the same."""
    return v1.ContainerState(waiting=v1.ContainerStateWaiting(reason=reason))


@lru_cache(maxsize=256)
def _running(started_at: str) -> v1.ContainerState:
    """One object for all that began in that second."""
    return v1.ContainerState(running=v1.ContainerStateRunning(started_at=started_at))


def pod_ip(pod: v1.Pod, view: PodView, host_ip: str) -> str:
    """Its address, or its node's."""
    return host_ip if pod.spec.host_network else view.address


def initialized(pod: v1.Pod, phase: str, init: tuple[v1.ContainerStatus, ...]) -> v1.PodCondition:
    """Condition Initialized (GeneratePodInitializedCondition)."""
    if phase == "Succeeded":
        return v1.PodCondition(type="Initialized", status="True", reason="PodCompleted")
    if not pod.spec.init_containers:
        return INITIALIZED
    sidecars = {spec.name for spec in pod.spec.init_containers if spec.restart_policy == "Always"}
    incomplete = [one.name for one in init if not (one.started if one.name in sidecars else one.ready)]
    if incomplete:
        message = f"containers with incomplete status: [{' '.join(incomplete)}]"
        return v1.PodCondition(
            type="Initialized", status="False", reason="ContainersNotInitialized", message=message
        )
    return INITIALIZED
