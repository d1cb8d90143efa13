"""What v1.7 and v1.8 do about a lost node: its pods are queued for eviction when it has been lost for
--pod-eviction-timeout.

Source: v1.7.5 pkg/controller/node/nodecontroller.go monitorNodeStatus, v1.8.0 node_controller.go.
"""

from clustersim.api.core_v1 import Node
from clustersim.api.timestamp import rfc3339
from clustersim.api.topology import old_zone_key
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.health import (
    NodeHealth,
    eviction_due,
    is_heartbeat,
    is_later,
    observe,
    place_of,
    with_heartbeat,
)
from clustersim.controllermanager.node.marking import Marking
from clustersim.controllermanager.node.monitor import Monitor
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.zoneloop import ZoneLoop
from clustersim.engine.time import Micros
from clustersim.flags.duration import format_duration


class EvictionMonitor(Monitor):
    """The monitor of v1.7 and v1.8; one node after another."""

    grace = rules.GRACE

    def __init__(self, controller: NodeControllerBase, eviction: ZoneLoop, zones: Zones) -> None:
        super().__init__(controller, zones)
        self.eviction = eviction
        self.marking = Marking(controller, self.next_node)

    def observe(self, known: NodeHealth | None, node: Node) -> NodeHealth:
        return observe(known, node, place_of(known, node), self.now)

    def sign_of(self, name: str, node: Node | None) -> Node | None:
        """The heartbeat is in the Node."""
        return node

    def signed(self, known: NodeHealth, sign: Node, seen: Micros) -> NodeHealth:
        return with_heartbeat(known, sign, seen)

    def node_renewed(self, old: Node, new: Node) -> None:
        state, name = self.state, new.metadata.name
        state.heard[name] = self.engine.cause
        if is_later(old, new):
            self.lookout(state).renewed(name, old)
        else:
            self.lookout(state).changed(name, old)

    def follow(self, state: NodeControllerState, old: Node, new: Node) -> None:
        lookout, name = self.lookout(state), new.metadata.name
        if is_heartbeat(old, new):
            lookout.renewed(name, old)
        else:
            lookout.changed(name, old)

    def welcome(self, node: Node) -> None:
        self.release(node.metadata.name, old_zone_key(node))

    def decide_on(self, node: Node, observed: str, current: str) -> None:
        """It is decided by the status that this pass found, not by the one that it wrote."""
        if observed == "True":
            self.release(node.metadata.name, self.state.health[node.metadata.name].zone)
        else:
            self._queue_if_due(node, observed)

    def mark_pods(self, node: Node, observed: str) -> None:
        self.marking.start(node)

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

    def release(self, name: str, zone: str) -> None:
        """A node that is Ready, or new, loses its place in the queue and may be queued again."""
        if (evictor := self.state.evictors.get(zone)) is None or not evictor.remove(name):
            return
        self.engine.cause = self.state.heard.get(name, 0)
        self.decide("cancel-eviction", f"nodes/{name}", rules.READY_AGAIN.holds(node=name))
        self.engine.cause = 0
        self.state.last_active = self.now
        self.state.flipped.pop(name, None)
        self.controller.write(f"Node {name} is ready again, cancelled pod eviction")
