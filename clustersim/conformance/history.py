"""A run put in order: the story of each pod, and the disturbance of each node (golden README, section 5)."""

from collections.abc import Iterator, Sequence

import msgspec

from clustersim.conformance import vocabulary
from clustersim.conformance.observation import Change, NodeFacts, Observation, PodFacts
from clustersim.conformance.recording import RecordedAction, Recording
from clustersim.engine.time import MILLISECOND, Micros, seconds

BEFORE_NOT_READY = 50 * MILLISECOND
AFTER_READY_AGAIN = 500 * MILLISECOND
FOREVER: Micros = 1 << 62


class PodStory(msgspec.Struct, frozen=True):
    """One pod object from creation to removal."""

    first: PodFacts
    changes: tuple[Change[PodFacts], ...]

    @property
    def owner(self) -> str:
        """The controller's name, the pod's own for a bare one."""
        return self.first.owner

    @property
    def created(self) -> Micros:
        """When it appeared."""
        return self.changes[0].t

    @property
    def label(self) -> str:
        """What recordings call it: `owner@node`, or its own name where that is not random."""
        if self.first.owner_kind in ("", "StatefulSet"):
            return self.first.name
        return f"{self.owner}@{self.node or 'pending'}"

    @property
    def node(self) -> str:
        """The node it was bound to in the end, empty if to none."""
        return next((c.after.node for c in reversed(self.changes) if c.after is not None), "")

    @property
    def distinguishable(self) -> bool:
        """Whether its label means this pod and no other."""
        return self.first.owner_kind in ("", "StatefulSet", "DaemonSet")

    def steps(self) -> Iterator[tuple[Micros, PodFacts, PodFacts]]:
        """Each write that left the object there: when, before, after."""
        for change in self.changes:
            if change.before is not None and change.after is not None:
                yield change.t, change.before, change.after

    @property
    def bound(self) -> Micros | None:
        """When spec.nodeName was set."""
        return next((c.t for c in self.changes if c.after is not None and c.after.node), None)

    @property
    def deletion(self) -> tuple[Micros, int] | None:
        """When deletionTimestamp was first set, and the grace period; a removal at once counts as 0 s."""
        for change in self.changes:
            if change.after is None:
                return change.t, 0
            if change.after.deleting:
                return change.t, change.after.grace or 0
        return None

    @property
    def gone(self) -> Micros | None:
        """When it was removed from the API."""
        last = self.changes[-1]
        return last.t if last.after is None else None

    def at(self, t: Micros) -> PodFacts | None:
        """The object as it was at `t`, None where it did not exist."""
        state = None
        for change in self.changes:
            if change.t > t:
                break
            state = change.after
        return state


class Disturbance(msgspec.Struct, frozen=True):
    """A node in trouble: from when, until which repair (None: never), and the pods it carried then.

    `aimed`: by an action at this node, not as a side effect. `until`: when the next one of this node begins.
    """

    node: str
    begins: Micros
    repair: Micros | None
    aimed: bool
    until: Micros
    old_pods: tuple[PodStory, ...]

    @property
    def losing_ends(self) -> Micros:
        """Until when a pod may lose its readiness or get its deletionTimestamp by this disturbance."""
        if self.repair is None:
            return FOREVER
        return self.repair if self.aimed else self.repair + AFTER_READY_AGAIN


class History(msgspec.Struct, frozen=True):
    """Everything milestones are made from. `start`: the first action; only what follows it counts."""

    recording: Recording
    seen: Observation
    start: Micros
    pods: tuple[PodStory, ...]
    disturbances: tuple[Disturbance, ...]

    @property
    def actions(self) -> Sequence[tuple[int, RecordedAction]]:
        """The actions with their indices."""
        return tuple(enumerate(self.recording.actions))


def history(recording: Recording, seen: Observation) -> History:
    """Put the observation in order, in the light of what was done."""
    start = seconds(min(action.begins for action in recording.actions))
    pods = _stories(seen)
    disturbances = tuple(
        d for node in _node_names(recording, seen) for d in _disturbances(node, recording, seen, start, pods)
    )
    return History(recording, seen, start, pods, disturbances)


def _stories(seen: Observation) -> tuple[PodStory, ...]:
    by_key: dict[str, list[Change[PodFacts]]] = {}
    for change in seen.pods:
        by_key.setdefault(change.key, []).append(change)
    stories = []
    for changes in by_key.values():
        first = changes[0].after or changes[0].before
        if first is not None:
            stories.append(PodStory(first, tuple(changes)))
    return tuple(stories)


def _node_names(recording: Recording, seen: Observation) -> list[str]:
    names = dict.fromkeys(node.name for node in recording.nodes)
    names.update(dict.fromkeys(change.key for change in seen.nodes))
    return list(names)


def became_not_ready(change: Change[NodeFacts]) -> bool:
    """Ready leaves True."""
    before, after = change.before, change.after
    return before is not None and after is not None and before.ready == "True" != after.ready


def became_ready(change: Change[NodeFacts]) -> bool:
    """Ready becomes True, also by a registration."""
    return (
        change.after is not None
        and change.after.ready == "True"
        and (change.before is None or change.before.ready != "True")
    )


def _disturbances(
    node: str, recording: Recording, seen: Observation, start: Micros, pods: tuple[PodStory, ...]
) -> list[Disturbance]:
    spans = _aimed(node, recording) or _unaimed(node, seen, start)
    result = []
    for i, (begins, repair, aimed) in enumerate(spans):
        until = spans[i + 1][0] if i + 1 < len(spans) else FOREVER
        old = tuple(p for p in pods if p.node == node and _is_there(p, begins))
        result.append(Disturbance(node, begins, repair, aimed, until, old))
    return result


def _is_there(pod: PodStory, t: Micros) -> bool:
    return pod.bound is not None and pod.bound < t and (pod.gone is None or pod.gone >= t)


def _aimed(node: str, recording: Recording) -> list[tuple[Micros, Micros | None, bool]]:
    mine = [action for action in recording.actions if action.target == node]
    beginnings = [action.begins for action in mine if action.do in vocabulary.DISTURBING]
    if not beginnings:
        return []
    repairs = [action.t for action in mine if action.do in vocabulary.REPAIRING]
    return [(seconds(min(beginnings)), seconds(repairs[-1]) if repairs else None, True)]


def _unaimed(node: str, seen: Observation, start: Micros) -> list[tuple[Micros, Micros | None, bool]]:
    spans: list[tuple[Micros, Micros | None, bool]] = []
    for change in seen.nodes:
        if change.key != node or change.t < start:
            continue
        if became_not_ready(change):
            spans.append((change.t - BEFORE_NOT_READY, None, False))
        elif became_ready(change) and spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], change.t, False)
    return spans
