"""What the parts of a node controller share: its caches, its memory, and what it tells people."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import ObjectReference
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.node.deadlines import NodeDeadlines, Stir
from clustersim.controllermanager.node.evictor import ZoneQueue
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.part import Controller
from clustersim.engine.at_hand import AtHand

if TYPE_CHECKING:
    from clustersim.controllermanager.node.monitor import Monitor


class NodeControllerBase(Controller):
    """A node controller without the parts that do its work."""

    waits_for: ClassVar[tuple[str, ...]] = ("nodes", "pods")
    monitor: "Monitor"

    def __init__(self, context: ControllerContext, name: str, source: str) -> None:
        super().__init__(context, name, source)
        self.nodes = self.shared.get("nodes")
        self.pods = self.shared.get("pods")

    @AtHand
    def state(self) -> NodeControllerState:
        """Its memory."""
        return self.memory(NodeControllerState)

    @abstractmethod
    def deadlines(self, names: Iterable[str] | None = None) -> dict[str, NodeDeadlines]:
        """When what will happen to these nodes, or to all, if nothing changes; none while it is idle."""

    def stir(self) -> Stir:
        """What it does by itself: passes over the nodes, and queues that it works off."""
        state = self.peek(NodeControllerState)
        zones = tuple(
            (len(one.queue), len(one.seen), one.limiter and msgspec.structs.astuple(one.limiter))
            for one in state.evictors.values()
        )
        under_way = bool(state.todo or state.working or state.evicting)
        return Stir(under_way, (state.lookout.passes, tuple(state.zones.values()), zones))

    def queues(self) -> tuple[ZoneQueue, ...]:
        """The zones in which nodes wait for the rate limiter, in the order of their names."""
        evictors = self.peek(NodeControllerState).evictors
        return tuple(evictors[zone].told(zone, self.now) for zone in sorted(evictors) if evictors[zone].queue)

    def write(self, text: str, level: str = "I") -> None:
        """A line in the log."""
        self.log(text, self.traits.node_source, level)

    def node_event(self, name: str, uid: str, reason: str, message: str) -> None:
        """An Event about a node."""
        self.recorder.event(ObjectReference(kind="Node", name=name, uid=uid), "Normal", reason, message)

    def pod_event(self, pod: Pod, reason: str, message: str, kind: str = "Normal") -> None:
        """An Event about a pod."""
        metadata = pod.metadata
        involved = ObjectReference(
            kind="Pod", namespace=metadata.namespace, name=metadata.name, uid=metadata.uid, api_version="v1"
        )
        self.recorder.event(involved, kind, reason, message)
