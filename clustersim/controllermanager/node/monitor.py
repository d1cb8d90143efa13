"""The monitor: one pass over all nodes, and five seconds after its end the next.

  1. new and vanished nodes   2. every node's health   3. silent ones are marked Unknown, their pods not
  ready, and lost ones queued   4. zone states

A pass sees what the cache holds when it begins. Nodes that are fine are dealt with in one sweep; the others
by a number of workers, since a write is waited for: one in v1.7 and v1.8, eight in v1.36. What a node's state
leads to is the release's. Source: v1.7.5 pkg/controller/node/nodecontroller.go monitorNodeStatus, v1.8.0
node_controller.go; v1.36.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from clustersim.api.core_v1 import Node
from clustersim.api.status import Reply
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.deadlines import NODE_COST, MonitorPasses, monitor_passes
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.health import NodeHealth, after_marking, grace_exceeded, marked_unknown
from clustersim.controllermanager.node.lookout import Lookout
from clustersim.controllermanager.node.rules import GraceRules
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.zones import ZoneCount
from clustersim.controllermanager.part import Part
from clustersim.engine.loop import Loop
from clustersim.engine.time import Micros
from clustersim.node_ready import NODE_READY, SILENT


class Monitor(Part, ABC):
    """The loop over all nodes. `workers`: how many nodes it deals with at the same time."""

    workers: ClassVar[int] = 1
    grace: ClassVar[GraceRules]

    def __init__(self, controller: NodeControllerBase, zones: Zones) -> None:
        super().__init__(controller.process, "node-monitor")
        self.controller = controller
        self.zones = zones
        self._lookout: Lookout | None = None
        self.flags = controller.flags
        self.traits = controller.traits
        self.loop = Loop(
            controller.process,
            self.name,
            self.run,
            self.flags.node_monitor_period,
            cost=self.flags.monitor_pass_cost,
            always=True,
            waits=True,
        )

        controller.shared.get("nodes", self.node_changed, renewed=self.node_renewed)

    @property
    def state(self) -> NodeControllerState:
        """The node controller's memory."""
        return self.controller.state

    # --- what the watches show --------------------------------------------------------------------

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A change reached the cache; the next pass sees it."""
        state = self.state
        if new is not None:
            name = new.metadata.name
            state.heard[name] = self.engine.cause
            if old is None:
                self.lookout(state).came(name)
            else:
                self.follow(state, old, new)
        elif old is not None:
            state.heard.pop(old.metadata.name, None)
            self.lookout(state).went(old.metadata.name, self.sign_of(old.metadata.name, old))

    def node_renewed(self, old: Node, new: Node) -> None:
        """A report that says the same as before, later, reached the cache."""
        self.node_changed(old, new)

    def lookout(self, state: NodeControllerState) -> Lookout:
        """Which nodes the next pass has to look at."""
        if (known := self._lookout) is None or known.state is not state.lookout:
            grace, everything = self.flags.node_monitor_grace_period, self.engine.ticking
            known = Lookout(state.lookout, state.health, self.signed, grace, everything=everything)
            self._lookout = known
        return known

    def last_sign(self, name: str) -> object:
        """The last sign of life of a node in the caches."""
        return self.sign_of(name, self.controller.nodes.get("", name))

    def healths(
        self, state: NodeControllerState, names: Iterable[str] | None = None
    ) -> dict[str, NodeHealth]:
        """What the last pass knew of these nodes, or of all. Only looks."""
        lookout, health = self.lookout(state), state.health
        chosen = health if names is None else [name for name in names if name in health]
        return {name: lookout.known(name, self.last_sign(name)) for name in chosen}

    def passes(self, state: NodeControllerState) -> MonitorPasses:
        """When it looks around. Only looks."""
        return monitor_passes(self.process.state.loops.get(self.name), state, self.flags)

    # --- a pass -----------------------------------------------------------------------------------

    def run(self) -> None:
        """A pass begins."""
        state = self.state
        self.engine.cause = 0
        state.last_pass = self.now
        self.lookout(state).begin(self.now)
        self._compare_names()
        self._sweep()
        self.proceed()

    def _compare_names(self) -> None:
        """Announce nodes that are new in the cache, forget those that are gone."""
        state, nodes = self.state, self.controller.nodes.state.cache
        own = self.traits.node_controller
        if not state.lookout.renamed:
            return
        state.lookout.renamed = False
        for name in [name for name in nodes if name not in state.known]:
            self.engine.cause = state.heard.get(name, 0)
            self.say_new(name)
            uid = state.known[name] = nodes[name].metadata.uid
            message = f"Node {name} event: Registered Node {name} in {own}"
            self.controller.node_event(name, uid, "RegisteredNode", message)
            self.welcome(nodes[name])
        self.engine.cause = 0
        for name in [name for name in state.known if name not in nodes]:
            self.say_gone(name)
            message = f"Node {name} event: Removing Node {name} from {own}"
            self.controller.node_event(name, state.known.pop(name), "RemovingNode", message)
            state.health.pop(name, None)
            state.flipped.pop(name, None)

    def _in_order(self, names: Collection[str]) -> Collection[str]:
        """Names in the order of the cache in the order in which the pass looks at them (in the real program
        that of a Go map)."""
        first = [name for name in self.controller.context.visit_order if name in names]
        return list(dict.fromkeys((*first, *names))) if first else names

    def _visited(self) -> Collection[str]:
        return self._in_order(self.controller.nodes.state.cache)

    def _sweep(self) -> None:
        """Look at every node of which that may change anything; what is fine is done, the rest is to be
        looked at closely."""
        state, now = self.state, self.now
        health, oldest = state.health, now - self.flags.node_monitor_grace_period
        cache: dict[str, Node] = self.controller.nodes.state.cache
        lookout = self.lookout(state)
        chosen: Collection[str] = lookout.to_look_at(now, self.last_sign)
        others: dict[str, bool] = {}
        todo: deque[Node] = deque()
        turned: list[int] = []
        for name in self._visited() if self.engine.ticking else self._in_order(chosen):
            node, known = cache[name], health.get(name)
            if known is None or known.node is not node or self.is_renewed(known):
                before, known = known, self.observe(known, node)
                health[name] = known
                if before is not None and before.ready != known.ready:
                    turned.append(state.heard.get(name, 0))
            fine = known.ready == "True" and known.probe >= oldest and not self.is_marked(node)
            if not fine:
                todo.append(node)
            if not fine or not known.counted:
                others[known.zone] = True
            lookout.judged(name, follow=fine and known.counted and not self.is_renewed(known))
        ready = lookout.ready(self._visited)
        for zone in (*ready, *others):
            self.zones.begin(zone)
        state.todo = todo
        state.counts = {zone: ZoneCount(ready=count) for zone, count in ready.items()}
        state.flips = turned
        late = {node.metadata.name for node in todo}
        for evictor in state.evictors.values():
            for name in [name for name in evictor.seen if name in health and name not in late]:
                self.release(name, health[name].zone)

    def proceed(self) -> None:
        """Every worker that is free looks closely at a node; when none has anything to do, the pass ends."""
        state = self.state
        while state.todo and state.working < self.workers:
            self.engine.cause = 0
            state.working += 1
            if not self._examine(state.todo.popleft(), 1):
                state.working -= 1
        if not state.todo and not state.working:
            self._end()

    def next_node(self) -> None:
        """A worker is done with its node."""
        self.state.working -= 1
        self.proceed()

    def _end(self) -> None:
        self.zones.follow(self._start_anew)
        self.engine.cause = 0
        cost = self.flags.monitor_pass_cost + NODE_COST * len(self.state.known)
        self.post(cost, self.finish)

    def _start_anew(self) -> None:
        self.lookout(self.state).start_anew(self.now, self.last_sign)

    def finish(self) -> None:
        """The pass has used its time."""
        self.loop.done()

    # --- one node ---------------------------------------------------------------------------------

    def _examine(self, node: Node, attempt: int) -> bool:
        """Mark a silent node Unknown, or go on to what follows from its state; True: an answer is waited
        for."""
        state, now, name = self.state, self.now, node.metadata.name
        health = state.health[name]
        verdict = grace_exceeded(health, self.grace, self.flags, now)
        unknown = NODE_READY.after(health.ready, SILENT)
        if not verdict.holds or unknown is None:
            return self._conclude(node, health.ready, health.ready)
        self.engine.cause = state.heard.get(name, 0)
        decision = self.decide(
            "mark-unknown", f"nodes/{name}", verdict, before=health.ready or None, after=unknown
        )
        state.flipped[name] = decision
        state.flips.append(decision)
        state.last_active = now
        if not health.ready:
            self.controller.write(f"node {name} is never updated by kubelet")
        marked = marked_unknown(node, self.traits.unknown_conditions, now)
        self.controller.api.update_status(marked, self.then(self.marked, node, attempt))
        return True

    def marked(self, reply: Reply, node: Node, attempt: int) -> None:
        """The node's status was written, or somebody was faster, or nobody answered."""
        name = node.metadata.name
        if reply.ok:
            health = self.state.health[name]
            observed = health.ready
            self.state.health[name] = after_marking(health, reply.body, self.now)
            if not self._conclude(reply.body, observed, "Unknown" if observed else ""):
                self.next_node()
            return
        self.controller.write(f"Error updating node {name}: {reply.message}", "E")
        self.controller.api.get("nodes", "", name, self.then(self.read_again, name, attempt))

    def read_again(self, reply: Reply, name: str, attempt: int) -> None:
        """The node as it is now: try once more a moment later."""
        if not reply.ok or attempt >= self.flags.node_status_update_retry:
            if not reply.ok:
                self.controller.write(
                    "Failed while getting a Node to retry updating NodeStatus. "
                    f"Probably Node {name} was deleted.",
                    "E",
                )
            self.say_skipped(name, reply.message)
            self.next_node()
            return
        self.post(self.flags.node_status_retry_sleep, self.try_again, reply.body, attempt + 1)

    def try_again(self, node: Node, attempt: int) -> None:
        """Look at a node again that could not be written."""
        name = node.metadata.name
        health = self.state.health[name] = self.observe(self.state.health.get(name), node)
        if not grace_exceeded(health, self.grace, self.flags, self.now).holds:
            self._spare(name)
        if not self._examine(node, attempt):
            self.next_node()

    def _spare(self, name: str) -> None:
        """The node reported just before it could be marked: nothing is the matter with it."""
        state = self.state
        if (decision := state.flipped.pop(name, 0)) in state.flips:
            state.flips.remove(decision)
        self.engine.cause = state.heard.get(name, 0)
        self.decide("spare-node", f"nodes/{name}", self.grace.saved.holds(node=name))
        self.engine.cause = 0

    def _conclude(self, node: Node, observed: str, current: str) -> bool:
        """Count the node, decide what its state leads to, and mark its pods if this pass has marked it.

        `observed`: its Ready status before this pass wrote, `current`: now; "" for no such condition.
        """
        name = node.metadata.name
        state = self.state
        health = state.health[name]
        if health.counted:
            count = state.counts.setdefault(health.zone, ZoneCount())
            if current == "True":
                count.ready += 1
            else:
                count.not_ready += 1
        if not current:
            return False
        self.decide_on(node, observed, current)
        if self.pods_to_mark(name, observed, current):
            self.mark_pods(node, observed)
            return True
        return False

    # --- the release's part -----------------------------------------------------------------------

    @abstractmethod
    def sign_of(self, name: str, node: Node | None) -> object:
        """What tells that a node lives: its Node, as it is or was in the cache, or something beside it."""

    @abstractmethod
    def signed(self, known: NodeHealth, sign: Any, seen: Micros) -> NodeHealth:
        """The health of a node that has done nothing but give a sign of life, which a pass saw then."""

    @abstractmethod
    def follow(self, state: NodeControllerState, old: Node, new: Node) -> None:
        """A Node changed: by nothing but a sign of life, or otherwise."""

    @abstractmethod
    def observe(self, known: NodeHealth | None, node: Node) -> NodeHealth:
        """The health of a node after a look at it."""

    def is_renewed(self, known: NodeHealth) -> bool:
        """It has given a sign of life beside its status."""
        return False

    def is_marked(self, node: Node) -> bool:
        """It is ready, but carries marks of a loss."""
        return False

    @abstractmethod
    def welcome(self, node: Node) -> None:
        """A node is new to the controller: whatever was under way for one of its name is called off."""

    @abstractmethod
    def release(self, name: str, zone: str) -> None:
        """A node that is Ready loses its place in the queue and may be queued again."""

    @abstractmethod
    def decide_on(self, node: Node, observed: str, current: str) -> None:
        """What follows from a node's Ready status: queue it, or call that off."""

    def pods_to_mark(self, name: str, observed: str, current: str) -> bool:
        """Whether the pods of the node are to be marked not ready."""
        return observed == "True" and current != "True"

    @abstractmethod
    def mark_pods(self, node: Node, observed: str) -> None:
        """Mark the pods of a node not ready; ends in `next_node`."""

    def say_new(self, name: str) -> None:
        """The log tells of a new node."""
        self.controller.write(f'{self.traits.node_controller} observed a new Node: "{name}"')

    def say_gone(self, name: str) -> None:
        """The log tells that a node is gone."""
        self.controller.write(f"{self.traits.node_controller} observed a Node deletion: {name}")

    def say_skipped(self, name: str, why: str) -> None:
        """The log tells that a node could not be written."""
        self.controller.write(
            f"Update status  of Node {name} from {self.traits.node_controller} error : {why}. "
            "Skipping - no pods will be evicted.",
            "E",
        )
