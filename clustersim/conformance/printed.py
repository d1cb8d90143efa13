"""The STATUS column of kubectl get in v1.7.5 and v1.8.0: pkg/printers/internalversion/printers.go."""

from clustersim.api import core_v1 as v1


def pod_status(pod: v1.Pod) -> str:
    """What `kubectl get pods` prints under STATUS: the last rule that fits wins."""
    text = pod.status.reason or pod.status.phase
    for status in reversed(pod.status.container_statuses):
        state = status.state
        if state.waiting is not None and state.waiting.reason:
            text = state.waiting.reason
        elif state.terminated is not None:
            text = state.terminated.reason or f"ExitCode:{state.terminated.exit_code}"
    if pod.metadata.deletion_timestamp:
        return "Unknown" if pod.status.reason == "NodeLost" else "Terminating"
    return text


def node_status(ready: str, *, unschedulable: bool) -> str:
    """What `kubectl get nodes` prints under STATUS."""
    words = ["Ready" if ready == "True" else "NotReady" if ready else "Unknown"]
    if unschedulable:
        words.append("SchedulingDisabled")
    return ",".join(words)
