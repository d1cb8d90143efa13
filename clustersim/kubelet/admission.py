"""Admission of pods by the node itself: whatever the scheduler or an impatient user bound here must fit.

A pod that does not is Failed at once. After a restart of the kubelet all pods go through it again, in the
order of their creation (v1.7.5 pkg/kubelet/lifecycle/predicate.go, kubelet.go canAdmitPod, rejectPod).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodStatus
from clustersim.api.host_ports import HostPort, conflicts, host_ports, same_number_taken
from clustersim.api.meta import replace
from clustersim.api.node_selection import matches_node
from clustersim.api.resources import Resources, allocatable, requests, requests_on_node, requests_v136
from clustersim.api.tolerations import no_execute_taints, tolerates

STORAGE: Final = "ephemeral-storage"
SYSTEM_LABEL: Final = "kubernetes.io/os"
SYSTEM: Final = "linux"

Shortage = tuple[str, int]
"""A resource, and how much of it lacks."""

SOURCE: Final = "kubernetes.io/config.source"
"""Says where a pod comes from; pods of the API server have no such annotation."""


def is_static(pod: Pod) -> bool:
    """It comes from a file on the node, not from the API server."""
    return pod.metadata.annotations.get(SOURCE, "api") != "api"


class Refusal(msgspec.Struct, frozen=True):
    """Why a pod is refused: reason and message of its status. of_node: because of the node's labels or
    taints, of which the model's kubelet may have an old view.
    """

    reason: str
    message: str
    of_node: bool = False


class Offer(msgspec.Struct, frozen=True):
    """What the node has: CPU in thousandths, memory in bytes, pods; and its object, for labels and taints."""

    cpu: int
    memory: int
    pods: int
    node: Node


class GeneralPredicates:
    """What kubelets of v1.7 and v1.8 ask, in this order; the first that fails is told."""

    def refusal(self, pod: Pod, others: Iterable[Pod], offer: Offer) -> Refusal | None:
        """None if the pod fits beside the others."""
        beside = tuple(others)
        return self._resources(pod, beside, offer) or self._essential(pod, beside, offer.node)

    def _essential(self, pod: Pod, beside: Sequence[Pod], node: Node) -> Refusal | None:
        wanted = host_ports(pod)
        if wanted and same_number_taken(wanted, _ports(beside)):
            return _failed("PodFitsHostPorts")
        return None if matches_node(pod, node) else _failed("MatchNodeSelector", of_node=True)

    def _request(self, pod: Pod) -> Resources:
        return requests(pod).counted

    def _taken(self, pod: Pod) -> Resources:
        """What a pod counts for that is there."""
        return requests_on_node(pod).counted

    def _resources(self, pod: Pod, beside: Sequence[Pod], offer: Offer) -> Refusal | None:
        if len(beside) + 1 > offer.pods:
            return _insufficient("pods", 1, len(beside), offer.pods)
        asked = self._request(replace(pod, status=PodStatus()))
        if not asked.cpu and not asked.memory:
            return None
        used = sum(map(self._taken, beside), Resources())
        if asked.cpu and used.cpu + asked.cpu > offer.cpu:
            return _insufficient("cpu", asked.cpu, used.cpu, offer.cpu)
        if asked.memory and used.memory + asked.memory > offer.memory:
            return _insufficient("memory", asked.memory, used.memory, offer.memory)
        return None


class AdmissionCheck(GeneralPredicates):
    """What a kubelet of today asks: the node's affinity before its ports, and what drives pods away, unless
    the pod is static (v1.36 pkg/kubelet/lifecycle/predicate.go generalFilter, pkg/scheduler AdmissionCheck).
    """

    def refusal(self, pod: Pod, others: Iterable[Pod], offer: Offer) -> Refusal | None:
        return _of_another_system(pod) or super().refusal(pod, others, offer)

    def _essential(self, pod: Pod, beside: Sequence[Pod], node: Node) -> Refusal | None:
        if not matches_node(pod, node):
            return _failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector", of_node=True)
        wanted = host_ports(pod)
        if wanted and conflicts(wanted, _ports(beside)):
            return _failed("NodePorts", "node(s) didn't have free ports for the requested pod ports")
        if SOURCE not in pod.metadata.annotations and _driven_away(pod, node):
            return _failed("TaintToleration", "node(s) had taints that the pod didn't tolerate", of_node=True)
        return None

    def refusal_beside_resources(self, pod: Pod, others: Sequence[Pod], offer: Offer) -> Refusal | None:
        """Why the pod is refused, were there enough of everything."""
        return _of_another_system(pod) or self._essential(pod, others, offer.node)

    def shortages(self, pod: Pod, others: Sequence[Pod], offer: Offer) -> list[Shortage]:
        """All that lacks for the pod beside the others (InsufficientResourceError GetInsufficientAmount)."""
        asked, (offered, _pods) = self._request(replace(pod, status=PodStatus())), allocatable(offer.node)
        used = sum(map(self._taken, others), Resources())
        lacking = [("pods", len(others) + 1 - offer.pods)]
        lacking += [("cpu", asked.cpu and used.cpu + asked.cpu - offer.cpu)]
        lacking += [("memory", asked.memory and used.memory + asked.memory - offer.memory)]
        for name, amount in asked.others:
            has = offered.amount(name)
            if has or name == STORAGE:
                lacking.append((name, used.amount(name) + amount - has))
        return [(name, amount) for name, amount in lacking if amount > 0]

    def _request(self, pod: Pod) -> Resources:
        return requests_v136(pod).counted

    def _taken(self, pod: Pod) -> Resources:
        return self._request(pod)

    def _resources(self, pod: Pod, beside: Sequence[Pod], offer: Offer) -> Refusal | None:
        """Storage and devices besides; a device that the node does not have is not asked for
        (removeMissingExtendedResources)."""
        refused = super()._resources(pod, beside, offer)
        if refused is not None:
            return refused
        asked, (offered, _pods) = self._request(replace(pod, status=PodStatus())), allocatable(offer.node)
        for name, amount in asked.others:
            has = offered.amount(name)
            if not has and name != STORAGE:
                continue
            used = sum(self._taken(one).amount(name) for one in beside)
            if used + amount > has:
                return _insufficient(name, amount, used, has)
        return None


def _of_another_system(pod: Pod) -> Refusal | None:
    """The pod's own label, or its field, names another operating system than the node's."""
    if pod.metadata.labels.get(SYSTEM_LABEL, SYSTEM) != SYSTEM:
        label = f"Failed to admit pod as the `{SYSTEM_LABEL}` label doesn't match node label"
        return Refusal("PodOSSelectorNodeLabelDoesNotMatch", label)
    if pod.spec.os is not None and pod.spec.os.name != SYSTEM:
        return Refusal("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS")
    return None


def _ports(pods: Iterable[Pod]) -> tuple[HostPort, ...]:
    return tuple(port for pod in pods for port in host_ports(pod))


def _driven_away(pod: Pod, node: Node) -> bool:
    taints = no_execute_taints(node)
    return not all(any(tolerates(one, taint) for one in pod.spec.tolerations) for taint in taints)


def _failed(predicate: str, why: str = "", of_node: bool = False) -> Refusal:
    told = f": {why}" if why else ""
    return Refusal(predicate, f"Predicate {predicate} failed{told}", of_node=of_node)


def _insufficient(resource: str, requested: int, used: int, capacity: int) -> Refusal:
    return Refusal(
        f"OutOf{resource}",
        f"Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, "
        f"capacity: {capacity}",
    )
