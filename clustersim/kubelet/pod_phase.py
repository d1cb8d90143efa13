"""The phase of a pod, found by its kubelet from the states of its containers.

A table: the first row that holds says the phase (v1.7.5 to v1.36.2 pkg/kubelet/kubelet_pods.go getPhase)."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from clustersim.api import core_v1 as v1
from clustersim.api.container_restarts import restarts

PENDING: Final = "Pending"
RUNNING: Final = "Running"
SUCCEEDED: Final = "Succeeded"
FAILED: Final = "Failed"
FINISHED: Final = (SUCCEEDED, FAILED)

WITH_ALL: Final = "RestartingAllContainers"
"""How a container has ended that begins anew with all others of its pod."""


class Counts(NamedTuple):
    """A pod's containers by state. terminal: the kubelet has ended the pod and starts nothing any more.

    initializing: an init container is still to come or to end; init_failed: one failed for good. running:
    sidecars among them; stopped: ended, or ended before and about to be started again; succeeded: those of
    them with exit code 0; restarting: those of them that are started again.
    """

    initializing: bool
    init_failed: bool
    waiting: int
    running: int
    stopped: int
    succeeded: int
    restarting: int
    terminal: bool

    @property
    def all_succeeded(self) -> bool:
        """Every container that stopped, stopped with exit code 0."""
        return self.stopped == self.succeeded


class PhaseRule(NamedTuple):
    """A row: when it holds, in words and as a predicate, and the phase."""

    when: str
    holds: Callable[[Counts], bool]
    phase: str


# fmt: off
POD_PHASES: Final = (
    PhaseRule("an init container failed, and nothing restarts it",
              lambda c: c.init_failed, FAILED),
    PhaseRule("init containers are still to end, or a container has not been started yet",
              lambda c: c.initializing or c.waiting > 0, PENDING),
    PhaseRule("a container runs",
              lambda c: c.running > 0, RUNNING),
    PhaseRule("the kubelet has ended the pod, and every container with exit code 0",
              lambda c: c.terminal and c.all_succeeded, SUCCEEDED),
    PhaseRule("the kubelet has ended the pod",
              lambda c: c.terminal, FAILED),
    PhaseRule("a container stopped that is started again: by its own rules or policy, or by its pod's",
              lambda c: c.restarting > 0, RUNNING),
    PhaseRule("every container ended with exit code 0",
              lambda c: c.all_succeeded, SUCCEEDED),
    PhaseRule("a container failed, and nothing restarts it",
              lambda _: True, FAILED),
)
# fmt: on


def phase_of(
    pod: v1.Pod,
    init: tuple[v1.ContainerStatus, ...],
    statuses: tuple[v1.ContainerStatus, ...],
    *,
    terminal: bool = False,
    begun: bool = False,
    trusts_waiting: bool = False,
) -> str:
    """The phase by the table. begun: the present sandbox has a container of those that come after the init
    containers, so that a sidecar that starts once more takes nothing back. trusts_waiting: one that waits is
    started again, however it ended, unless the pod never restarts anything."""
    waiting = running = stopped = succeeded = restarting = 0
    for status in statuses:
        ended = status.state.terminated
        if status.state.running is not None:
            running += 1
        elif (last := ended or status.last_state.terminated) is not None:
            stopped += 1
            succeeded += ended is not None and ended.exit_code == 0
            waits = ended is None and trusts_waiting and pod.spec.restart_policy != "Never"
            restarting += waits or _restarts(pod, status.name, last)
        else:
            waiting += 1
    initializing, failed, beside, unborn = _initializing(pod, init, begun)
    return _phase(
        Counts(
            initializing, failed, waiting + unborn, running + beside, stopped, succeeded, restarting, terminal
        )
    )


@lru_cache(maxsize=256)
def _phase(counts: Counts) -> str:
    return next(rule.phase for rule in POD_PHASES if rule.holds(counts))


def _restarts(pod: v1.Pod, name: str, ended: v1.ContainerStateTerminated) -> bool:
    return ended.reason == WITH_ALL or restarts(pod, name, ended.exit_code)


def _initializing(
    pod: v1.Pod, init: tuple[v1.ContainerStatus, ...], begun: bool
) -> tuple[bool, bool, int, int]:
    """Whether init containers are still to come or to end, and whether one failed for good; how many sidecars
    run, and how many never ran."""
    if not init:
        return False, False, 0, 0
    sidecars = {spec.name for spec in pod.spec.init_containers if spec.restart_policy == "Always"}
    pending = failed = False
    beside = unborn = 0
    for status in init:
        ended = status.state.terminated or (status.last_state.terminated if status.state.waiting else None)
        if status.name not in sidecars:
            pending = pending or ended is None
            code = 0 if ended is None else ended.exit_code
            failed = failed or (code != 0 and ended is not None and not _restarts(pod, status.name, ended))
        elif ended is None:
            pending = pending or not (begun or status.started)
            beside += status.state.running is not None
            unborn += status.state.running is None
    return pending, failed, beside, unborn


def nothing_runs(status: v1.PodStatus) -> bool:
    """No container is reported as running (notRunning: waiting counts as not running)."""
    statuses = (*status.init_container_statuses, *status.container_statuses)
    return all(one.state.running is None for one in statuses)


def is_over(pod: v1.Pod, known: v1.PodStatus | None) -> bool:
    """Nothing is left to be done for the pod: it finished, or it is deleted and nothing of it runs. known:
    its status, as far as its kubelet knows more than the API server."""
    status = pod.status if known is None else known
    if status.phase in FINISHED:
        return True
    return bool(pod.metadata.deletion_timestamp) and nothing_runs(status)
