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

from collections.abc import Iterable, Iterator
from functools import lru_cache
from sys import intern
from typing import NamedTuple, Protocol, cast

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.host_ports import HostPort, host_ports
from clustersim.api.owners import workload_of
from clustersim.api.registry import key_of
from clustersim.api.resources import (
    Accounting,
    Requests,
    Resources,
    allocatable,
    is_resizing,
    requests_on_node,
)
from clustersim.engine.identity import Same
from clustersim.engine.state import State, copy_state
from clustersim.engine.time import Micros


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
    return _kind(metadata.namespace, owner_of(pod), deleting, Same(metadata.labels))


@lru_cache(maxsize=1024)
def _kind(namespace: str, owner: str, deleting: bool, labels: Same) -> PodKind:
    """One object for all pods of a template, which share their labels."""
    (own,) = cast("tuple[dict[str, str]]", labels.objects)
    return PodKind(namespace, owner, deleting, tuple(own.items()))


def has_pod_affinity(pod: Pod) -> bool:
    """Whether the pod says which pods it must or would like to be near to or far from."""
    affinity = pod.spec.affinity
    return affinity is not None and any((affinity.pod_affinity, affinity.pod_anti_affinity))


class NodeInfo(State):
    """One node with its pods and the sums over them; `node` is None while only its pods are known.

    ports: host ports in use; affine: keys of the pods that say something about other pods.
    """

    name: str
    node: Node | None = None
    pods: dict[str, Pod] = msgspec.field(default_factory=dict)
    kinds: dict[PodKind, int] = msgspec.field(default_factory=dict)
    offered: Resources = Resources()
    offered_pods: int = 0
    requested: Resources = Resources()
    nonzero: Resources = Resources()
    ports: dict[HostPort, int] = msgspec.field(default_factory=dict)
    affine: dict[str, bool] = msgspec.field(default_factory=dict)

    def add(self, pod: Pod, asked: Requests) -> None:
        """Count a pod."""
        key = intern(key_of(pod))
        self.pods[key] = pod
        kind = kind_of(pod)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.requested += asked.counted
        self.nonzero += asked.assumed
        for port in host_ports(pod):
            self.ports[port] = self.ports.get(port, 0) + 1
        if has_pod_affinity(pod):
            self.affine[key] = True

    def remove(self, pod: Pod, asked: Requests) -> None:
        """Count it no more."""
        key = key_of(pod)
        del self.pods[key]
        kind = kind_of(pod)
        self.kinds[kind] -= 1
        if not self.kinds[kind]:
            del self.kinds[kind]
        self.requested -= asked.counted
        self.nonzero -= asked.assumed
        for port in host_ports(pod):
            self.ports[port] -= 1
            if not self.ports[port]:
                del self.ports[port]
        self.affine.pop(key, None)

    def copy(self) -> "NodeInfo":
        """One to try changes on."""
        copied: NodeInfo = copy_state(self)
        return copied

    def with_pods(self, pods: Iterable[Pod], accounting: Accounting) -> "NodeInfo":
        """As it would be with those pods, too."""
        crowded = self.copy()
        for pod in pods:
            crowded.add(pod, accounting(pod))
        return crowded


class CacheState(State):
    """`where`: the node of every counted pod; `assumed`: pods no watch confirmed, and when that is given up.

    The deadline is None while the binding is under way.
    """

    nodes: dict[str, NodeInfo] = msgspec.field(default_factory=dict)
    where: dict[str, str] = msgspec.field(default_factory=dict)
    assumed: dict[str, Micros | None] = msgspec.field(default_factory=dict)


class Follower(Protocol):
    """Who is told of every change of a cache."""

    def node_set(self, old: Node | None, new: Node | None, name: str) -> None:
        """A node came, changed or went."""

    def counted(self, info: NodeInfo, pod: Pod, change: int) -> None:
        """A pod came to a node (1) or left it (-1)."""


class SchedulerCache:
    """Works on a `CacheState`. accounting: how the release counts what pods ask for; follower: who is told
    of changes."""

    def __init__(
        self, state: CacheState, accounting: Accounting = requests_on_node, follower: Follower | None = None
    ) -> None:
        self.state = state
        self.accounting = accounting
        self.follower = follower

    def nodes(self) -> Iterator[NodeInfo]:
        """The nodes that exist."""
        return (info for info in self.state.nodes.values() if info.node is not None)

    def node(self, name: str) -> NodeInfo | None:
        """A node that exists, by name."""
        info = self.state.nodes.get(name)
        return info if info is not None and info.node is not None else None

    def set_node(self, node: Node) -> None:
        """A node was added, and then it is the last, or changed."""
        info = self._info(node.metadata.name)
        if info.node is None:
            self.state.nodes[info.name] = self.state.nodes.pop(info.name)
        known = info.node.status.allocatable if info.node is not None else None
        if known is not node.status.allocatable and known != node.status.allocatable:
            info.offered, info.offered_pods = allocatable(node)
        before, info.node = info.node, node
        if self.follower is not None:
            self.follower.node_set(before, node, info.name)

    def remove_node(self, name: str) -> None:
        """A node is gone; it stays known as long as pods are counted on it."""
        info = self.state.nodes[name]
        before, info.node = info.node, None
        if self.follower is not None:
            self.follower.node_set(before, None, name)
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
        key = key_of(pod)
        if self.state.where.get(key) == pod.spec.node_name:
            info = self.state.nodes[pod.spec.node_name]
            if _counts_as(pod, info.pods[key]) and not (is_resizing(pod) or is_resizing(info.pods[key])):
                info.pods[key] = pod
                self.state.assumed.pop(key, None)
                return
        self.remove(pod)
        self._count(pod)

    def remove(self, pod: Pod) -> None:
        """The pod is gone or has finished."""
        key = key_of(pod)
        self.state.assumed.pop(key, None)
        name = self.state.where.pop(key, None)
        if name is not None:
            info = self.state.nodes[name]
            pod = info.pods[key]
            info.remove(pod, self.accounting(pod))
            if self.follower is not None:
                self.follower.counted(info, pod, -1)
            self._drop_if_empty(info)

    def _count(self, pod: Pod) -> None:
        info = self._info(pod.spec.node_name)
        info.add(pod, self.accounting(pod))
        self.state.where[intern(key_of(pod))] = info.name
        if self.follower is not None:
            self.follower.counted(info, pod, 1)

    def _info(self, name: str) -> NodeInfo:
        if (info := self.state.nodes.get(name)) is None:
            info = self.state.nodes[name] = NodeInfo(name)
        return info

    def _drop_if_empty(self, info: NodeInfo) -> None:
        if info.node is None and not info.pods:
            del self.state.nodes[info.name]


def _counts_as(pod: Pod, other: Pod) -> bool:
    """Whether two states of a pod are the same to a scheduler; what stayed is mostly the same object."""
    if pod.spec is not other.spec and pod.spec != other.spec:
        return False
    one, two = pod.metadata, other.metadata
    if (
        one.labels is two.labels
        and one.owner_references is two.owner_references
        and one.deletion_timestamp == two.deletion_timestamp
    ):
        return True
    return kind_of(pod) == kind_of(other)
