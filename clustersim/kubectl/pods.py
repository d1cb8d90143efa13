"""`kubectl get pods`. Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go printPod."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.api.conditions import condition_of, is_true
from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import UNKNOWN, human_duration, short_human_duration
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import NONE

NODE_LOST: Final = "NodeLost"


class PodRow(msgspec.Struct, frozen=True):
    """What a pod's row says."""

    name: str
    ready: str
    status: str
    restarts: int


def _reason(status: Any) -> str | None:
    state = status.state
    if state.waiting is not None and state.waiting.reason:
        return str(state.waiting.reason)
    if state.terminated is not None:
        return str(state.terminated.reason) or _exit(state.terminated)
    return None


def _exit(ended: Any) -> str:
    signal = getattr(ended, "signal", 0)
    return f"Signal:{signal}" if signal else f"ExitCode:{ended.exit_code}"


def _reached(pod: Any) -> tuple[list[Any], str | None]:
    """The statuses of init containers up to the first that has neither ended well nor, as a sidecar, started;
    and what that one says, None where there is none."""
    sidecars = {one.name for one in pod.spec.init_containers if _is_sidecar(one)}
    reached: list[Any] = []
    for index, status in enumerate(_init_statuses(pod)):
        reached.append(status)
        state = status.state
        if state.terminated is not None and state.terminated.exit_code == 0:
            continue
        if status.name in sidecars and getattr(status, "started", None):
            continue
        if state.terminated is not None:
            return reached, f"Init:{state.terminated.reason or _exit(state.terminated)}"
        if state.waiting is not None and state.waiting.reason not in ("", "PodInitializing"):
            return reached, f"Init:{state.waiting.reason}"
        return reached, f"Init:{index}/{len(pod.spec.init_containers)}"
    return reached, None


def _init_statuses(pod: Any) -> Any:
    return getattr(pod.status, "init_container_statuses", None) or ()


def pod_status(pod: Any) -> str:
    """The word under STATUS: the phase, or the pod's reason, or the first container's, or what deletion
    makes of it. "Unknown" takes both, a deletion and the reason NodeLost."""
    if pod.metadata.deletion_timestamp:
        return "Unknown" if pod.status.reason == NODE_LOST else "Terminating"
    if (text := _reached(pod)[1]) is not None:
        return text
    text = str(pod.status.reason or pod.status.phase)
    for status in reversed(pod.status.container_statuses):
        text = _reason(status) or text
    return text


def _is_sidecar(container: Any) -> bool:
    return getattr(container, "restart_policy", None) == "Always"


def _is_initialized(pod: Any) -> bool:
    """Whether the containers are told of: no init container is, or the condition says that all have ended."""
    return _reached(pod)[1] is None or is_true(pod.status, "Initialized")


def pod_status_today(pod: Any) -> str:
    """The same since v1.11: what has finished is not terminating, and a pod of which something runs is not
    completed."""
    scheduled = condition_of(pod.status, "PodScheduled")
    text = str(pod.status.reason or pod.status.phase)
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        text = "SchedulingGated"
    text = _reached(pod)[1] or text
    if _is_initialized(pod):
        text = _running_today(pod, text)
    if pod.metadata.deletion_timestamp and pod.status.phase not in ("Succeeded", "Failed"):
        return "Unknown" if pod.status.reason == NODE_LOST else "Terminating"
    if pod.metadata.deletion_timestamp and pod.status.reason == NODE_LOST:
        return "Unknown"
    return text


def _running_today(pod: Any, text: str) -> str:
    running, failed = False, ""
    for status in reversed(pod.status.container_statuses):
        if (reason := _reason(status)) is not None:
            text = reason
            ended = status.state.terminated
            failed = reason if ended is not None and ended.exit_code else failed
        elif status.ready and status.state.running is not None:
            running = True
    if text != "Completed":
        return text
    if running and is_true(pod.status, "Ready"):
        return "Running"
    return failed or ("NotReady" if running else text)


def pod_row(pod: Any) -> PodRow:
    """The cells that do not change with time (v1.7, v1.8)."""
    inits = _init_statuses(pod)
    initializing = _reached(pod)[1] is not None
    statuses = inits if initializing else pod.status.container_statuses
    ready = 0 if initializing else sum(1 for one in statuses if one.ready and one.state.running is not None)
    return PodRow(
        pod.metadata.name,
        f"{ready}/{len(pod.spec.containers)}",
        pod_status(pod),
        sum(status.restart_count for status in statuses),
    )


def pod_row_today(pod: Any) -> PodRow:
    """The same since v1.28: init containers that go on running count, too."""
    sidecars = _sidecars(pod)
    declared = sum(1 for one in pod.spec.init_containers if _is_sidecar(one))
    ready = sum(1 for one in sidecars if one.ready and getattr(one, "started", None))
    if _is_initialized(pod):
        ready += sum(
            1 for one in pod.status.container_statuses if one.ready and one.state.running is not None
        )
    restarts = sum(one.restart_count for one in _counted(pod))
    total = len(pod.spec.containers) + declared
    return PodRow(pod.metadata.name, f"{ready}/{total}", pod_status_today(pod), restarts)


def _sidecars(pod: Any) -> list[Any]:
    names = [one.name for one in pod.spec.init_containers if _is_sidecar(one)]
    return [one for one in _reached(pod)[0] if one.name in names]


def _counted(pod: Any) -> list[Any]:
    """Whose restarts are told: those of init containers until they are through, then only of such that go on
    running, and of the containers."""
    if not _is_initialized(pod):
        return _reached(pod)[0]
    return [*_sidecars(pod), *pod.status.container_statuses]


def is_finished(pod: Any) -> bool:
    """Such pods are hidden without --show-all (v1.7, v1.8: pkg/kubectl/resource_filter.go)."""
    return pod.status.phase in ("Succeeded", "Failed")


def wide_cells(pod: Any) -> tuple[str, ...]:
    """What -o wide adds."""
    return (pod.status.pod_ip or NONE, pod.spec.node_name or NONE)


def wide_cells_today(pod: Any) -> tuple[str, ...]:
    """What -o wide adds since v1.11."""
    return (*wide_cells(pod), getattr(pod.status, "nominated_node_name", "") or NONE, _gates(pod))


def restarted_today(pod: Any) -> Micros | None:
    """When the last of its containers ended that was started again; None if none was."""
    counted = _counted(pod)
    ends = [one.last_state.terminated for one in counted] if any(one.restart_count for one in counted) else []
    return max((micros(end.finished_at) for end in ends if end is not None and end.finished_at), default=None)


class PodPrinter(NamedTuple):
    """How a release prints a pod, in pieces: what time alone does not change, when it last restarted if that
    is told, how long something is ago, what -o wide adds."""

    row: Callable[[Any], PodRow]
    restarted: Callable[[Any], Micros | None]
    duration: Callable[[Micros], str]
    wide: Callable[[Any], tuple[str, ...]]

    def cells(self, pod: Any, now: Micros) -> tuple[Cell, ...]:
        """One row."""
        return self.arranged(pod, lambda t: self.duration(now - t))

    def arranged(self, pod: Any, ago: Callable[[Micros], str]) -> tuple[Cell, ...]:
        """One row; `ago` writes how long ago a moment was: since v1.22 RESTARTS has it, too, "3 (2m ago)"."""
        row, last, created = self.row(pod), self.restarted(pod), pod.metadata.creation_timestamp
        restarts: Cell = row.restarts if last is None else f"{row.restarts} ({ago(last)} ago)"
        since = ago(micros(created)) if created else UNKNOWN
        return (row.name, row.ready, row.status, restarts, since, *self.wide(pod))


ERA: Final = PodPrinter(pod_row, lambda pod: None, short_human_duration, wide_cells)
TODAY: Final = PodPrinter(pod_row_today, restarted_today, human_duration, wide_cells_today)
PRINTERS: Final = {"v1.7": ERA, "v1.8": ERA, "v1.36": TODAY}


def _gates(pod: Any) -> str:
    gates = getattr(pod.spec, "readiness_gates", ()) or ()
    if not gates:
        return NONE
    return f"{sum(is_true(pod.status, gate.condition_type) for gate in gates)}/{len(gates)}"
