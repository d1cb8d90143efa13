"""When what will happen to each node, if nothing changes: for countdowns. Only looks, never touches."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.client.workqueue import QueueState
from clustersim.controllermanager.node import rules, zones
from clustersim.controllermanager.node.evictor import ZoneEvictor, token_verdict
from clustersim.controllermanager.node.health import NodeHealth, eviction_due, grace_exceeded
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.engine.loop import LoopState
from clustersim.engine.rules import Verdict
from clustersim.engine.time import END_OF_TIME, Micros
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.i18n import _

NODE_COST: Final[Micros] = 25
"""Work of a monitor's pass on one node that is fine, besides the cost of the pass itself (measured: small
against it)."""

FROM_HEARTBEAT = "probe"
FROM_TRANSITION = "transition"

NO_NODE_READY = _("No node of the cluster is ready: nothing is evicted.")
ZONE_DISRUPTED = _("Too many nodes of the zone are not ready: nothing is evicted there.")
LIMITER_WAITS = _("Other nodes of the zone were evicted just before: its rate allows no more yet.")


class NodeDeadlines(msgspec.Struct, frozen=True, kw_only=True):
    """One node, as the controller sees it.

    probe: when its last heartbeat was seen. transition: when its Ready condition was seen to change.
    grace, eviction: the verdicts that decide; `due` in them is the earliest moment. eviction is None where no
    pod will ever be deleted.
    grace_pass, eviction_pass: the pass that will act on it, None if it has.
    eviction_origin: what the eviction counts from, "probe", "transition" or "taint"; eviction_since: when
    that was; eviction_length: how long it counts.
    marked: it has been marked Unknown. evicted: its pods were deleted in this outage. queued: they wait for
    that, and `token` says for how long.
    frozen: why the eviction does not happen although it is due (a msgid), and until when, if that is known.
    until: how long all of this stays as it is if only time goes on; now: it may change at any time.
    """

    node: str
    probe: Micros
    transition: Micros
    grace: Verdict
    grace_pass: Micros | None
    marked: bool
    eviction: Verdict | None
    eviction_pass: Micros | None
    eviction_origin: str
    eviction_since: Micros
    eviction_length: Micros
    queued: bool
    evicted: bool
    token: Verdict | None
    frozen: str | None
    frozen_until: Micros | None
    until: Micros


class Stir(msgspec.Struct, frozen=True):
    """What a node controller does by itself, without anything being stored of the nodes that it concerns.

    under_way: it is at it now; so_far: another value whenever it has done something since.
    """

    under_way: bool
    so_far: tuple[Any, ...]

    def with_timers(self, timers: Mapping[str, object], queue: QueueState | None) -> "Stir":
        """The same where pods wait for timers that are set as that queue is worked off."""
        if queue is None:
            return self
        busy = bool(queue.waiting or queue.processing)
        return Stir(self.under_way or busy, (*self.so_far, len(timers), queue.last_active))


class MonitorPasses(msgspec.Struct, frozen=True):
    """When the monitor looks around. first: its next pass, None while it does not work; step: between two."""

    first: Micros | None
    step: Micros

    def later_than(self, t: Micros) -> Micros:
        """The first pass later than that, if none until then has anything to write."""
        if self.first is None:
            return t
        return self.first if self.first > t else self.first + ((t - self.first) // self.step + 1) * self.step


def stays_until(passes: MonitorPasses, now: Micros, *moments: Micros | None) -> Micros:
    """The next of these moments; now where none of the passes to come is known."""
    if passes.first is None:
        return now
    return min((moment for moment in moments if moment is not None and moment > now), default=END_OF_TIME)


def monitor_passes(
    loop: LoopState | None, state: NodeControllerState, flags: ControllerManagerFlags
) -> MonitorPasses:
    """The passes to come of a monitor whose loop stands so."""
    step = flags.node_monitor_period + flags.monitor_pass_cost + NODE_COST * len(state.known)
    if loop is None:
        return MonitorPasses(None, step)
    return MonitorPasses(loop.due if loop.due is not None else loop.anchor + flags.node_monitor_period, step)


def eviction_deadlines(
    state: NodeControllerState,
    healths: dict[str, NodeHealth],
    loop: LoopState | None,
    flags: ControllerManagerFlags,
    now: Micros,
) -> dict[str, NodeDeadlines]:
    """The deadlines of every node as v1.7 and v1.8 have them: the controller itself deletes the pods."""
    passes = monitor_passes(loop, state, flags)
    return {name: _deadlines(state, health, passes, flags, now) for name, health in healths.items()}


def _deadlines(
    state: NodeControllerState,
    health: NodeHealth,
    passes: MonitorPasses,
    flags: ControllerManagerFlags,
    now: Micros,
) -> NodeDeadlines:
    name = health.node.metadata.name
    grace = grace_exceeded(health, rules.GRACE, flags, now)
    lost = "False" if health.ready == "False" else "Unknown"
    eviction = eviction_due(health, lost, flags, now)
    evictor = state.evictors.get(health.zone)
    seen = evictor is not None and name in evictor.seen
    queued = evictor is not None and name in evictor.queue
    marked = health.ready == "Unknown"
    frozen, until = frozen_by_limiter(state, health, evictor, now)
    grace_pass = None if marked else passes.later_than(max(grace.due or now, now))
    eviction_pass = None if seen else passes.later_than(max(eviction.due or now, now))
    return NodeDeadlines(
        node=name,
        probe=health.probe,
        transition=health.transition,
        grace=grace,
        grace_pass=grace_pass,
        marked=marked,
        eviction=eviction,
        eviction_pass=eviction_pass,
        eviction_origin=FROM_TRANSITION if lost == "False" else FROM_HEARTBEAT,
        eviction_since=health.transition if lost == "False" else health.probe,
        eviction_length=flags.pod_eviction_timeout,
        queued=queued,
        evicted=seen and not queued,
        token=token_verdict(rules.LIMITER, evictor, evictor.queue[name], now) if evictor and queued else None,
        frozen=frozen,
        frozen_until=until,
        until=stays_until(passes, now, grace.due, grace_pass, eviction.due, eviction_pass, until),
    )


def in_turn(state: NodeControllerState, health: NodeHealth, evictor: ZoneEvictor | None) -> bool:
    """The loop over the queues deals with this node: its token is taken; what is written is on its way."""
    head = evictor.head if evictor is not None else None
    return state.evicting[:1] == [health.zone] and head is not None and head.node == health.node.metadata.name


def frozen_by_limiter(
    state: NodeControllerState, health: NodeHealth, evictor: ZoneEvictor | None, now: Micros
) -> tuple[str | None, Micros | None]:
    """Why nothing is done to a lost node although it is its turn, and until when."""
    if health.ready == "True" or evictor is None or in_turn(state, health, evictor):
        return None, None
    if evictor.limiter is None:
        full = all(zone == zones.FULL for zone in state.zones.values())
        return (NO_NODE_READY if full else ZONE_DISRUPTED), None
    if health.node.metadata.name in evictor.queue:
        token = evictor.limiter.next_token(now)
        if token is None or token > now:
            return LIMITER_WAITS, token
    return None, None
