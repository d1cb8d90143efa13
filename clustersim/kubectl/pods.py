"""`kubectl get pods`. Source: v1.7.5 and v1.8.0 pkg/printers/internalversion/printers.go printPod."""

from typing import Final

import msgspec

from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age

NONE: Final = "<none>"
NODE_LOST: Final = "NodeLost"


class PodRow(msgspec.Struct, frozen=True):
    """What a pod's row says."""

    name: str
    ready: str
    status: str
    restarts: int


def _reason(status: ContainerStatus) -> str | None:
    state = status.state
    if state.waiting is not None and state.waiting.reason:
        return state.waiting.reason
    if state.terminated is not None:
        return state.terminated.reason or f"ExitCode:{state.terminated.exit_code}"
    return None


def pod_status(pod: Pod) -> str:
    """The word under STATUS: the phase, or the pod's reason, or the first container's, or what deletion
    makes of it. "Unknown" takes both, a deletion and the reason NodeLost."""
    text = pod.status.reason or pod.status.phase
    for status in reversed(pod.status.container_statuses):
        text = _reason(status) or text
    if pod.metadata.deletion_timestamp:
        return "Unknown" if pod.status.reason == NODE_LOST else "Terminating"
    return text


def pod_row(pod: Pod) -> PodRow:
    """The cells that do not change with time."""
    statuses = pod.status.container_statuses
    ready = sum(1 for status in statuses if status.ready and status.state.running is not None)
    return PodRow(
        pod.metadata.name,
        f"{ready}/{len(pod.spec.containers)}",
        pod_status(pod),
        sum(status.restart_count for status in statuses),
    )


def is_finished(pod: Pod) -> bool:
    """Such pods are hidden without --show-all (v1.7, v1.8: pkg/kubectl/resource_filter.go)."""
    return pod.status.phase in ("Succeeded", "Failed")


def pod_cells(pod: Pod, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row."""
    row = pod_row(pod)
    since = age(pod.metadata.creation_timestamp, now)
    cells = (row.name, row.ready, row.status, str(row.restarts), since)
    return (*cells, *wide_cells(pod)) if wide else cells


def wide_cells(pod: Pod) -> tuple[str, ...]:
    """What -o wide adds."""
    return (pod.status.pod_ip or NONE, pod.spec.node_name or NONE)
