"""What kube-state-metrics tells of pods and their containers."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.owners import controller_of
from clustersim.api.timestamp import micros
from visualizer.kubeapi.metrics.families import SECOND, Family, Samples, created, pod_labels

_PHASES: Final = ("Pending", "Succeeded", "Failed", "Running", "Unknown")
_REASONS: Final = ("Evicted", "NodeAffinity", "NodeLost", "Shutdown", "UnexpectedAdmissionError")


def _pod_info(pod: Any) -> Samples:
    owner = controller_of(pod)
    yield (
        {
            **pod_labels(pod),
            "host_ip": pod.status.host_ip,
            "pod_ip": pod.status.pod_ip,
            "node": pod.spec.node_name,
            "created_by_kind": owner.kind if owner is not None else "<none>",
            "created_by_name": owner.name if owner is not None else "<none>",
        },
        1,
    )


def _pod_owner(pod: Any) -> Samples:
    owner = controller_of(pod)
    kind, name = (owner.kind, owner.name) if owner is not None else ("<none>", "<none>")
    yield (
        {
            **pod_labels(pod),
            "owner_kind": kind,
            "owner_name": name,
            "owner_is_controller": "true" if owner is not None else "<none>",
        },
        1,
    )


def _pod_phase(pod: Any) -> Samples:
    for phase in _PHASES:
        yield {**pod_labels(pod), "phase": phase}, float(pod.status.phase == phase)


def _pod_condition(type_: str) -> Callable[[Any], Samples]:
    def samples(pod: Any) -> Samples:
        for condition in pod.status.conditions:
            if condition.type == type_:
                for status in ("true", "false", "unknown"):
                    yield {**pod_labels(pod), "condition": status}, float(condition.status.lower() == status)

    return samples


def _pod_reason(pod: Any) -> Samples:
    for reason in _REASONS:
        yield {**pod_labels(pod), "reason": reason}, float(pod.status.reason == reason)


def _pod_deleted(pod: Any) -> Samples:
    if pod.metadata.deletion_timestamp:
        yield pod_labels(pod), micros(pod.metadata.deletion_timestamp) / SECOND


def _pod_start(pod: Any) -> Samples:
    if pod.status.start_time:
        yield pod_labels(pod), micros(pod.status.start_time) / SECOND


def _container_info(pod: Any) -> Samples:
    for status in pod.status.container_statuses:
        labels = {
            "container": status.name,
            "image": status.image,
            "image_id": status.image_id,
            "container_id": status.container_id,
        }
        yield {**pod_labels(pod), **labels}, 1


def _container(value: Callable[[Any], float]) -> Callable[[Any], Samples]:
    def samples(pod: Any) -> Samples:
        for status in pod.status.container_statuses:
            yield {**pod_labels(pod), "container": status.name}, value(status)

    return samples


def _waiting_reason(pod: Any) -> Samples:
    for status in pod.status.container_statuses:
        if status.state.waiting is not None and status.state.waiting.reason:
            yield {**pod_labels(pod), "container": status.name, "reason": status.state.waiting.reason}, 1


def _state(name: str) -> Callable[[Any], Samples]:
    return _container(lambda status: float(getattr(status.state, name) is not None))


PODS: Final = (
    Family("kube_pod_info", "Information about pod.", "pods", _pod_info),
    Family("kube_pod_owner", "Information about the pod's owner.", "pods", _pod_owner),
    Family("kube_pod_start_time", "Start time in unix timestamp for a pod.", "pods", _pod_start),
    Family("kube_pod_status_phase", "The pod's current phase.", "pods", _pod_phase),
    Family("kube_pod_status_ready", "Whether the pod is ready.", "pods", _pod_condition("Ready")),
    Family(
        "kube_pod_status_scheduled",
        "The status of the scheduling process for the pod.",
        "pods",
        _pod_condition("PodScheduled"),
    ),
    Family("kube_pod_status_reason", "The pod status reasons.", "pods", _pod_reason, first="v1.36"),
    Family("kube_pod_deletion_timestamp", "Unix deletion timestamp.", "pods", _pod_deleted, first="v1.36"),
    Family("kube_pod_container_info", "A container in a pod.", "pods", _container_info),
    *(
        Family(
            f"kube_pod_container_status_{name}",
            f"Whether the container is {name}.",
            "pods",
            _state(name),
        )
        for name in ("waiting", "running", "terminated")
    ),
    Family(
        "kube_pod_container_status_waiting_reason",
        "Why the container waits.",
        "pods",
        _waiting_reason,
        first="v1.8",
    ),
    Family(
        "kube_pod_container_status_ready",
        "Whether the container's readiness check succeeded.",
        "pods",
        _container(lambda status: float(status.ready)),
    ),
    Family(
        "kube_pod_container_status_restarts",
        "Container restarts.",
        "pods",
        _container(lambda status: float(status.restart_count)),
        last="v1.8",
    ),
    Family(
        "kube_pod_container_status_restarts_total",
        "Container restarts.",
        "pods",
        _container(lambda status: float(status.restart_count)),
        first="v1.36",
    ),
    created("pods"),
)
