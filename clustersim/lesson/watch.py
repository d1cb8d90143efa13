"""What was seen of a run so far: acts, milestones, Kubernetes Events, each with its time."""

from collections.abc import Iterator

import msgspec

from clustersim.cluster import Cluster
from clustersim.conformance.as_recording import as_recording
from clustersim.conformance.milestones import extract
from clustersim.conformance.observation import Milestone, Notice, Observation
from clustersim.conformance.observe import Observer
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND, Micros
from clustersim.lesson.expressions.expression import Moment, MomentKind
from clustersim.runtime.records import RUNNING

LOOK_EVERY: Micros = SECOND
"""The record is read at least this often, so that it has forgotten nothing and no two heartbeats are one."""


class Happening(msgspec.Struct, frozen=True):
    """When a moment was, and the event of the record that shows it (0: none does)."""

    t: Micros
    event: int = 0


class Beginning(msgspec.Struct, frozen=True):
    """What there was when a lesson began: the ids of the containers that ran on each node, the uids of the
    pods."""

    t: Micros
    containers: dict[str, tuple[str, ...]]
    pods: tuple[str, ...]


def beginning(cluster: Cluster) -> Beginning:
    """A lesson begins now."""
    containers = {name: _running(cluster, name) for name in cluster.machines}
    return Beginning(cluster.now, containers, tuple(p.metadata.uid for p in cluster.objects("pods").values()))


class Watch:
    """Collects from a cluster's record; let it `look` often enough. `labels`: when a lesson's named actions
    were done."""

    def __init__(self, cluster: Cluster, start: Beginning, labels: dict[str, Happening]) -> None:
        self.cluster = cluster
        self.start = start
        self.labels = labels
        self.acts: list[Event] = []
        self._observer = Observer()
        self._last = 0
        self._seen = 0
        self._milestones: tuple[int, tuple[Milestone, ...]] = (-1, ())
        self.look()

    def look(self) -> None:
        """Read what the record has since the last time."""
        record = self.cluster.record
        if record.last_id == self._last:
            return
        events = record.since(self._last)
        self._last = record.last_id
        self._seen += len(events)
        self._observer.collect(events)
        self.acts += [event for event in events if event.kind == "act"]
        self._observer.look_at_routine(record, self.cluster.machines)

    def observation(self) -> Observation:
        """All of it as an observer of recordings has it."""
        return self._observer.observation(self.cluster.now)

    # --- moments -----------------------------------------------------------------------------------

    def times(self, moment: Moment) -> list[Micros]:
        """When that moment was, oldest first; only what happened since the watch began."""
        self.look()
        match moment.kind:
            case MomentKind.ACTION:
                return [self.labels[moment.name].t] if moment.name in self.labels else []
            case MomentKind.ACT:
                acts = [act for act in self.acts if act.verb == moment.name]
                times = [act.t for act in acts if not moment.of or moment.of in (act.object, "")]
            case MomentKind.EVENT:
                times = [notice.t for notice in self._about(moment)]
            case _:
                found = self.milestones()
                times = [m.t for m in found if m.name == moment.name and moment.of in (m.of, "")]
        return [t for t in times if t >= self.start.t]

    def _about(self, moment: Moment) -> Iterator[Notice]:
        seen = self.observation()
        pods = {c.after.name: c.after for c in seen.pods if c.after is not None} if moment.of else {}
        for notice in seen.notices:
            if notice.reason != moment.name or moment.saying not in notice.message:
                continue
            pod = pods.get(notice.name)
            if moment.of in ("", notice.name) or (pod is not None and moment.of in (pod.node, pod.owner)):
                yield notice

    def milestones(self) -> tuple[Milestone, ...]:
        """Every milestone so far, by the definitions of the recordings."""
        if self._milestones[0] != self._seen:
            found = extract(as_recording(self.cluster.scenario, self.acts, self.start.t), self.observation())
            self._milestones = (self._seen, found)
        return self._milestones[1]

    def event_of(self, moment: Moment) -> int:
        """The event of the record at which an explanation of that moment starts; 0 if there is none."""
        times = self.times(moment)
        if not times:
            return 0
        if moment.kind is MomentKind.ACTION:
            return self.labels[moment.name].event
        candidates = [event for event in self.cluster.record if event.t == times[0]]
        for event in candidates:
            if _shows(event, moment):
                return event.id
        return candidates[-1].id if candidates else 0


def _shows(event: Event, moment: Moment) -> bool:
    if moment.kind is MomentKind.ACT:
        return event.kind == "act" and event.verb == moment.name
    if moment.kind is MomentKind.EVENT:
        said = getattr(event.after, "message", "")
        return (
            event.kind == "write"
            and getattr(event.after, "reason", "") == moment.name
            and moment.saying in said
        )
    return event.kind == "write" and (moment.of in event.object or _is_pod_on(event, moment.of))


def _is_pod_on(event: Event, node: str) -> bool:
    spec = getattr(event.after, "spec", None)
    return event.object.startswith("pods/") and getattr(spec, "node_name", "") == node


def _running(cluster: Cluster, node: str) -> tuple[str, ...]:
    containers = cluster.machines[node].state.disk["runtime"].containers
    return tuple(c.id for c in containers.values() if c.state == RUNNING)
