"""The milestones of a run, each with the event of the causal record that shows it."""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Event as KubernetesEvent
from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.conformance.observation import Milestone
from clustersim.docker.records import Container
from clustersim.engine.record import Event, Record
from clustersim.engine.time import Micros
from clustersim.lesson.watch import LOOK_EVERY, Beginning, Watch

REASONS: Final = {
    "eviction-announced": "DeletingAllPods",
    "eviction-cancelled": "TaintManagerEviction",
    "node-rebooted": "Rebooted",
    "pull-attempted": "Pulling",
    "sandbox-changed": "SandboxChanged",
}
"""Milestones that are a Kubernetes Event, and its reason."""

CONTAINER_VERBS: Final = {
    "container-launched": "started",
    "old-containers-told-to-stop": "told-to-stop",
    "old-containers-exited": "exited",
    "old-containers-removed": "removed",
}
PROCESS_VERBS: Final = {
    "component-exited": "exited",
    "component-started": "started",
    "apiserver-answers": "started",
    "leader-acquired": "became-leader",
}


class Shown(msgspec.Struct, frozen=True):
    """A milestone, and the id of the event that shows it (0: it is a count over many)."""

    milestone: Milestone
    event: int


class Milestones:
    """Follows a cluster; let it `advance` the cluster, so that nothing is forgotten on the way."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._watch = Watch(cluster, Beginning(0, {}, ()), {})

    def advance(self, until: Micros) -> None:
        """Run the cluster to `until`."""
        while self.cluster.now < until:
            self.cluster.run_until(min(self.cluster.now + LOOK_EVERY, until))
            self.look()

    def look(self) -> None:
        """Read what has happened since the last time."""
        self._watch.look()

    def found(self) -> tuple[Milestone, ...]:
        """All milestones since zero, in order of time."""
        return tuple(m for m in self._watch.milestones() if m.t >= 0)

    def shown(self) -> tuple[Shown, ...]:
        """The same with their events."""
        record = self.cluster.record
        by_time: dict[Micros, list[Event]] = {}
        for event in record:
            by_time.setdefault(event.t, []).append(event)
        return tuple(Shown(m, _event(record, by_time.get(m.t, []), m)) for m in self.found())


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
        on = event.actor.removeprefix("docker@")
        return event.verb == CONTAINER_VERBS[name] and (on == milestone.of or (is_its and node in ("", on)))
    if event.kind != "write":
        return False
    if name in REASONS:
        return isinstance(obj, KubernetesEvent) and obj.reason == REASONS[name]
    if name.startswith(("node-", "heartbeat-")):
        return event.object == f"nodes/{milestone.of}"
    if name.startswith("endpoints-"):
        return event.object.startswith("endpoints/") and event.object.endswith(f"/{milestone.of}")
    return isinstance(obj, Pod) and _is_about(obj, owner, name)


def _is_about(pod: Pod, who: str, name: str) -> bool:
    names: tuple[Any, ...] = (
        pod.metadata.name,
        pod.spec.node_name,
        *(reference.name for reference in pod.metadata.owner_references),
    )
    return name == "pods-collected" or who in names
