"""What kube-state-metrics tells of workloads, Services and namespaces."""

from typing import Any, Final

from visualizer.kubeapi.metrics.families import LABELS, Family, Samples, created, number_at, numbers

_REPLICATED: Final = {
    "status_replicas": "status.replicas",
    "status_fully_labeled_replicas": "status.fully_labeled_replicas",
    "status_ready_replicas": "status.ready_replicas",
    "status_observed_generation": "status.observed_generation",
    "spec_replicas": "spec.replicas",
    "metadata_generation": "metadata.generation",
}


def _deployment_conditions(deployment: Any) -> Samples:
    for condition in deployment.status.conditions:
        for status in ("true", "false", "unknown"):
            labels = {**LABELS["deployments"](deployment), "condition": condition.type, "status": status}
            yield labels, float(condition.status.lower() == status)


def _phase(namespace: Any) -> Samples:
    for phase in ("Active", "Terminating"):
        yield {"namespace": namespace.metadata.name, "phase": phase}, float(namespace.status.phase == phase)


WORKLOADS: Final = (
    *numbers(
        "replicationcontrollers", **_REPLICATED, status_available_replicas="status.available_replicas"
    ),
    *numbers("replicasets", **_REPLICATED),
    *numbers(
        "deployments",
        status_replicas="status.replicas",
        status_replicas_available="status.available_replicas",
        status_replicas_unavailable="status.unavailable_replicas",
        status_replicas_updated="status.updated_replicas",
        status_observed_generation="status.observed_generation",
        spec_replicas="spec.replicas",
        spec_paused="spec.paused",
        metadata_generation="metadata.generation",
    ),
    Family(
        "kube_deployment_status_replicas_ready",
        "The number of ready replicas per deployment.",
        "deployments",
        number_at("deployments", "status.ready_replicas"),
        first="v1.36",
    ),
    Family(
        "kube_deployment_status_condition",
        "The current status conditions of a deployment.",
        "deployments",
        _deployment_conditions,
        first="v1.36",
    ),
    *numbers(
        "daemonsets",
        status_current_number_scheduled="status.current_number_scheduled",
        status_desired_number_scheduled="status.desired_number_scheduled",
        status_number_misscheduled="status.number_misscheduled",
        status_number_ready="status.number_ready",
        metadata_generation="metadata.generation",
    ),
    *numbers(
        "statefulsets",
        status_replicas="status.replicas",
        status_observed_generation="status.observed_generation",
        replicas="spec.replicas",
        metadata_generation="metadata.generation",
    ),
    *numbers(
        "jobs",
        spec_parallelism="spec.parallelism",
        spec_completions="spec.completions",
        status_active="status.active",
        status_succeeded="status.succeeded",
        status_failed="status.failed",
    ),
    *(
        created(resource)
        for resource in (
            "replicationcontrollers", "replicasets", "deployments", "daemonsets", "statefulsets", "jobs",
            "services", "namespaces",
        )
    ),
    Family("kube_namespace_status_phase", "The namespace's phase.", "namespaces", _phase, first="v1.36"),
)  # fmt: skip
