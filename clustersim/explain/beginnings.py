"""What began something that no message caused.

A chain follows messages, and ends where there was none: at a timer that ran out because something did not
come, at a pass that looked around and found something changed, at a report that came by itself once it could
again. Each of these has a beginning in the record all the same; here it is looked up.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from clustersim.api.conditions import says
from clustersim.api.core_v1 import Node, Pod
from clustersim.controllermanager.pods import is_active
from clustersim.engine.record import Event, Record, RoutineRun
from clustersim.explain.silence import CENTRAL, silencing
from clustersim.runtime.records import runtimes_on

RECOVERIES: Final = ("started", "resumed", "serving", "powered-on", "healed")
FINISHED: Final = ("Succeeded", "Failed")


def beginning(record: Record, event: Event | RoutineRun) -> Event | None:
    """What led to it although it sent no message, None where nothing of the kind is known."""
    if isinstance(event, RoutineRun):
        return _of_routine(record, event)
    if event.rule is not None:
        find = _RULES.get(event.rule.rule.id)
    else:
        find = _HAPPENINGS.get((event.kind, event.verb))
        if find is None and event.kind == "write" and isinstance(event.after, Node):
            find = _of_node_status
        elif find is None and _is_put_right(event):
            find = _of_pod_status
    return find(record, event) if find is not None else None


def is_overriding(event: Event | RoutineRun) -> bool:
    """Whether its beginning explains it better than the message that it was handled with."""
    if isinstance(event, RoutineRun):
        return False
    if event.rule is not None:
        return event.rule.rule.id in _RULES
    return (event.kind, event.verb) in _HAPPENINGS or _is_put_right(event)


def is_sibling(event: Event, cause: Event) -> bool:
    """Whether the two are writes to two pods, without a decision in between: somebody dealt with both in one
    go."""
    pods = event.object.startswith("pods/") and cause.object.startswith("pods/")
    return pods and event.kind == cause.kind == "write" and event.object != cause.object


def own_past(record: Record, event: Event) -> Event | None:
    """The newest event before it about the same object."""
    return next((other for other in _before(record, event) if other.object == event.object), None)


def _before(record: Record, event: Event) -> Iterator[Event]:
    """What happened before it, the newest first."""
    return (other for other in reversed(record.since(0)) if other.id < event.id)


# --- rules -------------------------------------------------------------------------------------------------


def _silent_node(record: Record, event: Event) -> Event | None:
    assert event.rule is not None
    node = str(event.rule.values["node"])
    heard = event.rule.values.get("seen")
    concerned = (f"kubelet@{node}", *runtimes_on(node), node, *CENTRAL)
    return silencing(record, concerned, heard if isinstance(heard, int) else 0, event.t)


def _silent_runtime(record: Record, event: Event) -> Event | None:
    node = event.actor.partition("@")[2]
    return silencing(record, runtimes_on(node), None, event.t)


def _node_not_ready(record: Record, event: Event) -> Event | None:
    return next((e for e in _before(record, event) if _turned(e, event.object) == "lost"), None)


def _node_ready(record: Record, event: Event) -> Event | None:
    return next((e for e in _before(record, event) if _turned(e, event.object) == "back"), None)


def _turned(event: Event, reference: str) -> str:
    """How a write changed a node's Ready condition: "lost", "back", or ""."""
    if event.kind != "write" or event.object != reference or not isinstance(event.after, Node):
        return ""
    was = _ready(event.before) if isinstance(event.before, Node) else ""
    now = _ready(event.after)
    return "" if was == now else "back" if now == "True" else "lost"


def _ready(node: Node) -> str:
    return says(node.status, "Ready")


def _newest_finished(record: Record, event: Event) -> Event | None:
    return next((other for other in _before(record, event) if _has_finished(other)), None)


def _one_less(record: Record, event: Event) -> Event | None:
    """The newest thing that left the owner with too few: a pod given up, or a larger wish."""
    key = event.object.partition("/")[2].rpartition("/")[2]
    for other in _before(record, event):
        if other.kind != "write":
            continue
        if other.object == event.object and _wants(other.before) < _wants(other.after):
            return other
        if _was_active(other.before, key) and not _was_active(other.after, key):
            return other
    return None


def _wants(owner: Any) -> int:
    return owner.spec.replicas if owner is not None else 0


def _was_active(pod: Any, owner: str) -> bool:
    """A pod of this owner that counts."""
    owned = isinstance(pod, Pod) and any(one.name == owner for one in pod.metadata.owner_references)
    return owned and is_active(pod)


def _has_finished(event: Event) -> bool:
    """A write by which a pod ended."""
    if event.kind != "write" or not isinstance(event.after, Pod) or not isinstance(event.before, Pod):
        return False
    return event.after.status.phase in FINISHED and event.before.status.phase not in FINISHED


# --- happenings --------------------------------------------------------------------------------------------


def _gave_up(record: Record, event: Event) -> Event | None:
    """A leader that could not renew ends itself: because of whatever keeps the API from answering."""
    return silencing(record, CENTRAL, None, event.t)


def _leads(record: Record, event: Event) -> Event | None:
    """It was started, or can reach the API again, or the one that held the lock is gone."""
    return _latest(record, event, (event.actor, *CENTRAL), RECOVERIES)


def _record_removed(record: Record, event: Event) -> Event | None:
    """The runtime forgets a container some time after it has ended."""
    ended = (e for e in _before(record, event) if e.verb == "exited" and e.object == event.object)
    return next(ended, None)


def _of_node_status(record: Record, event: Event) -> Event | None:
    """A kubelet reports by itself: that it can again, or that something on its node is wrong."""
    node = event.object.partition("/")[2]
    if event.actor != f"kubelet@{node}":
        return None
    concerned = (f"kubelet@{node}", *runtimes_on(node), node, *CENTRAL)
    if _turned(event, event.object) == "lost":
        return silencing(record, runtimes_on(node), None, event.t)
    return _latest(record, event, concerned, RECOVERIES)


def _of_pod_status(record: Record, event: Event) -> Event | None:
    """A kubelet puts the status of a pod right by itself, once it can reach the API again: because of what
    was repaired since the pod was marked not ready."""
    node = event.actor.partition("@")[2]
    marked = next((e for e in _before(record, event) if e.object == event.object and _is_marked(e)), None)
    repaired = _latest(record, event, (event.actor, node, *CENTRAL), RECOVERIES)
    return repaired if marked is not None and repaired is not None and repaired.t > marked.t else None


def _is_marked(event: Event) -> bool:
    """A write by which a pod stops being ready."""
    return event.kind == "write" and _pod_ready(event.before) == "True" != _pod_ready(event.after)


def _is_put_right(event: Event) -> bool:
    """A write by which a kubelet says that a pod is ready whose containers are the ones they were."""
    if event.kind != "write" or not event.actor.startswith("kubelet@"):
        return False
    if not isinstance(event.before, Pod) or not isinstance(event.after, Pod):
        return False
    same = [s.container_id for s in event.before.status.container_statuses] == [
        s.container_id for s in event.after.status.container_statuses
    ]
    return same and _pod_ready(event.before) == "False" and _pod_ready(event.after) == "True"


def _pod_ready(pod: Any) -> str:
    return says(pod.status, "Ready") if isinstance(pod, Pod) else ""


def _of_routine(record: Record, run: RoutineRun) -> Event | None:
    """Heartbeats begin again when something was repaired since the ones before."""
    resource, _, node = run.object.partition("/")
    if resource not in ("nodes", "leases"):
        return None
    node = node.rpartition("/")[2]
    runs = record.state.runs.get(run.object, ())
    before = max((other.last for other in runs if other.last < run.first), default=None)
    concerned = (f"kubelet@{node}", *runtimes_on(node), node, *CENTRAL)
    for event in reversed(record.since(0)):
        if event.t <= run.first and _is_of(event, concerned) and event.verb in RECOVERIES:
            return event if before is None or event.t > before else None
    return None


def _latest(record: Record, event: Event, concerned: tuple[str, ...], verbs: tuple[str, ...]) -> Event | None:
    return next((e for e in _before(record, event) if _is_of(e, concerned) and e.verb in verbs), None)


def _is_of(event: Event, concerned: tuple[str, ...]) -> bool:
    return event.kind in ("process", "machine", "network") and event.object in concerned


Finder = Callable[[Record, Event], Event | None]

_RULES: Final[dict[str, Finder]] = {
    "node-controller.grace-exceeded": _silent_node,
    "node-controller.startup-grace-exceeded": _silent_node,
    "node-controller.eviction-due-from-transition": _node_not_ready,
    "node-controller.ready-again": _node_ready,
    "node-lifecycle.grace-exceeded": _silent_node,
    "node-lifecycle.startup-grace-exceeded": _silent_node,
    "node-lifecycle.reachable-again": _node_ready,
    "kubelet.runtime-down": _silent_runtime,
    "kubelet.pleg-unhealthy": _silent_runtime,
    "pod-gc.terminated": _newest_finished,
    "pod-gc.ended": _newest_finished,
    "replication-controller.too-few": _one_less,
    "replicaset-controller.too-few": _one_less,
}

_HAPPENINGS: Final[dict[tuple[str, str], Finder]] = {
    ("process", "exited"): _gave_up,
    ("decision", "became-leader"): _leads,
    ("container", "removed"): _record_removed,
}
