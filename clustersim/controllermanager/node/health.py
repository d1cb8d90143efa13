"""What the controller knows of one node's health, and the two questions it asks of it. Pure functions.

Heartbeats carry the node's own clock; they are only compared with one another. All times here are those of
the controller: when it saw a new heartbeat, when it saw Ready change. So a wrong clock on a node changes
nothing.
Source: v1.7.5 pkg/controller/node/nodecontroller.go tryUpdateNodeStatus, v1.8.0 node_controller.go; what
all releases share.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, NodeCondition
from clustersim.api.meta import replace
from clustersim.api.timestamp import micros, rfc3339
from clustersim.api.topology import old_zone_key
from clustersim.controllermanager.node import rules
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros
from clustersim.flags.controllermanager import ControllerManagerFlags

READY: Final = "Ready"


class NodeHealth(msgspec.Struct, frozen=True):
    """One node.

    node: the object as last looked at. ready: its Ready condition's status then, "" if it has none.
    heartbeat, transition_text: of the Ready condition when a new heartbeat was last seen.
    probe: when that was seen. transition: when a change of Ready was seen.
    counted: it counts in its zone's state.
    lease: renewTime of its Lease as last seen, where kubelets have one.
    """

    node: Node
    ready: str
    heartbeat: str
    transition_text: str
    probe: Micros
    transition: Micros
    zone: str
    counted: bool
    lease: str = ""


def node_condition(node: Node, kind: str) -> NodeCondition | None:
    """A condition by its type. Ready is the last one a kubelet writes, so the search begins at the end."""
    conditions = node.status.conditions
    if conditions and conditions[-1].type == kind:
        return conditions[-1]
    return next((condition for condition in conditions if condition.type == kind), None)


def is_master(name: str) -> bool:
    """Names that end in `master`, or in `master-` and three characters (pkg/util/system IsMasterNode)."""
    return name.endswith("master") or name[:-3].endswith("master-")


def place_of(known: NodeHealth | None, node: Node) -> tuple[str, bool]:
    """A node's zone, and whether it counts there."""
    if known is not None and known.node.metadata.labels is node.metadata.labels:
        return known.zone, known.counted
    return old_zone_key(node), not is_master(node.metadata.name)


def observe(known: NodeHealth | None, node: Node, place: tuple[str, bool], now: Micros) -> NodeHealth:
    """The health of a node after a look at its object."""
    ready = node_condition(node, READY)
    zone, counted = place
    if ready is None:
        created = micros(node.metadata.creation_timestamp)
        return NodeHealth(node, "", "", "", created, created, zone, counted)
    heartbeat, changed = ready.last_heartbeat_time, ready.last_transition_time
    probe = transition = now
    if known is not None and known.ready:
        if known.heartbeat == heartbeat:
            changed, probe, transition = known.transition_text, known.probe, known.transition
        elif known.transition_text == changed:
            transition = known.transition
    return NodeHealth(node, ready.status, heartbeat, changed, probe, transition, zone, counted)


def is_heartbeat(old: Node, new: Node) -> bool:
    """A node's Ready was reported again, later, and nothing else that is looked at has changed."""
    before, after = node_condition(old, READY), node_condition(new, READY)
    return (
        before is not None
        and after is not None
        and is_later(old, new)
        and before.status == after.status
        and before.last_transition_time == after.last_transition_time
        and (old.metadata.labels is new.metadata.labels or old.metadata.labels == new.metadata.labels)
    )


def is_later(old: Node, new: Node) -> bool:
    """A node's Ready was reported at a later time."""
    before, after = node_condition(old, READY), node_condition(new, READY)
    return before is not None and after is not None and before.last_heartbeat_time < after.last_heartbeat_time


def with_heartbeat(known: NodeHealth, node: Node, seen: Micros) -> NodeHealth:
    """The health of a node whose heartbeat was seen then, and which is as it was in all else."""
    ready = node_condition(node, READY)
    assert ready is not None
    return replace(known, node=node, heartbeat=ready.last_heartbeat_time, probe=seen)


def after_marking(known: NodeHealth, written: Node, now: Micros) -> NodeHealth:
    """The health of a node that this controller has just marked Unknown: the heartbeat is as old as
    before."""
    ready = node_condition(written, READY)
    assert ready is not None
    return NodeHealth(
        written,
        ready.status,
        ready.last_heartbeat_time,
        ready.last_transition_time,
        known.probe,
        now,
        known.zone,
        known.counted,
        known.lease,
    )


def grace_exceeded(
    health: NodeHealth, own: rules.GraceRules, flags: ControllerManagerFlags, now: Micros
) -> Verdict:
    """Whether the node has been silent for strictly longer than its grace period."""
    if health.ready:
        rule, grace = own.silent, flags.node_monitor_grace_period
    else:
        rule, grace = own.never_heard, flags.node_startup_grace_period
    due = health.probe + grace
    return rule.holds(
        now > due,
        due=due,
        node=health.node.metadata.name,
        seen=health.probe,
        grace=grace,
        age=now - health.probe,
    )


def eviction_due(health: NodeHealth, observed: str, flags: ControllerManagerFlags, now: Micros) -> Verdict:
    """Whether the pods of a node that was seen with this Ready status are to be deleted.

    Unknown: so long after the last heartbeat that was seen. False: so long after Ready was seen to change.
    """
    if observed == "False":
        rule, since = rules.EVICTION_FROM_TRANSITION, health.transition
    else:
        rule, since = rules.EVICTION_FROM_PROBE, health.probe
    due = since + flags.pod_eviction_timeout
    return rule.holds(
        observed in ("False", "Unknown") and now > due,
        due=due,
        node=health.node.metadata.name,
        seen=since,
        timeout=flags.pod_eviction_timeout,
        age=now - since,
    )


def marked_unknown(node: Node, others: tuple[str, ...], now: Micros) -> Node:
    """The node with Ready and those other conditions Unknown; what is Unknown already stays as it is."""
    conditions = list(node.status.conditions)
    text = rfc3339(now)
    for kind in (READY, *others):
        for index, condition in enumerate(conditions):
            if condition.type != kind:
                continue
            if condition.status != "Unknown":
                conditions[index] = replace(
                    condition,
                    status="Unknown",
                    reason="NodeStatusUnknown",
                    message="Kubelet stopped posting node status.",
                    last_transition_time=text,
                )
            break
        else:
            conditions.append(
                NodeCondition(
                    type=kind,
                    status="Unknown",
                    last_heartbeat_time=node.metadata.creation_timestamp,
                    last_transition_time=text,
                    reason="NodeStatusNeverUpdated",
                    message="Kubelet never posted node status.",
                )
            )
    marked: Node = replace(node, status=replace(node.status, conditions=tuple(conditions)))
    return marked
