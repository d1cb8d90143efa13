"""The node controller: what its two loops share, and what it tells people."""

from typing import TYPE_CHECKING, ClassVar

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import ObjectReference
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.eviction import Eviction
from clustersim.controllermanager.node.marking import Marking
from clustersim.controllermanager.node.monitor import Monitor
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.taints import TaintManager
from clustersim.controllermanager.part import Controller, ControlLoop

if TYPE_CHECKING:
    from clustersim.controllermanager.process import ControllerManager


class NodeController(Controller):
    """Monitors nodes (`monitor`) and deletes the pods of those that are lost (`eviction`) or tainted
    (`taints`)."""

    waits_for: ClassVar[tuple[str, ...]] = ("nodes", "pods")
    title: ClassVar[str] = "node"

    def __init__(self, process: "ControllerManager") -> None:
        super().__init__(process, "node-controller", "controllermanager")
        self.nodes = process.shared.get("nodes", self.node_changed)
        process.shared.get("pods")
        self.eviction = Eviction(self)
        self.zones = Zones(self)
        self.marking = Marking(self)
        self.monitor = Monitor(self)
        self.taints = TaintManager(self) if self.flags.enable_taint_manager else None

    @property
    def state(self) -> NodeControllerState:
        """Its memory."""
        return self.memory(NodeControllerState)

    def start(self) -> None:
        """Everything begins at once."""
        self.monitor.loop.start(self.process.until_first_pass(self.monitor.name))
        self.eviction.loop.start()
        if self.taints is not None:
            self.taints.queue.open()

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A change reached the cache; it is looked at by the next pass."""
        if new is not None:
            self.state.heard[new.metadata.name] = self.engine.cause
        elif old is not None:
            self.state.heard.pop(old.metadata.name, None)

    def write(self, text: str, level: str = "I") -> None:
        """A line in the log."""
        self.log(text, self.traits.node_source, level)

    def node_event(self, name: str, uid: str, reason: str, message: str) -> None:
        """An Event about a node."""
        self.recorder.event(ObjectReference(kind="Node", name=name, uid=uid), "Normal", reason, message)

    def pod_event(self, pod: Pod, reason: str, message: str) -> None:
        """An Event about a pod."""
        metadata = pod.metadata
        involved = ObjectReference(
            kind="Pod", namespace=metadata.namespace, name=metadata.name, uid=metadata.uid, api_version="v1"
        )
        self.recorder.event(involved, "Normal", reason, message)

    def control_loops(self) -> tuple[ControlLoop, ...]:
        """The monitor and the nodes it still has to look at, the eviction and the nodes that wait for it, the
        taint manager and the changes it still has to look at."""
        state = self.peek(NodeControllerState)
        waiting = sum(len(evictor.queue) for evictor in state.evictors.values())
        loops = (
            ControlLoop(self.monitor.name, state.last_active, len(state.todo)),
            ControlLoop(self.eviction.name, state.last_eviction, waiting),
        )
        return loops if self.taints is None else (*loops, self.loop_of(self.taints.queue))
