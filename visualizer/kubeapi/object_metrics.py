"""What kube-state-metrics tells of a room's objects, in its own names and labels, right for the release.

Beside v1.7 people ran kube-state-metrics v1.0, beside v1.8 v1.1, beside v1.36 the newest. Each family says
from which of the three on it exists, and up to which. Values are as of the simulated time, undated.
Sources: kube-state-metrics v1.0.0 and v1.1.0 collectors/, newest internal/store/.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from prometheus_client import Metric

from clustersim.api.owners import controller_of
from clustersim.api.quantity import byte_count, millicores
from clustersim.api.timestamp import micros
from clustersim.cluster import Cluster

RELEASES: Final = ("v1.7", "v1.8", "v1.36")
SECOND: Final = 1_000_000

Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]


class Family(msgspec.Struct, frozen=True):
    """One metric of one resource. first, last: the releases beside which it exists."""

    name: str
    help: str
    resource: str
    samples: Callable[[Any], Samples]
    first: str = "v1.7"
    last: str = "v1.36"

    def beside(self, release: str) -> bool:
        """It exists beside that release."""
        return RELEASES.index(self.first) <= RELEASES.index(release) <= RELEASES.index(self.last)


def object_metrics(cluster: Cluster) -> Iterator[Metric]:
    """All families with their samples, as prometheus_client takes them."""
    release = cluster.world.release.name
    for family in FAMILIES:
        if not family.beside(release):
            continue
        metric = Metric(family.name, family.help, "gauge")
        objects = cluster.objects(family.resource)
        for key in sorted(objects):
            for labels, value in family.samples(objects[key]):
                metric.add_sample(family.name, dict(labels), value)
        if metric.samples:
            yield metric


# --- labels ------------------------------------------------------------------------------------------------


def _of(label: str) -> Callable[[Any], Labels]:
    def labels(obj: Any) -> Labels:
        return {"namespace": obj.metadata.namespace, label: obj.metadata.name}

    return labels


def _node(obj: Any) -> Labels:
    return {"node": obj.metadata.name}


_pod = _of("pod")
_LABELS: Final[Mapping[str, Callable[[Any], Labels]]] = {
    "nodes": _node,
    "pods": _pod,
    "replicationcontrollers": _of("replicationcontroller"),
    "replicasets": _of("replicaset"),
    "deployments": _of("deployment"),
    "daemonsets": _of("daemonset"),
    "statefulsets": _of("statefulset"),
    "jobs": _of("job_name"),
    "services": _of("service"),
    "namespaces": lambda obj: {"namespace": obj.metadata.name},
}


def _value(resource: str, path: str) -> Callable[[Any], Samples]:
    """A number somewhere in the object; nothing where it is not set."""
    labels, names = _LABELS[resource], path.split(".")

    def samples(obj: Any) -> Samples:
        value = obj
        for name in names:
            value = getattr(value, name, None)
        return [(labels(obj), float(value))] if isinstance(value, int | bool) else []

    return samples


def _created(resource: str) -> Family:
    singular = resource.removesuffix("s")
    return Family(
        f"kube_{singular}_created", "Unix creation timestamp", resource, _timestamp(resource), first="v1.8"
    )


def _timestamp(resource: str) -> Callable[[Any], Samples]:
    labels = _LABELS[resource]
    return lambda obj: [(labels(obj), micros(obj.metadata.creation_timestamp) / SECOND)]


def _numbers(resource: str, **paths: str) -> Iterator[Family]:
    """Families of plain numbers: what follows `kube_KIND_`, and where the number stands."""
    singular = resource.removesuffix("s")
    for name, path in paths.items():
        text = path.replace(".", " ").replace("_", " ")
        yield Family(f"kube_{singular}_{name}", f"The {text} of it.", resource, _value(resource, path))


# --- nodes -------------------------------------------------------------------------------------------------


def _node_info(node: Any) -> Samples:
    info = node.status.node_info
    yield (
        {
            **_node(node),
            "kernel_version": info.kernel_version,
            "os_image": info.os_image,
            "container_runtime_version": info.container_runtime_version,
            "kubelet_version": info.kubelet_version,
            "kubeproxy_version": info.kube_proxy_version,
        },
        1,
    )


def _node_conditions(node: Any) -> Samples:
    for condition in node.status.conditions:
        for status in ("true", "false", "unknown"):
            labels = {**_node(node), "condition": condition.type, "status": status}
            yield labels, float(condition.status.lower() == status)


def _node_taints(node: Any) -> Samples:
    for taint in node.spec.taints:
        yield {**_node(node), "key": taint.key, "value": taint.value, "effect": taint.effect}, 1


def _amount(name: str, text: str) -> tuple[str, float]:
    """A resource's unit, and how much there is."""
    if name == "cpu":
        return "core", millicores(text) / 1000
    return ("integer" if name == "pods" else "byte"), float(byte_count(text))


def _node_resource(which: str, name: str) -> Callable[[Any], Samples]:
    def samples(node: Any) -> Samples:
        text = getattr(node.status, which).get(name)
        return [(_node(node), _amount(name, text)[1])] if text else []

    return samples


def _node_resources(which: str) -> Callable[[Any], Samples]:
    def samples(node: Any) -> Samples:
        for name, text in sorted(getattr(node.status, which).items()):
            unit, value = _amount(name, text)
            yield {**_node(node), "resource": name.replace("-", "_"), "unit": unit}, value

    return samples


_OLD_RESOURCES: Final = {"cpu_cores": "cpu", "memory_bytes": "memory", "pods": "pods"}
_NODES: Final = (
    Family("kube_node_info", "Information about a cluster node.", "nodes", _node_info),
    Family(
        "kube_node_spec_unschedulable",
        "Whether a node can schedule new pods.",
        "nodes",
        _value("nodes", "spec.unschedulable"),
    ),
    Family("kube_node_status_condition", "The condition of a cluster node.", "nodes", _node_conditions),
    Family("kube_node_spec_taint", "The taint of a cluster node.", "nodes", _node_taints, first="v1.36"),
    *(
        Family(
            f"kube_node_status_{which}_{name}",
            f"The {which} of a node.",
            "nodes",
            _node_resource(which, of),
            last="v1.8",
        )
        for which in ("capacity", "allocatable")
        for name, of in _OLD_RESOURCES.items()
    ),
    *(
        Family(
            f"kube_node_status_{which}",
            f"The {which} of a node, by resource.",
            "nodes",
            _node_resources(which),
            first="v1.36",
        )
        for which in ("capacity", "allocatable")
    ),
    _created("nodes"),
)

# --- pods --------------------------------------------------------------------------------------------------

_PHASES: Final = ("Pending", "Succeeded", "Failed", "Running", "Unknown")
_REASONS: Final = ("Evicted", "NodeAffinity", "NodeLost", "Shutdown", "UnexpectedAdmissionError")


def _pod_info(pod: Any) -> Samples:
    owner = controller_of(pod)
    yield (
        {
            **_pod(pod),
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
            **_pod(pod),
            "owner_kind": kind,
            "owner_name": name,
            "owner_is_controller": "true" if owner is not None else "<none>",
        },
        1,
    )


def _pod_phase(pod: Any) -> Samples:
    for phase in _PHASES:
        yield {**_pod(pod), "phase": phase}, float(pod.status.phase == phase)


def _pod_condition(type_: str) -> Callable[[Any], Samples]:
    def samples(pod: Any) -> Samples:
        for condition in pod.status.conditions:
            if condition.type == type_:
                for status in ("true", "false", "unknown"):
                    yield {**_pod(pod), "condition": status}, float(condition.status.lower() == status)

    return samples


def _pod_reason(pod: Any) -> Samples:
    for reason in _REASONS:
        yield {**_pod(pod), "reason": reason}, float(pod.status.reason == reason)


def _pod_deleted(pod: Any) -> Samples:
    if pod.metadata.deletion_timestamp:
        yield _pod(pod), micros(pod.metadata.deletion_timestamp) / SECOND


def _pod_start(pod: Any) -> Samples:
    if pod.status.start_time:
        yield _pod(pod), micros(pod.status.start_time) / SECOND


def _container_info(pod: Any) -> Samples:
    for status in pod.status.container_statuses:
        labels = {
            "container": status.name,
            "image": status.image,
            "image_id": status.image_id,
            "container_id": status.container_id,
        }
        yield {**_pod(pod), **labels}, 1


def _container(value: Callable[[Any], float]) -> Callable[[Any], Samples]:
    def samples(pod: Any) -> Samples:
        for status in pod.status.container_statuses:
            yield {**_pod(pod), "container": status.name}, value(status)

    return samples


def _waiting_reason(pod: Any) -> Samples:
    for status in pod.status.container_statuses:
        if status.state.waiting is not None and status.state.waiting.reason:
            yield {**_pod(pod), "container": status.name, "reason": status.state.waiting.reason}, 1


def _state(name: str) -> Callable[[Any], Samples]:
    return _container(lambda status: float(getattr(status.state, name) is not None))


_PODS: Final = (
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
    _created("pods"),
)

# --- workloads ---------------------------------------------------------------------------------------------

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
            labels = {**_LABELS["deployments"](deployment), "condition": condition.type, "status": status}
            yield labels, float(condition.status.lower() == status)


def _phase(namespace: Any) -> Samples:
    for phase in ("Active", "Terminating"):
        yield {"namespace": namespace.metadata.name, "phase": phase}, float(namespace.status.phase == phase)


_WORKLOADS: Final = (
    *_numbers(
        "replicationcontrollers", **_REPLICATED, status_available_replicas="status.available_replicas"
    ),
    *_numbers("replicasets", **_REPLICATED),
    *_numbers(
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
        _value("deployments", "status.ready_replicas"),
        first="v1.36",
    ),
    Family(
        "kube_deployment_status_condition",
        "The current status conditions of a deployment.",
        "deployments",
        _deployment_conditions,
        first="v1.36",
    ),
    *_numbers(
        "daemonsets",
        status_current_number_scheduled="status.current_number_scheduled",
        status_desired_number_scheduled="status.desired_number_scheduled",
        status_number_misscheduled="status.number_misscheduled",
        status_number_ready="status.number_ready",
        metadata_generation="metadata.generation",
    ),
    *_numbers(
        "statefulsets",
        status_replicas="status.replicas",
        status_observed_generation="status.observed_generation",
        replicas="spec.replicas",
        metadata_generation="metadata.generation",
    ),
    *_numbers(
        "jobs",
        spec_parallelism="spec.parallelism",
        spec_completions="spec.completions",
        status_active="status.active",
        status_succeeded="status.succeeded",
        status_failed="status.failed",
    ),
    *(
        _created(resource)
        for resource in (
            "replicationcontrollers", "replicasets", "deployments", "daemonsets", "statefulsets", "jobs",
            "services", "namespaces",
        )
    ),
    Family("kube_namespace_status_phase", "The namespace's phase.", "namespaces", _phase, first="v1.36"),
)  # fmt: skip

FAMILIES: Final = (*_NODES, *_PODS, *_WORKLOADS)
