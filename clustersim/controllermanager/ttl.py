"""The TTL controller tells every kubelet how long it may keep Secrets and ConfigMaps, by the cluster's size.

It says so in an annotation of the Node. A cluster that shrinks goes back to a shorter time only some nodes
below the size at which it went over to the longer one.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/ttl/ttl_controller.go.
"""

from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Node
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.at_hand import AtHand
from clustersim.engine.state import State

ANNOTATION: Final = "node.alpha.kubernetes.io/ttl"

BOUNDARIES: Final = ((0, 100, 0), (90, 500, 15), (450, 1000, 30), (900, 2000, 60), (1800, None, 300))
"""Fewest and most nodes, and the seconds that go with them."""

TEXTS: Final = tuple(str(seconds) for _, _, seconds in BOUNDARIES)


class TtlState(State):
    """nodes: how many there are; step: which of the boundaries holds; outdated: nodes that were not yet seen
    to say what it wants."""

    nodes: int = 0
    step: int = 0
    outdated: dict[str, bool] = msgspec.field(default_factory=dict)


class TtlController(Controller):
    """Keeps the annotation of every Node."""

    waits_for: ClassVar[tuple[str, ...]] = ("nodes",)
    title: ClassVar[str] = "TTL"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "ttl-controller", "ttl-controller")
        self.nodes = self.shared.get("nodes", self.node_changed, renewed=self.node_renewed)
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=5)

    @AtHand
    def state(self) -> TtlState:
        """Its memory."""
        return self.memory(TtlState)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """Nodes are counted; one that says another time than wanted is written, whenever it is heard of."""
        state = self.state
        if old is None or new is None:
            self._count(1 if old is None else -1)
        if new is not None:
            self._compare(new)
        elif old is not None:
            state.outdated.pop(old.metadata.name, None)

    def node_renewed(self, _: Node, new: Node) -> None:
        """A heartbeat: the annotation is as it was, and matters only where it is not yet what is wanted."""
        if self.state.outdated:
            self._compare(new)

    def _count(self, more: int) -> None:
        """A time that is wanted from now on is written when the nodes are next heard of, and not before."""
        state = self.state
        state.nodes += more
        if (step := next_step(state.step, state.nodes)) != state.step:
            state.step = step
            state.outdated = dict.fromkeys(self.nodes.state.cache, True)

    def _compare(self, node: Node) -> None:
        name, outdated = node.metadata.name, self.state.outdated
        if node.metadata.annotations.get(ANNOTATION) == self._wanted():
            outdated.pop(name, None)
        else:
            outdated[name] = True
            self.queue.add(name)

    def _wanted(self) -> str:
        return TEXTS[self.state.step]

    def sync(self, name: str) -> None:
        """Write the annotation of one node if it says something else."""
        node: Node | None = self.nodes.get("", name)
        if node is None or node.metadata.annotations.get(ANNOTATION) == self._wanted():
            self.queue.done(name)
            return
        patch = {"metadata": {"annotations": {ANNOTATION: self._wanted()}}}
        self.api.patch("nodes", "", name, patch, self.then(self.patched, name))

    def patched(self, reply: Reply, name: str) -> None:
        """It was written, or is tried again."""
        self.queue.answered(name, reply)


def next_step(step: int, nodes: int) -> int:
    """The boundary that holds now, when `step` held with a node more or less."""
    fewest, most, _ = BOUNDARIES[step]
    if most is not None and nodes > most:
        return step + 1
    return step - 1 if step and nodes < fewest else step
