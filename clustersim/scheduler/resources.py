"""What pods ask for and what nodes have, as the scheduler counts it.

Sources: v1.7.5 plugin/pkg/scheduler/schedulercache/node_info.go, algorithm/predicates/predicates.go
(GetResourceRequest), algorithm/priorities/util/non_zero.go; equal in v1.8.0.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Container, Node, Pod
from clustersim.api.quantity import byte_count, millicores

DEFAULT_MILLI_CPU: Final = 100
DEFAULT_MEMORY: Final = 200 * 1024 * 1024
"""What the priorities assume of a container that requests nothing; an explicit zero stays zero."""


class Resources(msgspec.Struct, frozen=True):
    """cpu in thousandths of a core, memory in bytes."""

    cpu: int = 0
    memory: int = 0

    def __add__(self, other: "Resources") -> "Resources":
        return Resources(self.cpu + other.cpu, self.memory + other.memory)

    def __sub__(self, other: "Resources") -> "Resources":
        return Resources(self.cpu - other.cpu, self.memory - other.memory)


def _requested(container: Container) -> Resources:
    requests = container.resources.requests
    return Resources(millicores(requests.get("cpu", "0")), byte_count(requests.get("memory", "0")))


def pod_request(pod: Pod) -> Resources:
    """What the predicates count: the sum over containers, or the largest init container if that is more."""
    total = Resources()
    for container in pod.spec.containers:
        total += _requested(container)
    for container in pod.spec.init_containers:
        single = _requested(container)
        total = Resources(max(total.cpu, single.cpu), max(total.memory, single.memory))
    return total


def nonzero_request(pod: Pod) -> Resources:
    """What the priorities count: a container that says nothing counts as a small one."""
    total = Resources()
    for container in pod.spec.containers:
        requests = container.resources.requests
        total += Resources(
            millicores(requests["cpu"]) if "cpu" in requests else DEFAULT_MILLI_CPU,
            byte_count(requests["memory"]) if "memory" in requests else DEFAULT_MEMORY,
        )
    return total


def is_best_effort(pod: Pod) -> bool:
    """No container requests or limits anything."""
    return not any(
        container.resources.requests or container.resources.limits for container in pod.spec.containers
    )


def allocatable(node: Node) -> tuple[Resources, int]:
    """What pods may use of the node, and how many pods it takes."""
    offered = node.status.allocatable
    resources = Resources(millicores(offered.get("cpu", "0")), byte_count(offered.get("memory", "0")))
    return resources, int(offered.get("pods", "0"))
