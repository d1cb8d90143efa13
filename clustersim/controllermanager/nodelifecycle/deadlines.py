"""When what will happen to each node in v1.36, if nothing changes: for countdowns. Only looks, never touches.

Three waits follow one another: for the grace period, for the limiter that lets the NoExecute taint through,
and, from the taint on, for the shortest time that a pod of the node tolerates it.
"""

from collections.abc import Callable
from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.api.registry import key_of
from clustersim.api.tolerations import matching, shortest
from clustersim.controllermanager.node.deadlines import (
    LIMITER_WAITS,
    NO_NODE_READY,
    ZONE_DISRUPTED,
    MonitorPasses,
    NodeDeadlines,
    frozen_by_limiter,
    monitor_passes,
)
from clustersim.controllermanager.node.evictor import token_verdict
from clustersim.controllermanager.node.health import NodeHealth, grace_exceeded
from clustersim.controllermanager.nodelifecycle import rules, taint_keys
from clustersim.controllermanager.nodelifecycle.state import LifecycleState
from clustersim.controllermanager.nodelifecycle.taint_writer import has_taint
from clustersim.controllermanager.nodelifecycle.tainting import no_execute
from clustersim.controllermanager.taintedpods import Timer, toleration_over
from clustersim.controllermanager.tainteviction.rules import TOLERATION_OVER
from clustersim.controllermanager.tainteviction.state import TaintEvictionState
from clustersim.engine.loop import LoopState
from clustersim.engine.rules import Verdict
from clustersim.engine.time import SECOND, Micros
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.i18n import _

FROM_TAINT: Final = "taint"

_OF_TODAY: Final = {
    LIMITER_WAITS: _("Other nodes of the zone were tainted just before: its rate allows no more yet."),
    NO_NODE_READY: _("No node of the cluster is ready: none is tainted, and nothing is evicted."),
    ZONE_DISRUPTED: _("Too many nodes of the zone are not ready: no more of them are tainted."),
}
"""What is said of nodes that wait, as it is today: they wait for their taint."""

PodsOnNode = Callable[[str], tuple[Pod, ...]]


def taint_deadlines(
    state: LifecycleState,
    healths: dict[str, NodeHealth],
    evictions: TaintEvictionState | None,
    pods_on: PodsOnNode,
    loop: LoopState | None,
    flags: ControllerManagerFlags,
    now: Micros,
) -> dict[str, NodeDeadlines]:
    """The deadlines of every node that the controller knows."""
    passes = monitor_passes(loop, state, flags)
    timers = evictions.timers if evictions is not None else {}
    return {
        name: _deadlines(state, health, timers, pods_on(name), passes, flags, now)
        for name, health in healths.items()
    }


def _deadlines(
    state: LifecycleState,
    health: NodeHealth,
    timers: dict[str, Timer],
    pods: tuple[Pod, ...],
    passes: MonitorPasses,
    flags: ControllerManagerFlags,
    now: Micros,
) -> NodeDeadlines:
    node, name = health.node, health.node.metadata.name
    grace = grace_exceeded(health, rules.GRACE, flags, now)
    marked = health.ready == "Unknown"
    grace_pass = None if marked else passes.later_than(max(grace.due or now, now))
    evictor = state.evictors.get(health.zone)
    key = taint_keys.LOST["False" if health.ready == "False" else "Unknown"]
    tainted = has_taint(node, key, taint_keys.NO_EXECUTE)
    queued = evictor is not None and name in evictor.queue and not tainted
    token = token_verdict(rules.LIMITER, evictor, evictor.queue[name], now) if evictor and queued else None
    frozen, until = frozen_by_limiter(state, health, evictor, now) if not tainted else (None, None)
    taint_at = now if tainted else (token.due if token is not None else grace_pass) or now
    eviction = _first_eviction(pods, timers, key, taint_at, now)
    return NodeDeadlines(
        node=name,
        probe=health.probe,
        transition=health.transition,
        grace=grace,
        grace_pass=grace_pass,
        marked=marked,
        eviction=eviction,
        eviction_pass=eviction.due if eviction is not None and not eviction.holds else None,
        eviction_origin=FROM_TAINT,
        eviction_since=_number(eviction, "seen", taint_at),
        eviction_length=_number(eviction, "limit", 0),
        queued=queued,
        evicted=bool(pods) and all(_is_leaving(pod, timers) for pod in pods),
        token=token,
        frozen=_OF_TODAY.get(frozen, frozen) if frozen is not None else None,
        frozen_until=until,
    )


def _first_eviction(
    pods: tuple[Pod, ...], timers: dict[str, Timer], key: str, taint_at: Micros, now: Micros
) -> Verdict | None:
    """Of the pods of a node, the one that goes first: by its timer, or by what it would tolerate."""
    found: list[Verdict] = []
    for pod in pods:
        timer = timers.get(key_of(pod))
        if timer is not None:
            seconds = (timer.due - timer.created) // SECOND
            if not timer.fired:
                found.append(toleration_over(TOLERATION_OVER, pod, seconds, timer.created, now))
            continue
        used = matching((no_execute(key),), pod.spec.tolerations)
        seconds_tolerated = 0 if used is None else shortest(used)
        if seconds_tolerated is not None and not pod.metadata.deletion_timestamp:
            found.append(toleration_over(TOLERATION_OVER, pod, seconds_tolerated, taint_at, now))
    return min(found, key=_due, default=None)


def _due(verdict: Verdict) -> Micros:
    return verdict.due or 0


def _number(verdict: Verdict | None, name: str, otherwise: Micros) -> Micros:
    value = verdict.values[name] if verdict is not None else None
    return value if isinstance(value, int) else otherwise


def _is_leaving(pod: Pod, timers: dict[str, Timer]) -> bool:
    """It has been deleted by its taint, or is being deleted anyway."""
    timer = timers.get(key_of(pod))
    return bool(pod.metadata.deletion_timestamp) or (timer is not None and timer.fired)
