"""What a plugin of the scheduling framework may say: no to a node, how good a node is, and which change may
help a pod that it turned away.

Where the real framework keeps what a plugin computed once per pod in a CycleState, here the plugin returns
a function of the node that has it.
Sources: v1.36 staging/src/k8s.io/kube-scheduler/framework/interface.go, types.go.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Literal

import msgspec

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import ApiObject, LabelSelector, replace
from clustersim.api.resources import Resources, requests_v136
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate, priority_of
from clustersim.scheduler.framework.devices import Devices
from clustersim.scheduler.framework.volumes import Volumes
from clustersim.scheduler.pod_affinity import Namespaces

MAXIMUM: Final = 100
"""Points that a plugin gives a node at most."""


class Status(msgspec.Struct, frozen=True):
    """Why not. final: taking pods off the node would not help (UnschedulableAndUnresolvable)."""

    plugin: str
    reasons: tuple[str, ...]
    final: bool = False


class Snapshot(msgspec.Struct, frozen=True):
    """The nodes as they are while one pod is being looked at, in the order in which they are visited.

    selector: all that the Services and the controller of the pod select by, together; namespaces: labels of
    the namespaces, by name; nominated: pods that wait for room on a node, by node; volumes: what claims of
    pods are and can be bound to; devices: what pods claim of them.
    """

    infos: list[NodeInfo]
    selector: LabelSelector | None = None
    namespaces: Namespaces = {}
    nominated: Mapping[str, tuple[Pod, ...]] = {}
    volumes: Volumes = Volumes()
    devices: Devices = Devices()

    def with_node(self, info: NodeInfo) -> "Snapshot":
        """The same with another state of one node."""
        infos = [info if one.name == info.name else one for one in self.infos]
        return replace(self, infos=infos)

    def named(self, name: str) -> NodeInfo | None:
        """The node of that name."""
        return next((info for info in self.infos if info.name == name), None) if name else None

    def expected(self, pod: Pod, node: str) -> tuple[Pod, ...]:
        """Pods that are to come to the node and are at least as important as this one."""
        return tuple(
            one
            for one in self.nominated.get(node, ())
            if priority_of(one) >= priority_of(pod) and one.metadata.uid != pod.metadata.uid
        )


Aspect = Literal["labels", "taints", "allocatable"]
"""Of a node, as far as plugins care; that it is no longer cordoned goes with its taints."""


class ClusterEvent(msgspec.Struct, frozen=True):
    """Something that happened and may make a pod schedulable: to a node, to a pod on a node, or to storage.

    old: None where the object is new; new: None where it is gone.
    """

    old: ApiObject | None
    new: ApiObject | None

    def node(self, *aspects: Aspect) -> Node | None:
        """The node that was added, or of which one of the aspects changed."""
        if not isinstance(self.new, Node):
            return None
        if not isinstance(self.old, Node) or any(_differ(self.old, self.new, one) for one in aspects):
            return self.new
        return None

    @property
    def node_before(self) -> Node | None:
        """What the node was; None where it is new."""
        return self.old if isinstance(self.old, Node) else None

    @property
    def untainted(self) -> bool:
        """The taints of a node changed, or it is no longer cordoned (UpdateNodeTaint)."""
        return isinstance(self.old, Node) and self.node("taints") is not None

    @property
    def shrunk(self) -> Resources | None:
        """By how much less a pod on a node counts that stays."""
        if not isinstance(self.old, Pod) or not isinstance(self.new, Pod):
            return None
        return requests_v136(self.old).counted - requests_v136(self.new).counted

    @property
    def of_size_alone(self) -> bool:
        """A pod counts for another size, and that is all (UpdatePodScaleDown)."""
        old, new = self.old, self.new
        return isinstance(old, Pod) and isinstance(new, Pod) and old.metadata.labels == new.metadata.labels

    @property
    def freed(self) -> Pod | None:
        """The pod that left its node."""
        return self.old if isinstance(self.old, Pod) and self.new is None else None


def _differ(old: Node, new: Node, aspect: Aspect) -> bool:
    if aspect == "labels":
        return old.metadata.labels != new.metadata.labels
    if aspect == "allocatable":
        return old.status.allocatable != new.status.allocatable
    return old.spec.taints != new.spec.taints or (old.spec.unschedulable and not new.spec.unschedulable)


Filter = Callable[[NodeInfo], Status | None]
"""None: the pod can run there."""

Scorer = Callable[[NodeInfo], int]


class Plugin:
    """A plugin. weight: of its points in the sum; 0 for those that only filter. judges_taints: it says itself
    whether another taint of a node may help; whoever does not is taken to think so (buildQueueingHintMap)."""

    name: ClassVar[str]
    weight: ClassVar[int] = 0
    judges_taints: ClassVar[bool] = False

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        """How it filters nodes for this pod (PreFilter and Filter). A Status: no node will do; None: it has
        nothing against any."""
        return None

    def only(self, asked: Candidate) -> frozenset[str] | None:
        """The names of the only nodes that come into question (PreFilterResult); None: any may."""
        return None

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        """How it scores the nodes that are left (PreScore and Score); None: all get nothing."""
        return None

    def normalize(self, points: list[int]) -> list[int]:
        """Scale the points of all nodes to 0 .. 100 (NormalizeScore)."""
        return points

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        """Whether the event may make a pod schedulable that this plugin turned away (QueueingHint)."""
        return True

    def wakes(self, asked: Candidate, event: ClusterEvent) -> bool:
        """Whether a pod that it turned away is tried again."""
        return self.may_help(asked, event) or (event.untainted and not self.judges_taints)

    def no(self, *reasons: str, final: bool = False) -> Status:
        """Turn a node away."""
        return Status(self.name, reasons, final)


def scaled(points: list[int], *, reverse: bool = False) -> list[int]:
    """Scale to 0 .. 100 by the greatest (plugins/helper DefaultNormalizeScore)."""
    most = max(points, default=0)
    if most == 0:
        return [MAXIMUM] * len(points) if reverse else points
    found = [MAXIMUM * one // most for one in points]
    return [MAXIMUM - one for one in found] if reverse else found
