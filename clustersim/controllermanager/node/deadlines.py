"""When what will happen to each node, if nothing changes: for countdowns. Only looks, never touches."""

import msgspec

from clustersim.controllermanager.node import zones
from clustersim.controllermanager.node.controller import NodeController
from clustersim.controllermanager.node.evictor import ZoneEvictor, token_verdict
from clustersim.controllermanager.node.health import NodeHealth, eviction_due, grace_exceeded
from clustersim.controllermanager.node.monitor import NODE_COST
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros
from clustersim.i18n import _

FROM_HEARTBEAT = "probe"
FROM_TRANSITION = "transition"

NO_NODE_READY = _("No node of the cluster is ready: nothing is evicted.")
ZONE_DISRUPTED = _("Too many nodes of the zone are not ready: nothing is evicted there.")
LIMITER_WAITS = _("Other nodes of the zone were evicted just before: its rate allows no more yet.")


class NodeDeadlines(msgspec.Struct, frozen=True):
    """One node, as the controller sees it.

    probe: when its last heartbeat was seen. transition: when its Ready condition was seen to change.
    grace, eviction: the verdicts that decide; `due` in them is the earliest moment.
    grace_pass, eviction_pass: the pass that will act on it, None if it has.
    eviction_origin: what the eviction counts from, "probe" or "transition".
    marked: it has been marked Unknown. evicted: its pods were deleted in this outage. queued: they wait for
    that, and `token` says for how long.
    frozen: why the eviction does not happen although it is due (a msgid), and until when, if that is known.
    """

    node: str
    probe: Micros
    transition: Micros
    grace: Verdict
    grace_pass: Micros | None
    marked: bool
    eviction: Verdict
    eviction_pass: Micros | None
    eviction_origin: str
    queued: bool
    evicted: bool
    token: Verdict | None
    frozen: str | None
    frozen_until: Micros | None


def node_deadlines(controller: NodeController) -> dict[str, NodeDeadlines]:
    """The deadlines of every node that the controller knows; none while it does not work."""
    state = controller.peek(NodeControllerState)
    return {name: _deadlines(controller, state, health) for name, health in state.health.items()}


def next_monitor_pass(controller: NodeController, after: Micros) -> Micros:
    """The first pass of the monitor later than `after`, if none until then has anything to write."""
    flags, loop = controller.flags, controller.monitor.loop
    state = controller.process.state.loops.get(loop.name)
    if state is None:
        return after
    cost = flags.monitor_pass_cost + NODE_COST * len(controller.peek(NodeControllerState).known)
    first: Micros = state.due if state.due is not None else state.anchor + loop.period
    step = loop.period + cost
    return first if first > after else first + ((after - first) // step + 1) * step


def _deadlines(controller: NodeController, state: NodeControllerState, health: NodeHealth) -> NodeDeadlines:
    name, now = health.node.metadata.name, controller.now
    grace = grace_exceeded(health, controller.flags, now)
    lost = "False" if health.ready == "False" else "Unknown"
    eviction = eviction_due(health, lost, controller.flags, now)
    evictor = state.evictors.get(health.zone)
    seen = evictor is not None and name in evictor.seen
    queued = evictor is not None and name in evictor.queue
    marked = health.ready == "Unknown"
    frozen, until = _frozen(state, health, evictor, now)
    return NodeDeadlines(
        name,
        health.probe,
        health.transition,
        grace,
        None if marked else next_monitor_pass(controller, max(grace.due or now, now)),
        marked,
        eviction,
        None if seen else next_monitor_pass(controller, max(eviction.due or now, now)),
        FROM_TRANSITION if lost == "False" else FROM_HEARTBEAT,
        queued,
        seen and not queued,
        token_verdict(evictor, evictor.queue[name], now) if evictor is not None and queued else None,
        frozen,
        until,
    )


def _frozen(
    state: NodeControllerState, health: NodeHealth, evictor: ZoneEvictor | None, now: Micros
) -> tuple[str | None, Micros | None]:
    """Why a lost node's pods are not deleted when they are due, and until when."""
    if health.ready == "True" or evictor is None:
        return None, None
    if evictor.limiter is None:
        full = all(zone == zones.FULL for zone in state.zones.values())
        return (NO_NODE_READY if full else ZONE_DISRUPTED), None
    if health.node.metadata.name in evictor.queue:
        token = evictor.limiter.next_token(now)
        if token is None or token > now:
            return LIMITER_WAITS, token
    return None, None
