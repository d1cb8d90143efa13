"""The milestones of a run, each with the event of the causal record that shows it."""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Event as KubernetesEvent
from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.conformance.as_recording import as_recording
from clustersim.conformance.milestones import extract
from clustersim.conformance.observation import Milestone
from clustersim.conformance.observe import Observer
from clustersim.engine.record import Event, Record
from clustersim.engine.time import Micros
from clustersim.runtime.records import Container

REASONS: Final = {
    "eviction-announced": ("DeletingAllPods", "TaintManagerEviction"),
    "eviction-cancelled": ("TaintManagerEviction",),
    "node-rebooted": ("Rebooted",),
    "pull-attempted": ("Pulling",),
    "sandbox-changed": ("SandboxChanged",),
}
"""Milestones that are a Kubernetes Event, and its reason in one release or the other."""

CONTAINER_VERBS: Final = {
    "container-launched": "started",
    "old-containers-told-to-stop": "told-to-stop",
    "old-containers-exited": "exited",
    "old-containers-removed": "removed",
}
PROCESS_VERBS: Final = {
    "component-exited": "exited",
    "component-started": "started",
    "apiserver-answers": "serving",
    "leader-acquired": "became-leader",
}


class Shown(msgspec.Struct, frozen=True):
    """A milestone, and the id of the event that shows it (0: it is a count over many)."""

    milestone: Milestone
    event: int


def milestones(cluster: Cluster, since: Micros = 0) -> tuple[Shown, ...]:
    """The milestones since then, in order of time, with their events.

    Read from the record: of a run so long that the record has forgotten detail, the oldest may be missing.
    """
    record = cluster.record
    events = record.since(0)
    observer = Observer()
    observer.collect(events)
    seen = observer.observation(cluster.now)
    beats = {node: _beats(record, node, seen.heartbeats.get(node, ())) for node in cluster.machines}
    acts = [event for event in events if event.kind == "act"]
    run = as_recording(cluster.scenario, acts, since)
    found = extract(run, msgspec.structs.replace(seen, heartbeats=beats))
    by_time: dict[Micros, list[Event]] = {}
    for event in events:
        by_time.setdefault(event.t, []).append(event)
    return tuple(Shown(m, _event(record, by_time.get(m.t, []), m)) for m in found if m.t >= since)


def _beats(record: Record, node: str, written: tuple[Micros, ...]) -> tuple[Micros, ...]:
    """When a node reported: its writes, and the ends of the runs of reports that changed nothing."""
    runs = record.state.runs.get(f"nodes/{node}", ())
    return tuple(sorted((*written, *(run.first for run in runs), *(run.last for run in runs))))


def _event(record: Record, candidates: list[Event], milestone: Milestone) -> int:
    found = [event.id for event in candidates if shows(event, milestone)]
    if found:
        return found[0]
    if milestone.name == "heartbeat-resumed":
        runs = record.state.runs.get(f"nodes/{milestone.of}", ())
        return next((run.first_id for run in runs if run.first <= milestone.t <= run.last), 0)
    return 0


def shows(event: Event, milestone: Milestone) -> bool:
    """Whether this is the event by which the milestone became visible; both are of the same time."""
    name = milestone.name.removesuffix("-first").removesuffix("-last")
    owner, _at, node = milestone.of.partition("@")
    obj = event.after if event.after is not None else event.before
    if name in PROCESS_VERBS:
        whose = event.actor if name == "leader-acquired" else event.object
        return event.verb == PROCESS_VERBS[name] and whose == milestone.of
    if name in CONTAINER_VERBS:
        is_its = isinstance(obj, Container) and owner in (obj.pod, obj.pod.rpartition("-")[0])
        on = event.actor.partition("@")[2]
        shows = event.verb == CONTAINER_VERBS[name] or _is_killing(event, name)
        return shows and (on == milestone.of or (is_its and node in ("", on)))
    if event.kind != "write":
        return False
    if name in REASONS:
        return isinstance(obj, KubernetesEvent) and obj.reason in REASONS[name]
    if name.startswith(("node-", "heartbeat-")):
        return event.object == f"nodes/{milestone.of}"
    if name.startswith("endpoints-"):
        return event.object.startswith("endpoints/") and event.object.endswith(f"/{milestone.of}")
    return isinstance(obj, Pod) and _is_about(obj, owner, name) and _turned(event, name)


def _is_killing(event: Event, name: str) -> bool:
    """The Event that tells of it where the runtime does not say so."""
    told = isinstance(event.after, KubernetesEvent) and event.after.reason == "Killing"
    return told and name == "old-containers-told-to-stop"


def _turned(event: Event, name: str) -> bool:
    """Whether the write did to the pod what the milestone says, where that can be told from a single one."""
    before, after = event.before, event.after
    if name.endswith("-created"):
        return before is None
    if name.endswith(("-gone", "-collected")):
        return after is None
    if before is None or after is None:
        return False
    if name.endswith("-bound"):
        return bool(after.spec.node_name) and not before.spec.node_name
    if name.endswith("-deletion-timestamp"):
        return bool(after.metadata.deletion_timestamp) and not before.metadata.deletion_timestamp
    return True


def _is_about(pod: Pod, who: str, name: str) -> bool:
    names: tuple[Any, ...] = (
        pod.metadata.name,
        pod.spec.node_name,
        *(reference.name for reference in pod.metadata.owner_references),
    )
    return name == "pods-collected" or who in names
