"""What is known about nodes and pods without looking at each: follows a cache change by change.

Made from the cache and thrown away with it, so it is no part of anybody's memory.
"""

from collections.abc import Iterable
from typing import Any

from clustersim.api.core_v1 import Node, Pod
from clustersim.scheduler.cache import CacheState, NodeInfo, has_pod_affinity, kind_of
from clustersim.scheduler.incremental.affinity_terms import AffinityTerms
from clustersim.scheduler.incremental.owners import Owners
from clustersim.scheduler.incremental.spreading import Spreading


class ClusterIndex:
    """Follows one `CacheState`.

    known: the nodes that exist; changed: nodes by the number of their last change, in its order. affinity:
    what pods that run say about others. settings: how many times nodes came, went or got other labels.
    """

    def __init__(self, state: CacheState, owners: Iterable[Any] = ()) -> None:
        self.state = state
        self.known: dict[str, None] = {}
        self.changes = 0
        self.changed: dict[str, int] = {}
        self.spreading = Spreading()
        self.owners = Owners()
        self.affinity = AffinityTerms()
        self.settings = 0
        for owner in owners:
            self.owners.changed(None, owner)
        for info in state.nodes.values():
            self.touch(info.name)
            if info.node is not None:
                self.known[info.name] = None
            for key in info.affine:
                self.affinity.count(info.pods[key], 1)
            for kind, count in info.kinds.items():
                self.spreading.count(info.name, kind, count)

    def touch(self, node: str) -> None:
        """Something that matters about a node has changed."""
        self.changes += 1
        self.changed.pop(node, None)
        self.changed[node] = self.changes

    def node_set(self, old: Node | None, new: Node | None, name: str) -> None:
        """A node came, changed or went; a heartbeat is no change."""
        if new is None:
            self.known.pop(name, None)
            self.settings += 1
        elif old is None:
            self.known[name] = None
            self.settings += 1
        elif not _differs(old, new):
            return
        elif old.metadata.labels != new.metadata.labels:
            self.settings += 1
        self.touch(name)

    def counted(self, info: NodeInfo, pod: Pod, change: int) -> None:
        """A pod came to a node (1) or left it (-1)."""
        self.touch(info.name)
        self.spreading.count(info.name, kind_of(pod), change)
        if has_pod_affinity(pod):
            self.affinity.count(pod, change)

    def changed_since(self, change: int) -> list[str]:
        """The nodes that changed after that change."""
        found = []
        for name in reversed(self.changed):
            if self.changed[name] <= change:
                break
            found.append(name)
        return found


def _differs(old: Node, new: Node) -> bool:
    """Whether anything changed that a scheduler looks at; what did not is mostly the same object."""
    before, after = old.status, new.status
    if (
        _other(old.spec, new.spec)
        or _other(before.allocatable, after.allocatable)
        or _other(old.metadata.labels, new.metadata.labels)
        or _other(old.metadata.annotations, new.metadata.annotations)
        or _other(before.images, after.images)
        or len(before.conditions) != len(after.conditions)
    ):
        return True
    for one, other in zip(before.conditions, after.conditions, strict=True):
        if one.status != other.status or one.type != other.type:
            return True
    return False


def _other(old: Any, new: Any) -> bool:
    return old is not new and bool(old != new)
