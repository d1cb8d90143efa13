"""What a question is about: an object of the API by any of the names that pages use for it."""

from collections.abc import Iterator
from typing import Any, Final

from clustersim.api.conditions import says
from clustersim.api.core_v1 import Node, Pod
from clustersim.cluster import Cluster
from clustersim.engine.record import Event

RESOURCES: Final = {
    "rc": "replicationcontrollers",
    "rs": "replicasets",
    "deployment": "deployments",
    "statefulset": "statefulsets",
    "daemonset": "daemonsets",
    "job": "jobs",
    "cronjob": "cronjobs",
    "pdb": "poddisruptionbudgets",
    "ns": "namespaces",
    "svc": "services",
}
"""Resources by what they are called on pages."""


def subject_of(cluster: Cluster, name: str) -> str | None:
    """The reference ("nodes/n1", "pods/default/web-1") or process ("kubelet@n1") that is meant.

    name: such a reference, a part of the picture ("n1", "n1.kubelet", "pod:<uid>", "rc/default/web",
    "scheduler"), or a deadline ("grace/n1"). None if there is no such thing.
    """
    head, _slash, rest = name.partition("/")
    node, _dot, part = name.partition(".")
    if head in ("grace", "eviction", "nodes"):
        return f"nodes/{rest}" if rest in cluster.machines else None
    if head in RESOURCES:
        return f"{RESOURCES[head]}/{rest}"
    if head in ("pods", "endpoints", *RESOURCES.values()) and rest:
        return name
    if name.endswith("."):
        return None
    if name.startswith("pod:"):
        return _pod(cluster, name.removeprefix("pod:"))
    if node in cluster.machines:
        return f"nodes/{node}" if part in ("", "machine") else f"{part}@{node}"
    return name if name in cluster.world.engine.actors else None


def _pod(cluster: Cluster, uid: str) -> str | None:
    """A pod by its uid, also one that is gone."""
    for key, pod in cluster.objects("pods").items():
        if pod.metadata.uid == uid:
            return f"pods/{key}"
    for event in reversed(cluster.record.since(0)):
        pod = event.before if event.after is None else event.after
        if isinstance(pod, Pod) and pod.metadata.uid == uid:
            return event.object
    return None


def newest_about(cluster: Cluster, subject: str, name: str = "") -> Event | None:
    """The newest change that people ask about; `name`: as it was asked for, a deadline means its rule."""
    return next(events_about(cluster, subject, name), None)


def events_about(cluster: Cluster, subject: str, name: str = "") -> Iterator[Event]:
    """The changes of it that people ask about, the newest first.

    Of a node that is asked for by its name those of what is printed of it, while they are remembered: whoever
    sees NotReady asks why it is that, and not what came of it.
    """
    resource, _slash, key = subject.partition("/")
    if resource == "nodes" and name in (key, subject):
        changes = _changes(cluster, subject, name)
        printed = (event for event in changes if _printed(event.before) != _printed(event.after))
        if (newest := next(printed, None)) is not None:
            yield newest
            yield from printed
            return
    yield from _changes(cluster, subject, name)


def _changes(cluster: Cluster, subject: str, name: str) -> Iterator[Event]:
    resource, _slash, key = subject.partition("/")
    others = {"nodes": key, "services": f"endpoints/{key}"}
    names = (subject, others.get(resource, subject))
    kind = name.partition("/")[0]
    for event in reversed(cluster.record.since(0)):
        if event.object not in names or event.kind == "log":
            continue
        if kind in RULES and (event.rule is None or event.rule.rule.id not in RULES[kind]):
            continue
        if event.kind != "write" or _turned(event):
            yield event


RULES = {
    "grace": ("node-controller.grace-exceeded", "node-controller.startup-grace-exceeded"),
    "eviction": (
        "node-controller.eviction-rate",
        "node-controller.eviction-due-from-heartbeat",
        "node-controller.eviction-due-from-transition",
    ),
}
"""The rules behind a deadline that a page shows."""


def _turned(event: Event) -> bool:
    """A write that changed more than the time of a report."""
    before, after = event.before, event.after
    if before is None or after is None:
        return True
    return bool(_conditions(before) != _conditions(after) or before.metadata.labels != after.metadata.labels)


def _printed(node: Any) -> Any:
    """What stands under STATUS: whether it is ready, and takes pods; None of one that is not there."""
    if not isinstance(node, Node):
        return None
    return says(node.status, "Ready"), node.spec.unschedulable


def _conditions(obj: Any) -> Any:
    status = getattr(obj, "status", None)
    conditions = getattr(status, "conditions", None)
    if conditions is None:
        return (getattr(obj, "subsets", None), getattr(obj, "spec", None), status)
    turns = tuple((c.type, c.status, c.reason) for c in conditions)
    return (turns, obj.spec, obj.metadata.deletion_timestamp, getattr(status, "reason", ""), _phase(status))


def _phase(status: Any) -> tuple[Any, ...]:
    containers = getattr(status, "container_statuses", ())
    return (getattr(status, "phase", ""), tuple((c.ready, c.restart_count) for c in containers))
