"""When what will happen to each node in v1.36, if nothing changes: for countdowns. Only looks, never touches.

Three waits follow one another: for the grace period, for the limiter that lets the NoExecute taint through,
and, from the taint on, for the shortest time that a pod of the node tolerates it.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from clustersim.api.core_v1 import Pod, Taint
from clustersim.api.registry import key_of
from clustersim.api.tolerations import matching, shortest
from clustersim.controllermanager.node.deadlines import (
    LIMITER_WAITS,
    NO_NODE_READY,
    ZONE_DISRUPTED,
    MonitorPasses,
    NodeDeadlines,
    frozen_by_limiter,
    in_turn,
    monitor_passes,
    stays_until,
)
from clustersim.controllermanager.node.evictor import token_verdict
from clustersim.controllermanager.node.health import NodeHealth, grace_exceeded
from clustersim.controllermanager.node.rules import GraceRules
from clustersim.controllermanager.node.state import NodeControllerState
from clustersim.controllermanager.nodelifecycle import rules, taint_keys
from clustersim.controllermanager.nodelifecycle.taint_writer import has_taint
from clustersim.controllermanager.nodelifecycle.tainting import no_execute
from clustersim.controllermanager.taintedpods import Timer, toleration_over
from clustersim.controllermanager.tainteviction.rules import TOLERATION_OVER
from clustersim.engine.loop import LoopState
from clustersim.engine.rules import Rule, Verdict
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


class TaintingRelease(NamedTuple):
    """How a release taints lost nodes: its rules and the keys of its taints, by the status of Ready.

    waits_a_pass: a node is queued one pass after the one that marks it."""

    lost: Mapping[str, str]
    grace: GraceRules
    limiter: Rule
    tolerated: Rule
    waits_a_pass: bool = False


OF_TODAY: Final = TaintingRelease(taint_keys.LOST, rules.GRACE, rules.LIMITER, TOLERATION_OVER)


def taint_deadlines(
    state: NodeControllerState,
    healths: dict[str, NodeHealth],
    timers: dict[str, Timer],
    pods_on: PodsOnNode,
    loop: LoopState | None,
    flags: ControllerManagerFlags,
    now: Micros,
    own: TaintingRelease = OF_TODAY,
) -> dict[str, NodeDeadlines]:
    """The deadlines of every node that the controller knows."""
    passes = monitor_passes(loop, state, flags)
    return {
        name: _deadlines(state, health, timers, pods_on(name), passes, flags, now, own)
        for name, health in healths.items()
    }


def _deadlines(
    state: NodeControllerState,
    health: NodeHealth,
    timers: dict[str, Timer],
    pods: tuple[Pod, ...],
    passes: MonitorPasses,
    flags: ControllerManagerFlags,
    now: Micros,
    own: TaintingRelease,
) -> NodeDeadlines:
    node, name = health.node, health.node.metadata.name
    grace = grace_exceeded(health, own.grace, flags, now)
    marked = health.ready == "Unknown"
    grace_pass = None if marked else passes.later_than(max(grace.due or now, now))
    evictor = state.evictors.get(health.zone)
    key = own.lost["False" if health.ready == "False" else "Unknown"]
    tainted = has_taint(node, key, taint_keys.NO_EXECUTE) or in_turn(state, health, evictor)
    queued = evictor is not None and name in evictor.queue and not tainted
    token = token_verdict(own.limiter, evictor, evictor.queue[name], now) if evictor and queued else None
    frozen, until = frozen_by_limiter(state, health, evictor, now) if not tainted else (None, None)
    queued_at = passes.later_than(grace_pass or now) if own.waits_a_pass else grace_pass
    taint_at = now if tainted else (token.due if token is not None else queued_at) or now
    eviction = first_eviction(pods, timers, own.tolerated, key, taint_at, now)
    since = _number(eviction, "seen", taint_at)
    verdicts = (one.due for one in (grace, token, eviction) if one is not None)
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
        eviction_since=since,
        eviction_length=_number(eviction, "limit", 0),
        queued=queued,
        evicted=bool(pods) and all(_is_leaving(pod, timers) for pod in pods),
        token=token,
        frozen=_OF_TODAY.get(frozen, frozen) if frozen is not None else None,
        frozen_until=until,
        until=now
        if _is_moving(eviction, since, pods, timers, now)
        else stays_until(passes, now, *verdicts, grace_pass, queued_at, until),
    )


def first_eviction(
    pods: tuple[Pod, ...], timers: dict[str, Timer], rule: Rule, key: str, taint_at: Micros, now: Micros
) -> Verdict | None:
    """Of the pods of a node, the one that goes first: by its timer, or by what it would tolerate. There are
    thousands of pods on lost nodes: a verdict is made of that one alone."""
    found: tuple[Pod, int, Micros] | None = None
    earliest: Micros = 0
    taint = no_execute(key)
    for pod in pods:
        timer = timers.get(key_of(pod))
        if timer is not None:
            if timer.fired:
                continue
            seconds, since = (timer.due - timer.created) // SECOND, timer.created
        elif pod.metadata.deletion_timestamp or (tolerated := _tolerated(pod, taint)) is None:
            continue
        else:
            seconds, since = tolerated, taint_at
        if found is None or since + seconds * SECOND < earliest:
            found, earliest = (pod, seconds, since), since + seconds * SECOND
    return None if found is None else toleration_over(rule, *found, now)


def _tolerated(pod: Pod, taint: Taint) -> int | None:
    """For how many seconds a pod stays on a node with that taint; None: for good."""
    used = matching((taint,), pod.spec.tolerations)
    return 0 if used is None else shortest(used)


def _number(verdict: Verdict | None, name: str, otherwise: Micros) -> Micros:
    value = verdict.values[name] if verdict is not None else None
    return value if isinstance(value, int) else otherwise


def _is_moving(
    eviction: Verdict | None,
    since: Micros,
    pods: tuple[Pod, ...],
    timers: dict[str, Timer],
    now: Micros,
) -> bool:
    """The wait counts from now as long as it has not begun; a timer is late; or a pod is about to be deleted,
    and may be given up.
    """
    if eviction is not None and (since == now or eviction.holds):
        return True
    return any(
        not pod.metadata.deletion_timestamp and (timer := timers.get(key_of(pod))) is not None and timer.fired
        for pod in pods
    )


def _is_leaving(pod: Pod, timers: dict[str, Timer]) -> bool:
    """It has been deleted by its taint, or is being deleted anyway."""
    timer = timers.get(key_of(pod))
    return bool(pod.metadata.deletion_timestamp) or (timer is not None and timer.fired)
