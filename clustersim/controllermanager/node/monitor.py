"""The monitor: one pass over all nodes, and five seconds after its end the next.

  1. new and vanished nodes   2. every node's health   3. silent ones are marked Unknown, their pods not
  ready, and lost ones queued for eviction   4. zone states

A pass sees what the cache holds when it begins. Nodes that are fine are dealt with in one sweep; the others
one after another, since a write is waited for. Source: v1.7.5 pkg/controller/node/nodecontroller.go
monitorNodeStatus, v1.8.0 node_controller.go.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from clustersim.api.core_v1 import Node
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.eviction import Eviction
from clustersim.controllermanager.node.health import (
    after_marking,
    eviction_due,
    grace_exceeded,
    marked_unknown,
    observe,
    zone_key,
)
from clustersim.controllermanager.node.marking import Marking
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.zones import ZoneCount
from clustersim.controllermanager.part import Part
from clustersim.engine.loop import Loop
from clustersim.engine.time import Micros
from clustersim.flags.duration import format_duration

NODE_COST: Final[Micros] = 25
"""Work of a pass on one node that is fine, besides the cost of the pass itself (measured: small against
it)."""


class Monitor(Part):
    """The loop over all nodes."""

    def __init__(self, controller: NodeControllerBase, eviction: Eviction, zones: Zones) -> None:
        super().__init__(controller.process, "node-monitor")
        self.controller = controller
        self.eviction = eviction
        self.zones = zones
        self.marking = Marking(controller, self.proceed)
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

    @property
    def state(self) -> NodeControllerState:
        """The node controller's memory."""
        return self.controller.state

    # --- a pass -----------------------------------------------------------------------------------

    def run(self) -> None:
        """A pass begins."""
        self.engine.cause = 0
        self.state.last_pass = self.now
        self._compare_names()
        self._sweep()
        self.proceed()

    def _compare_names(self) -> None:
        """Announce nodes that are new in the cache, forget those that are gone."""
        state, nodes = self.state, self.controller.nodes.state.cache
        own = self.traits.node_controller
        if state.known.keys() == nodes.keys():
            return
        for name in [name for name in nodes if name not in state.known]:
            self.engine.cause = state.heard.get(name, 0)
            self.controller.write(f'{own} observed a new Node: "{name}"')
            uid = state.known[name] = nodes[name].metadata.uid
            message = f"Node {name} event: Registered Node {name} in {own}"
            self.controller.node_event(name, uid, "RegisteredNode", message)
            self._cancel(name, zone_key(nodes[name]))
        self.engine.cause = 0
        for name in [name for name in state.known if name not in nodes]:
            self.controller.write(f"{own} observed a Node deletion: {name}")
            message = f"Node {name} event: Removing Node {name} from {own}"
            self.controller.node_event(name, state.known.pop(name), "RemovingNode", message)
            state.health.pop(name, None)
            state.flipped.pop(name, None)

    def _visited(self) -> Iterable[tuple[str, Node]]:
        """The cache in the order in which the pass looks at it (in the real program that of a Go map)."""
        cache: dict[str, Node] = self.controller.nodes.state.cache
        first = [name for name in self.controller.context.visit_order if name in cache]
        if not first:
            return cache.items()
        return [(name, cache[name]) for name in dict.fromkeys((*first, *cache))]

    def _sweep(self) -> None:
        """Look at every node; what is fine is done, the rest is to be looked at closely."""
        state, now = self.state, self.now
        health, oldest = state.health, now - self.flags.node_monitor_grace_period
        ready: dict[str, int] = {}
        others: dict[str, bool] = {}
        todo: deque[Node] = deque()
        turned: list[int] = []
        for name, node in self._visited():
            known = health.get(name)
            if known is None or known.node is not node:
                before, known = known, observe(known, node, now)
                health[name] = known
                if before is not None and before.ready != known.ready:
                    turned.append(state.heard.get(name, 0))
            if known.ready != "True" or known.probe < oldest:
                todo.append(node)
                others[known.zone] = True
            elif known.counted:
                ready[known.zone] = ready.get(known.zone, 0) + 1
            else:
                others[known.zone] = True
        for zone in (*ready, *others):
            self.zones.begin(zone)
        state.todo = todo
        state.counts = {zone: ZoneCount(ready=count) for zone, count in ready.items()}
        state.flips = turned
        late = {node.metadata.name for node in todo}
        for evictor in state.evictors.values():
            for name in [name for name in evictor.seen if name in health and name not in late]:
                self._cancel(name, health[name].zone)

    def proceed(self) -> None:
        """Look closely at one node after another, as far as no answer has to be waited for; then end the
        pass."""
        todo = self.state.todo
        while todo:
            self.engine.cause = 0
            if self._examine(todo.popleft(), 1):
                return
        self._end()

    def _end(self) -> None:
        self.zones.follow()
        self.engine.cause = 0
        cost = self.flags.monitor_pass_cost + NODE_COST * len(self.state.known)
        self.post(cost, self.finish)

    def finish(self) -> None:
        """The pass has used its time."""
        self.loop.done()

    # --- one node ---------------------------------------------------------------------------------

    def _examine(self, node: Node, attempt: int) -> bool:
        """Mark a silent node Unknown, or go on to what follows from its state; True: an answer is waited
        for."""
        state, now, name = self.state, self.now, node.metadata.name
        health = state.health[name]
        verdict = grace_exceeded(health, self.flags, now)
        if not verdict.holds or health.ready == "Unknown":
            return self._conclude(node, health.ready, health.ready)
        self.engine.cause = state.heard.get(name, 0)
        decision = self.decide(
            "mark-unknown", f"nodes/{name}", verdict, before=health.ready or None, after="Unknown"
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
                self.proceed()
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
            self.controller.write(
                f"Update status  of Node {name} from {self.traits.node_controller} error : {reply.message}. "
                "Skipping - no pods will be evicted.",
                "E",
            )
            self.proceed()
            return
        self.post(self.flags.node_status_retry_sleep, self.try_again, reply.body, attempt + 1)

    def try_again(self, node: Node, attempt: int) -> None:
        """Look at a node again that could not be written."""
        name = node.metadata.name
        self.state.health[name] = observe(self.state.health.get(name), node, self.now)
        if not self._examine(node, attempt):
            self.proceed()

    def _conclude(self, node: Node, observed: str, current: str) -> bool:
        """Count the node, decide about its eviction, and mark its pods if this pass has marked it.

        `observed`: its Ready status before this pass wrote, `current`: now; "" for no such condition.
        """
        name = node.metadata.name
        health = self.state.health[name]
        if health.counted:
            count = self.state.counts.setdefault(health.zone, ZoneCount())
            if current == "True":
                count.ready += 1
            else:
                count.not_ready += 1
        if not current:
            return False
        if observed == "True":
            self._cancel(name, health.zone)
        else:
            self._queue_if_due(node, observed)
        if observed == "True" and current != "True":
            self.marking.start(node)
            return True
        return False

    def _queue_if_due(self, node: Node, observed: str) -> None:
        state, now, name = self.state, self.now, node.metadata.name
        health = state.health[name]
        verdict = eviction_due(health, observed, self.flags, now)
        evictor = state.evictors.get(health.zone)
        if not verdict.holds or evictor is None or name in evictor.seen:
            return
        self.engine.cause = state.flipped.get(name, 0) or state.heard.get(name, 0)
        cause = self.decide("queue-eviction", f"nodes/{name}", verdict)
        evictor.add(name, node.metadata.uid, now, cause)
        state.last_active = now
        timeout, moment = self.flags.pod_eviction_timeout, f"{rfc3339(now)} is later than"
        since = rfc3339(health.transition)
        if observed == "False":
            text = f"Node is NotReady. Adding Pods on Node {name} to eviction queue: {moment} {since}"
            self.controller.write(f"{text} + {format_duration(timeout)}")
        else:
            text = f"Node is unresponsive. Adding Pods on Node {name} to eviction queues: {moment} {since}"
            left = max(0, timeout - self.flags.node_monitor_grace_period)
            self.controller.write(f"{text} + {format_duration(left)}")
        self.eviction.arm()

    def _cancel(self, name: str, zone: str) -> None:
        """A node that is Ready, or new, loses its place in the queue and may be queued again."""
        if (evictor := self.state.evictors.get(zone)) is None or not evictor.remove(name):
            return
        self.engine.cause = self.state.heard.get(name, 0)
        self.decide("cancel-eviction", f"nodes/{name}", rules.READY_AGAIN.holds(node=name))
        self.engine.cause = 0
        self.state.last_active = self.now
        self.state.flipped.pop(name, None)
        self.controller.write(f"Node {name} is ready again, cancelled pod eviction")
