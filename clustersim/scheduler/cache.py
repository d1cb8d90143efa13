"""What the scheduler believes about nodes: which pods are on them, confirmed by the watch or merely assumed.

```
            assume               confirmed by the watch
  (unknown) ------> assumed ------------------------------> added
                      |  binding failed, or not confirmed
                      |  30 s after the binding finished
                      +-----> (unknown)
```
Source: v1.7.5 plugin/pkg/scheduler/schedulercache/cache.go, equal in v1.8.0.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.owners import workload_of
from clustersim.api.registry import key_of
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.scheduler.resources import Resources, allocatable, nonzero_request, pod_request


class PodKind(NamedTuple):
    """What pods are counted by. owner: the workload's name, or the pod's own."""

    namespace: str
    owner: str
    deleting: bool
    labels: tuple[tuple[str, str], ...]


def owner_of(pod: Pod) -> str:
    """The workload's name, or the pod's own."""
    workload = workload_of(pod)
    return workload[1] if workload is not None else pod.metadata.name


def kind_of(pod: Pod) -> PodKind:
    """What a pod is counted as."""
    metadata = pod.metadata
    deleting = bool(metadata.deletion_timestamp)
    return PodKind(metadata.namespace, owner_of(pod), deleting, tuple(metadata.labels.items()))


class NodeInfo(State):
    """One node with its pods and the sums over them; `node` is None while only its pods are known."""

    name: str
    node: Node | None = None
    pods: dict[str, Pod] = msgspec.field(default_factory=dict)
    kinds: dict[PodKind, int] = msgspec.field(default_factory=dict)
    offered: Resources = Resources()
    offered_pods: int = 0
    requested: Resources = Resources()
    nonzero: Resources = Resources()

    def add(self, pod: Pod) -> None:
        """Count a pod."""
        self.pods[key_of(pod)] = pod
        kind = kind_of(pod)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.requested += pod_request(pod)
        self.nonzero += nonzero_request(pod)

    def remove(self, pod: Pod) -> None:
        """Count it no more."""
        del self.pods[key_of(pod)]
        kind = kind_of(pod)
        self.kinds[kind] -= 1
        if not self.kinds[kind]:
            del self.kinds[kind]
        self.requested -= pod_request(pod)
        self.nonzero -= nonzero_request(pod)


class CacheState(State):
    """`where`: the node of every counted pod; `assumed`: pods no watch confirmed, and when that is given up.

    The deadline is None while the binding is under way.
    """

    nodes: dict[str, NodeInfo] = msgspec.field(default_factory=dict)
    where: dict[str, str] = msgspec.field(default_factory=dict)
    assumed: dict[str, Micros | None] = msgspec.field(default_factory=dict)


class SchedulerCache:
    """Works on a `CacheState`."""

    def __init__(self, state: CacheState) -> None:
        self.state = state

    def nodes(self) -> Iterator[NodeInfo]:
        """The nodes that exist."""
        return (info for info in self.state.nodes.values() if info.node is not None)

    def node(self, name: str) -> NodeInfo | None:
        """A node that exists, by name."""
        info = self.state.nodes.get(name)
        return info if info is not None and info.node is not None else None

    def set_node(self, node: Node) -> None:
        """A node was added or changed."""
        info = self._info(node.metadata.name)
        if info.node is None or info.node.status.allocatable != node.status.allocatable:
            info.offered, info.offered_pods = allocatable(node)
        info.node = node

    def remove_node(self, name: str) -> None:
        """A node is gone; it stays known as long as pods are counted on it."""
        info = self.state.nodes[name]
        info.node = None
        self._drop_if_empty(info)

    def knows(self, pod: Pod) -> bool:
        """The pod is counted on some node."""
        return key_of(pod) in self.state.where

    def assume(self, pod: Pod) -> None:
        """Count a pod on its node before anybody confirmed it."""
        self._count(pod)
        self.state.assumed[key_of(pod)] = None

    def finish_binding(self, pod: Pod, deadline: Micros) -> None:
        """The API server has answered: from now on the confirmation is waited for until `deadline`."""
        if key_of(pod) in self.state.assumed:
            self.state.assumed[key_of(pod)] = deadline

    def forget(self, pod: Pod) -> None:
        """An assumption turned out wrong."""
        if key_of(pod) in self.state.assumed:
            self.remove(pod)

    def expire(self, pod: Pod, now: Micros) -> bool:
        """Give up an assumption whose deadline is over."""
        deadline = self.state.assumed.get(key_of(pod))
        if deadline is None or now < deadline:
            return False
        self.remove(pod)
        return True

    def add(self, pod: Pod) -> None:
        """The watch shows the pod on its node."""
        self.remove(pod)
        self._count(pod)

    def remove(self, pod: Pod) -> None:
        """The pod is gone or has finished."""
        key = key_of(pod)
        self.state.assumed.pop(key, None)
        name = self.state.where.pop(key, None)
        if name is not None:
            info = self.state.nodes[name]
            info.remove(info.pods[key])
            self._drop_if_empty(info)

    def _count(self, pod: Pod) -> None:
        self._info(pod.spec.node_name).add(pod)
        self.state.where[key_of(pod)] = pod.spec.node_name

    def _info(self, name: str) -> NodeInfo:
        if (info := self.state.nodes.get(name)) is None:
            info = self.state.nodes[name] = NodeInfo(name)
        return info

    def _drop_if_empty(self, info: NodeInfo) -> None:
        if info.node is None and not info.pods:
            del self.state.nodes[info.name]
