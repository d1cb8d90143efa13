"""Admission of pods by the node itself: whatever the scheduler or an impatient user bound here must fit.

A pod that does not is Failed at once. After a restart of the kubelet all pods go through it again, in the
order of their creation (v1.7.5 pkg/kubelet/lifecycle/predicate.go, kubelet.go canAdmitPod, rejectPod).
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.quantity import byte_count, millicores
from clustersim.api.selectors import matches_labels


class Refusal(msgspec.Struct, frozen=True):
    """Why a pod is refused: reason and message of its status. of_labels: because of the node's labels, of
    which the kubelet may have an old view.
    """

    reason: str
    message: str
    of_labels: bool = False


NODE_SELECTOR: Final = Refusal("MatchNodeSelector", "Predicate MatchNodeSelector failed", of_labels=True)
NODE_AFFINITY: Final = Refusal(
    "NodeAffinity",
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    of_labels=True,
)
"""The same in v1.36."""


class Offer(msgspec.Struct, frozen=True):
    """What the node has: CPU in thousandths, memory in bytes, pods, labels."""

    cpu: int
    memory: int
    pods: int
    labels: dict[str, str]


def refusal(pod: Pod, others: Iterable[Pod], offer: Offer) -> Refusal | None:
    """None if the pod fits beside the others (GeneralPredicates, the first that fails)."""
    beside = tuple(others)
    if len(beside) + 1 > offer.pods:
        return _insufficient("pods", 1, len(beside), offer.pods)
    cpu, memory = requests(pod)
    if cpu or memory:
        used = [requests(other) for other in beside]
        used_cpu, used_memory = sum(one[0] for one in used), sum(one[1] for one in used)
        if cpu and used_cpu + cpu > offer.cpu:
            return _insufficient("cpu", cpu, used_cpu, offer.cpu)
        if memory and used_memory + memory > offer.memory:
            return _insufficient("memory", memory, used_memory, offer.memory)
    if not matches_labels(pod.spec.node_selector, offer.labels):
        return NODE_SELECTOR
    return None


def requests(pod: Pod) -> tuple[int, int]:
    """CPU in thousandths and bytes of memory that its containers ask for."""
    found = [container.resources.requests for container in pod.spec.containers]
    return (
        sum(millicores(one.get("cpu", "0")) for one in found),
        sum(byte_count(one.get("memory", "0")) for one in found),
    )


def _insufficient(resource: str, requested: int, used: int, capacity: int) -> Refusal:
    return Refusal(
        f"OutOf{resource}",
        f"Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, "
        f"capacity: {capacity}",
    )
