"""What kube-state-metrics tells of nodes."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.quantity import byte_count, millicores
from visualizer.kubeapi.metrics.families import Family, Samples, created, node_labels, number_at


def _node_info(node: Any) -> Samples:
    info = node.status.node_info
    yield (
        {
            **node_labels(node),
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
            labels = {**node_labels(node), "condition": condition.type, "status": status}
            yield labels, float(condition.status.lower() == status)


def _node_taints(node: Any) -> Samples:
    for taint in node.spec.taints:
        yield {**node_labels(node), "key": taint.key, "value": taint.value, "effect": taint.effect}, 1


def _amount(name: str, text: str) -> tuple[str, float]:
    """A resource's unit, and how much there is."""
    if name == "cpu":
        return "core", millicores(text) / 1000
    return ("integer" if name == "pods" else "byte"), float(byte_count(text))


def _node_resource(which: str, name: str) -> Callable[[Any], Samples]:
    def samples(node: Any) -> Samples:
        text = getattr(node.status, which).get(name)
        return [(node_labels(node), _amount(name, text)[1])] if text else []

    return samples


def _node_resources(which: str) -> Callable[[Any], Samples]:
    def samples(node: Any) -> Samples:
        for name, text in sorted(getattr(node.status, which).items()):
            unit, value = _amount(name, text)
            yield {**node_labels(node), "resource": name.replace("-", "_"), "unit": unit}, value

    return samples


_OLD_RESOURCES: Final = {"cpu_cores": "cpu", "memory_bytes": "memory", "pods": "pods"}
NODES: Final = (
    Family("kube_node_info", "Information about a cluster node.", "nodes", _node_info),
    Family(
        "kube_node_spec_unschedulable",
        "Whether a node can schedule new pods.",
        "nodes",
        number_at("nodes", "spec.unschedulable"),
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
    created("nodes"),
)
