"""The states of zones in force: what a pass counted becomes limiters, and stops and starts of all evictions.

Source: v1.7.5 pkg/controller/node/nodecontroller.go handleDisruption, v1.8.0 node_controller.go; v1.36.2
pkg/controller/nodelifecycle/node_lifecycle_controller.go.
"""

from collections.abc import Callable

from clustersim.controllermanager.node import zones
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.evictor import NewLimiter, new_evictor
from clustersim.controllermanager.node.rules import ZoneRules
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.node.zoneloop import ZoneLoop
from clustersim.controllermanager.part import Part


class Zones(Part):
    """The last step of the monitor's pass. `new_limiter`: what the release limits with."""

    def __init__(
        self, controller: NodeControllerBase, loop: ZoneLoop, rules: ZoneRules, new_limiter: NewLimiter
    ) -> None:
        super().__init__(controller.process, "node-zones")
        self.controller = controller
        self.loop = loop
        self.rules = rules
        self.new_limiter = new_limiter
        self.flags = controller.flags
        self.traits = controller.traits

    @property
    def state(self) -> NodeControllerState:
        """The node controller's memory."""
        return self.controller.state

    def begin(self, zone: str) -> None:
        """A zone has nodes: if it is new, it gets a queue and a limiter."""
        state = self.state
        if zone not in state.zones:
            state.zones[zone] = zones.INITIAL
            flags = self.flags
            state.evictors[zone] = new_evictor(
                self.new_limiter, flags.node_eviction_rate, flags.eviction_limiter_burst, self.now
            )
            self.controller.write(f"Initializing eviction metric for zone: {zone}")

    def follow(self, start_anew: Callable[[], None]) -> None:
        """Let the states of the zones follow what this pass counted. start_anew: called if the time of every
        node has to."""
        state, flags = self.state, self.flags
        for zone in [zone for zone in state.zones if zone not in state.counts]:
            del state.zones[zone]
        found = zones.disruption(state.zones, state.counts, flags.unhealthy_zone_threshold)
        if found is None or not (found.changed or found.entered or found.left):
            return
        state.last_active = self.now
        causes = tuple(state.flips)
        if found.entered:
            self._enter(found, causes)
        elif found.left:
            self._leave(found, causes)
            start_anew()
        else:
            for zone in found.changed:
                self._change(zone, found.states[zone], causes)
        self.loop.arm()

    def _enter(self, found: zones.Disruption, causes: tuple[int, ...]) -> None:
        state, own = self.state, self.traits.node_controller
        not_ready = sum(count.not_ready for count in state.counts.values())
        verdict = self.rules.all_lost.holds(not_ready=not_ready)
        self.decide("enter-master-disruption", "zones", verdict, causes=causes)
        self.controller.write(
            f"{own} detected that all Nodes are not-Ready. Entering master disruption mode."
        )
        self.loop.spare_all()
        for zone in found.states:
            state.evictors[zone].limit(self.new_limiter, 0, self.flags.eviction_limiter_burst, self.now)
        state.zones = dict(found.states)

    def _leave(self, found: zones.Disruption, causes: tuple[int, ...]) -> None:
        state, own = self.state, self.traits.node_controller
        ready = sum(count.ready for count in state.counts.values())
        self.decide(
            "leave-master-disruption", "zones", self.rules.some_back.holds(ready=ready), causes=causes
        )
        self.controller.write(f"{own} detected that some Nodes are Ready. Exiting master disruption mode.")
        for zone in found.states:
            self._limit(zone, found.states[zone])
        state.zones = dict(found.states)

    def _change(self, zone: str, new: str, causes: tuple[int, ...]) -> None:
        state, flags = self.state, self.flags
        count = state.counts[zone]
        rate = zones.eviction_rate(new, count.total, flags)
        verdict = zones.zone_verdict(self.rules.state, new, count, rate)
        before = state.zones.get(zone, zones.INITIAL)
        self.decide("change-zone-state", f"zones/{zone}", verdict, before=before, after=new, causes=causes)
        own = self.traits.node_controller
        self.controller.write(f"{own} detected that zone {zone} is now in state {new}.")
        self._limit(zone, new)
        state.zones[zone] = new

    def _limit(self, zone: str, new: str) -> None:
        state, flags = self.state, self.flags
        rate = zones.eviction_rate(new, state.counts[zone].total, flags)
        state.evictors[zone].limit(self.new_limiter, rate, flags.eviction_limiter_burst, self.now)
