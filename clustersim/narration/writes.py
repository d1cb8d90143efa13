"""What a write to the API server changed, object by object. Who wrote it stands beside the sentence."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from clustersim.api.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from clustersim.api.batch import Job
from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import (
    Endpoints,
    Node,
    NodeCondition,
    Pod,
    PodCondition,
    ReplicationController,
)
from clustersim.api.core_v1 import Event as KubernetesEvent
from clustersim.engine.record import Event
from clustersim.i18n import Message, Value, _

_Scalable = ReplicationController | ReplicaSet | Deployment | StatefulSet

MOST_ADDRESSES: Final = 6
_RELEVANT_CONDITIONS: Final = ("Ready", "OutOfDisk", "MemoryPressure", "DiskPressure")


def narrate_write(event: Event) -> Iterator[Message]:
    """Sentences of a write; none where nothing changed that people ask about."""
    before, after = event.before, event.after
    obj = after if after is not None else before
    tell = _TELLERS.get(type(obj))
    if tell is not None and not _is_lock(event):
        yield from tell(before, after)
    elif tell is None and before is None:
        yield _say(_("{object} is created."), object=event.object)
    elif tell is None and after is None:
        yield _say(_("{object} is deleted."), object=event.object)


def _is_lock(event: Event) -> bool:
    """The objects that leaders hold are renewed every two seconds, and nodes' Leases every ten."""
    return event.object.startswith(("endpoints/kube-system/", "leases/"))


def _say(msgid: str, /, **values: Value) -> Message:
    return Message(msgid, values)


# --- nodes -------------------------------------------------------------------------------------------------


def _node(before: Node | None, after: Node | None) -> Iterator[Message]:
    if after is None:
        if before is not None:
            yield _say(_("Node {name} is deleted."), name=before.metadata.name)
        return
    name = after.metadata.name
    if before is None:
        yield _say(_("Node {name} is registered."), name=name)
    yield from _conditions(name, before, after)
    if before is None:
        return
    if before.spec.unschedulable != after.spec.unschedulable:
        yield _say(
            _("Node {name} is cordoned.") if after.spec.unschedulable else _("Node {name} is uncordoned."),
            name=name,
        )
    for taint in after.spec.taints:
        if taint not in before.spec.taints:
            yield _say(
                _("Node {name} gets the taint {taint}."), name=name, taint=f"{taint.key}:{taint.effect}"
            )
    for taint in before.spec.taints:
        if taint not in after.spec.taints:
            yield _say(
                _("Node {name} loses the taint {taint}."), name=name, taint=f"{taint.key}:{taint.effect}"
            )


def _conditions(name: str, before: Node | None, after: Node) -> Iterator[Message]:
    old = {condition.type: condition for condition in before.status.conditions} if before else {}
    for condition in after.status.conditions:
        previous = old.get(condition.type)
        if condition.type == "Ready" and (previous is None or previous.status != condition.status):
            yield _ready(name, previous, condition)
    changed = [
        condition.type
        for condition in after.status.conditions
        if condition.type in _RELEVANT_CONDITIONS[1:]
        and (previous := old.get(condition.type)) is not None
        and previous.status != condition.status
    ]
    if changed:
        status = next(c.status for c in after.status.conditions if c.type == changed[0])
        yield _say(
            _("Node {name}: {conditions} now {status}."),
            name=name,
            conditions=", ".join(changed),
            status=status,
        )


def _ready(name: str, previous: NodeCondition | None, condition: NodeCondition) -> Message:
    if previous is None:
        return _say(
            _("Node {name}: Ready is {status} ({reason})."),
            name=name,
            status=condition.status,
            reason=condition.reason,
        )
    return _say(
        _("Node {name}: Ready {before} becomes {after} ({reason})."),
        name=name,
        before=previous.status,
        after=condition.status,
        reason=condition.reason,
    )


# --- pods --------------------------------------------------------------------------------------------------


def _pod(before: Pod | None, after: Pod | None) -> Iterator[Message]:
    if after is None:
        if before is not None:
            yield _say(_("Pod {name} is gone."), name=before.metadata.name)
        return
    name = after.metadata.name
    if before is None:
        yield _say(_("Pod {name} is created."), name=name)
    if after.spec.node_name and (before is None or not before.spec.node_name):
        yield _say(_("Pod {name} is bound to {node}."), name=name, node=after.spec.node_name)
    if before is not None:
        yield from _pod_changes(name, before, after)


def _pod_changes(name: str, before: Pod, after: Pod) -> Iterator[Message]:
    if before.status.reason != after.status.reason:
        if after.status.reason:
            yield _say(_("Pod {name} is given the reason {reason}."), name=name, reason=after.status.reason)
        else:
            yield _say(_("Pod {name} loses the reason {reason}."), name=name, reason=before.status.reason)
    if after.metadata.deletion_timestamp and not before.metadata.deletion_timestamp:
        yield _say(
            _("Pod {name} is marked for deletion, grace period {grace} s."),
            name=name,
            grace=after.metadata.deletion_grace_period_seconds,
        )
    if before.status.phase != after.status.phase:
        yield _say(_("Pod {name} is {phase}."), name=name, phase=after.status.phase)
    ready = _condition(after, "Ready")
    if ready != _condition(before, "Ready") and ready:
        yield _say(
            _("Pod {name} is ready.") if ready == "True" else _("Pod {name} is not ready."),
            name=name,
        )
    if _condition(after, "PodScheduled") == "False" != _condition(before, "PodScheduled"):
        yield _say(_("Pod {name} fits on no node."), name=name)
    if before.metadata.labels != after.metadata.labels:
        labels = ", ".join(f"{key}={value}" for key, value in after.metadata.labels.items()) or "-"
        yield _say(_("Pod {name} now has the labels {labels}."), name=name, labels=labels)
    if before.metadata.owner_references and not after.metadata.owner_references:
        yield _say(
            _("Pod {name} is no longer owned by {owner}."),
            name=name,
            owner=before.metadata.owner_references[0].name,
        )
    restarts = sum(status.restart_count for status in after.status.container_statuses)
    if restarts > sum(status.restart_count for status in before.status.container_statuses):
        yield _say(_("Pod {name} has restarted {count:time|times}."), name=name, count=restarts)


def _condition(pod: Pod, kind: str) -> str:
    found: PodCondition | None = condition_of(pod.status, kind)
    return found.status if found else ""


# --- controllers, endpoints, events ------------------------------------------------------------------------


def _scalable(before: _Scalable | None, after: _Scalable | None) -> Iterator[Message]:
    if after is None:
        if before is not None:
            yield _say(_("{kind} {name} is deleted."), kind=_kind(before), name=before.metadata.name)
        return
    kind, name, wanted = _kind(after), after.metadata.name, after.spec.replicas
    if before is None or before.spec.replicas != wanted:
        yield _say(_("{kind} {name} wants {count:pod|pods}."), kind=kind, name=name, count=wanted)
    elif before.status.ready_replicas != after.status.ready_replicas:
        yield _say(
            _("{kind} {name}: {ready} of {count:pod is|pods are} ready."),
            kind=kind,
            name=name,
            ready=after.status.ready_replicas,
            count=wanted,
        )


def _deployment(before: Deployment | None, after: Deployment | None) -> Iterator[Message]:
    yield from _scalable(before, after)
    if before is None or after is None:
        return
    name = after.metadata.name
    if before.spec.template != after.spec.template:
        images = ", ".join(container.image for container in after.spec.template.spec.containers)
        yield _say(_("Deployment {name} has another template, with {images}."), name=name, images=images)
    if _rolled_out(after) and not _rolled_out(before):
        yield _say(_("Deployment {name}: every pod is of the present template, and available."), name=name)


def _rolled_out(deployment: Deployment) -> bool:
    status = deployment.status
    return (
        status.observed_generation >= deployment.metadata.generation
        and status.updated_replicas
        == status.replicas
        == status.available_replicas
        == deployment.spec.replicas
    )


def _daemon_set(before: DaemonSet | None, after: DaemonSet | None) -> Iterator[Message]:
    if after is None:
        if before is not None:
            yield _say(_("{kind} {name} is deleted."), kind="DaemonSet", name=before.metadata.name)
        return
    name, status = after.metadata.name, after.status
    if before is None:
        yield _say(_("DaemonSet {name} wants a pod on every node."), name=name)
    elif (before.status.number_ready, before.status.desired_number_scheduled) != (
        status.number_ready,
        status.desired_number_scheduled,
    ):
        yield _say(
            _("DaemonSet {name}: on {ready} of {count:node|nodes} its pod is ready."),
            name=name,
            ready=status.number_ready,
            count=status.desired_number_scheduled,
        )


def _job(before: Job | None, after: Job | None) -> Iterator[Message]:
    if after is None:
        if before is not None:
            yield _say(_("{kind} {name} is deleted."), kind="Job", name=before.metadata.name)
        return
    name, status = after.metadata.name, after.status
    if before is None:
        yield _say(_("Job {name} is created."), name=name)
        return
    if before.status.succeeded != status.succeeded or before.status.failed != status.failed:
        yield _say(
            _("Job {name}: {succeeded:pod has|pods have} succeeded, {failed:has|have} failed."),
            name=name,
            succeeded=status.succeeded,
            failed=status.failed,
        )
    for condition in status.conditions[len(before.status.conditions) :]:
        if condition.type == "Complete":
            yield _say(_("Job {name} is complete."), name=name)
        else:
            yield _say(_("Job {name} has failed: {reason}."), name=name, reason=condition.reason)


def _kind(obj: _Scalable) -> str:
    return type(obj).__name__


def _endpoints(before: Endpoints | None, after: Endpoints | None) -> Iterator[Message]:
    if after is None:
        return
    addresses = _addresses(after)
    if addresses != (_addresses(before) if before else ()):
        yield _say(
            _("Service {name} has {count:endpoint|endpoints}: {addresses}"),
            name=after.metadata.name,
            count=len(addresses),
            addresses=_shortened(addresses),
        )


def _addresses(endpoints: Endpoints) -> tuple[str, ...]:
    return tuple(
        f"{address.ip}:{port.port}"
        for subset in endpoints.subsets
        for address in subset.addresses
        for port in subset.ports
    )


def _shortened(addresses: tuple[str, ...]) -> str:
    more = len(addresses) - MOST_ADDRESSES
    return " ".join([*addresses[:MOST_ADDRESSES], *([f"+{more}"] if more > 0 else [])]) or "-"


def _event(before: KubernetesEvent | None, after: KubernetesEvent | None) -> Iterator[Message]:
    if after is None:
        return
    about = after.involved_object
    yield _say(
        _("Event {type} {reason} on {kind} {name}: {message}")
        if after.seen <= 1
        else _("Event {type} {reason} on {kind} {name}, seen {count:time|times}: {message}"),
        type=after.type,
        reason=after.reason,
        kind=about.kind,
        name=about.name,
        message=after.message,
        count=after.seen,
    )


_TELLERS: Final[dict[type, Callable[[Any, Any], Iterator[Message]]]] = {
    Node: _node,
    Pod: _pod,
    ReplicationController: _scalable,
    ReplicaSet: _scalable,
    Deployment: _deployment,
    DaemonSet: _daemon_set,
    Job: _job,
    StatefulSet: _scalable,
    Endpoints: _endpoints,
    KubernetesEvent: _event,
}
