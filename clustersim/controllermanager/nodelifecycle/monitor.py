"""What v1.36 does about a lost node: it is queued for a NoExecute taint in the pass that marks it.

Eight workers deal with the nodes of a pass. Source: v1.36.2
pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth, processTaintBaseEviction.
"""

from clustersim.api.coordination import Lease
from clustersim.api.core_v1 import Node
from clustersim.api.meta import replace
from clustersim.api.topology import zone_key
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.disruption import Zones
from clustersim.controllermanager.node.health import NodeHealth
from clustersim.controllermanager.node.monitor import Monitor
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.nodelifecycle import rules, taint_keys
from clustersim.controllermanager.nodelifecycle.health import LEASES, observe
from clustersim.controllermanager.nodelifecycle.marking import Marking
from clustersim.controllermanager.nodelifecycle.state import LifecycleState
from clustersim.controllermanager.nodelifecycle.taint_writer import has_taint
from clustersim.controllermanager.nodelifecycle.tainting import NoExecuteTainting, is_driving_away
from clustersim.engine.time import Micros


class TaintMonitor(Monitor):
    """The monitor of v1.36."""

    workers = 8
    grace = rules.GRACE

    def __init__(self, controller: NodeControllerBase, tainting: NoExecuteTainting, zones: Zones) -> None:
        super().__init__(controller, zones)
        self.tainting = tainting
        self.marking = Marking(controller, self.next_node)
        self.leases = controller.shared.get("leases", self.lease_changed)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        super().node_changed(old, new)
        if new is None and old is not None:
            self.controller.memory(LifecycleState).retry.pop(old.metadata.name, None)

    def lease_changed(self, old: Lease | None, new: Lease | None) -> None:
        """A node renewed its Lease, or something else became of it."""
        lease = new or old
        if lease is None or lease.metadata.namespace != LEASES:
            return
        lookout = self.lookout(self.state)
        if old is not None and new is not None and old.spec.renew_time < new.spec.renew_time:
            lookout.renewed(lease.metadata.name, old)
        else:
            lookout.changed(lease.metadata.name, old)

    def sign_of(self, name: str, node: Node | None) -> Lease | None:
        return self._lease(name)

    def signed(self, known: NodeHealth, sign: Lease, seen: Micros) -> NodeHealth:
        return replace(known, lease=sign.spec.renew_time, probe=seen)

    def follow(self, state: NodeControllerState, old: Node, new: Node) -> None:
        """A new status is looked at, whatever it says."""
        self.lookout(state).changed(new.metadata.name, self._lease(new.metadata.name))

    def _lease(self, name: str) -> Lease | None:
        found: Lease | None = self.leases.get(LEASES, name)
        return found

    def observe(self, known: NodeHealth | None, node: Node) -> NodeHealth:
        return observe(known, node, self._lease(node.metadata.name), self.now)

    def is_renewed(self, known: NodeHealth) -> bool:
        lease = self._lease(known.node.metadata.name)
        return lease is not None and lease.spec.renew_time != known.lease

    def is_marked(self, node: Node) -> bool:
        return is_driving_away(node)

    def welcome(self, node: Node) -> None:
        self._clear(node)

    def release(self, name: str, zone: str) -> None:
        """A node that is Ready waits no longer."""
        evictor = self.state.evictors.get(zone)
        if evictor is not None and evictor.remove(name):
            self.state.last_active = self.now
            self.state.flipped.pop(name, None)
            self.controller.write(f'"Node is healthy again, removed all taints" node="{name}"')

    def decide_on(self, node: Node, observed: str, current: str) -> None:
        """It is decided by the status that this pass has written, if it has written one."""
        if current == "True":
            self._clear(node)
            return
        name, wanted = node.metadata.name, taint_keys.LOST[current]
        opposite = next(key for key in taint_keys.LOST.values() if key != wanted)
        self.engine.cause = self.state.flipped.get(name, 0) or self.state.heard.get(name, 0)
        if has_taint(node, opposite, taint_keys.NO_EXECUTE):
            cause = self.decide("swap-taint", f"nodes/{name}", rules.SWAPPED.holds(node=name, taint=wanted))
            self.tainting.reachable.swap(node, wanted, cause)
        else:
            self._queue(node, current, wanted)

    def _queue(self, node: Node, status: str, wanted: str) -> None:
        """A node without its taint is taken out and put back with the present time, pass after pass: so
        those that wait are not dealt with in the order in which they were lost."""
        name = node.metadata.name
        evictor = self.state.evictors.get(self.state.health[name].zone)
        if evictor is None:
            return
        waiting = evictor.queue.get(name)
        if not has_taint(node, wanted, taint_keys.NO_EXECUTE):
            evictor.remove(name)
        if name in evictor.seen:
            return
        verdict = rules.NOT_READY.holds(node=name, status=status, taint=wanted)
        cause = waiting.cause if waiting is not None else self.decide("queue-taint", f"nodes/{name}", verdict)
        evictor.add(name, node.metadata.uid, self.now, cause)
        self.state.last_active = self.now
        if waiting is None:
            what = "NotReady" if status == "False" else "unresponsive"
            self.controller.write(f'"Node is {what}. Adding it to the Taint queue" node="{name}"')
        self.tainting.arm()

    def _clear(self, node: Node) -> None:
        """Take off the NoExecute taints of a lost node that is ready, or new to the controller."""
        name = node.metadata.name
        self.controller.memory(LifecycleState).retry.pop(name, None)
        if is_driving_away(node):
            self.engine.cause = self.state.heard.get(name, 0)
            cause = self.decide("clear-taints", f"nodes/{name}", rules.REACHABLE.holds(node=name))
            self.tainting.reachable.clear(node, cause)
            self.engine.cause = 0
        self.release(name, zone_key(node))

    def pods_to_mark(self, name: str, observed: str, current: str) -> bool:
        again = name in self.controller.memory(LifecycleState).retry and observed != "True"
        return again or super().pods_to_mark(name, observed, current)

    def mark_pods(self, node: Node, observed: str) -> None:
        name = node.metadata.name
        if observed == "True":
            self.controller.write(
                f'"Recording status change event message for node" status="NodeNotReady" node="{name}"'
            )
            message = f"Node {name} status is now: NodeNotReady"
            self.controller.node_event(name, node.metadata.uid, "NodeNotReady", message)
        self.marking.start(node)

    def say_new(self, name: str) -> None:
        self.controller.write(f'"Controller observed a new Node" node="{name}"')

    def say_gone(self, name: str) -> None:
        self.controller.write(f'"Controller observed a Node deletion" node="{name}"')

    def say_skipped(self, name: str, why: str) -> None:
        text = "Update health of Node from Controller error, Skipping - no pods will be evicted"
        self.controller.write(f'"{text}" node="{name}" err="{why}"', "E")
