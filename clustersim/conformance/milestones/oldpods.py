"""Milestones of the pods that a disturbed node carried, and of single pods that can be told apart."""

from collections.abc import Callable, Iterator
from typing import Final

from clustersim.conformance import vocabulary
from clustersim.conformance.history import Disturbance, History, PodStory
from clustersim.conformance.observation import FINISHED, Milestone
from clustersim.engine.time import SECOND, Micros, seconds

LOST: Final = "NodeLost"


def pair(name: str, of: str, times: list[Micros], action: int | None = None) -> Iterator[Milestone]:
    """The first and the last of several; the number of them stands on the last."""
    if times:
        yield Milestone(f"{name}-first", of, min(times), action=action)
        yield Milestone(f"{name}-last", of, max(times), len(times), action)


def pods_ready_false(run: History) -> Iterator[Milestone]:
    """Condition Ready of old pods goes True to False, between disturbance and repair."""
    for d in run.disturbances:
        times = [t for pod in d.old_pods for t in _first(_lost_ready(pod, d))]
        yield from pair("pods-ready-false", d.node, times)


def pods_unknown(run: History) -> Iterator[Milestone]:
    """status.reason of old pods becomes NodeLost."""
    for d in run.disturbances:
        yield from pair("pods-unknown", d.node, [t for pod in d.old_pods for t in _unknown(pod, d)])


def pods_unknown_cleared(run: History) -> Iterator[Milestone]:
    """status.reason NodeLost is removed."""
    for d in run.disturbances:
        yield from pair("pods-unknown-cleared", d.node, [t for pod in d.old_pods for t in _cleared(pod, d)])


def eviction_announced(run: History) -> Iterator[Milestone]:
    """First event DeletingAllPods of the node; in v1.36 TaintManagerEviction "Marking for deletion" of an old
    pod of it."""
    by_pod = run.recording.release in vocabulary.KILLING_IS_AN_EVENT
    reason = "TaintManagerEviction" if by_pod else "DeletingAllPods"
    notices = [notice for notice in run.seen.notices if notice.reason == reason]
    for d in run.disturbances:
        names = [pod.first.name for pod in d.old_pods] if by_pod else [d.node]
        for notice in notices:
            announces = notice.name in names
            if by_pod:
                announces = announces and notice.message.startswith("Marking for deletion")
            if announces and d.begins <= notice.t < d.until:
                yield Milestone("eviction-announced", d.node, notice.t)
                break


def eviction_cancelled(run: History) -> Iterator[Milestone]:
    """Events TaintManagerEviction "Cancelling deletion" of old pods."""
    notices = [
        notice
        for notice in run.seen.notices
        if notice.reason == "TaintManagerEviction" and notice.message.startswith("Cancelling deletion")
    ]
    for d in run.disturbances:
        names = [pod.first.name for pod in d.old_pods]
        times = [n.t for n in notices if n.name in names and d.begins <= n.t < d.until]
        yield from pair("eviction-cancelled", d.node, times)


def pods_deletion_timestamp(run: History) -> Iterator[Milestone]:
    """metadata.deletionTimestamp set for the first time on old pods, between disturbance and repair."""
    for d in run.disturbances:
        times = [pod.deletion[0] for pod in d.old_pods if pod.deletion is not None]
        yield from pair(
            "pods-deletion-timestamp", d.node, [t for t in times if d.begins <= t < d.losing_ends]
        )


def old_containers(run: History) -> Iterator[Milestone]:
    """Containers of old pods were told to stop; ended (first time per pod); were removed."""
    names = {
        "told to stop": "old-containers-told-to-stop",
        "exited": "old-containers-exited",
        "removed": "old-containers-removed",
    }
    if run.recording.release in vocabulary.KILLING_IS_AN_EVENT:
        yield from _old_containers_of_today(run)
        return
    for d in run.disturbances:
        for what, name in names.items():
            firsts: dict[str, Micros] = {}
            uids = [pod.first.uid for pod in d.old_pods]
            for change in run.seen.containers:
                if change.what == what and change.pod in uids and d.begins <= change.t < d.until:
                    firsts.setdefault(change.pod, change.t)
            yield from pair(name, d.node, list(firsts.values()))


def _old_containers_of_today(run: History) -> Iterator[Milestone]:
    """Told to stop: Event Killing of the pod. Ended: ended or removed, whichever was first."""
    for d in run.disturbances:
        pods = {pod.first.name: pod.first.uid for pod in d.old_pods}
        told: dict[str, Micros] = {}
        ended: dict[str, Micros] = {}
        for notice in run.seen.notices:
            if notice.reason == "Killing" and notice.name in pods and d.begins <= notice.t < d.until:
                told.setdefault(notice.name, notice.t)
        for change in run.seen.containers:
            ends = change.what in ("exited", "removed") and change.pod in pods.values()
            if ends and d.begins <= change.t < d.until:
                ended.setdefault(change.pod, change.t)
        yield from pair("old-containers-told-to-stop", d.node, list(told.values()))
        yield from pair("old-containers-exited", d.node, list(ended.values()))


def old_pods_gone(run: History) -> Iterator[Milestone]:
    """Old pods removed from the API."""
    for d in run.disturbances:
        gone = [pod.gone for pod in d.old_pods if pod.gone is not None]
        yield from pair("old-pods-gone", d.node, [t for t in gone if d.begins <= t < d.until])


def pods_ready_again(run: History) -> Iterator[Milestone]:
    """Ready of old pods that are not being deleted goes back to True after the repair (of a node at which no
    action was aimed: at any time), lost before in this disturbance."""
    for d in run.disturbances:
        if d.repair is None:
            continue
        times = []
        for pod in d.old_pods:
            lost = next((t for t, b, a in pod.steps() if b.ready and not a.ready and t >= d.begins), None)
            if lost is None:
                continue
            times += _first(
                t
                for t, before, after in pod.steps()
                if after.ready
                and not before.ready
                and not after.deleting
                and (max(lost, d.repair) if d.aimed else lost) <= t < d.until
            )
        yield from pair("pods-ready-again", d.node, times)


def pod_unknown(run: History) -> Iterator[Milestone]:
    """The same for one old pod that can be told apart."""
    for d, pod in _single(run):
        yield from (Milestone("pod-unknown", pod.label, t) for t in _unknown(pod, d))


def pod_unknown_cleared(run: History) -> Iterator[Milestone]:
    """Its status.reason NodeLost is removed."""
    for d, pod in _single(run):
        yield from (Milestone("pod-unknown-cleared", pod.label, t) for t in _cleared(pod, d))


def pod_deletion_timestamp(run: History) -> Iterator[Milestone]:
    """Its deletionTimestamp is set; the value is the grace period in seconds."""
    chosen = [(d.begins, pod) for d, pod in _single(run)]
    chosen += [(since, pod) for since, pod in by_hand(run) if pod not in (p for _, p in chosen)]
    for since, pod in chosen:
        if pod.deletion is not None and pod.deletion[0] >= since:
            yield Milestone("pod-deletion-timestamp", pod.label, *pod.deletion)


def pod_gone(run: History) -> Iterator[Milestone]:
    """Removed from the API: such an old pod, a bare pod, or one deleted by hand."""
    chosen = {pod.first.uid: pod for _, pod in _single(run)}
    chosen |= {pod.first.uid: pod for _, pod in by_hand(run)}
    chosen |= {pod.first.uid: pod for pod in run.pods if not pod.first.owner_kind}
    for pod in chosen.values():
        if pod.gone is not None and pod.gone >= run.start:
            yield Milestone("pod-gone", pod.label, pod.gone)


def pod_finished(run: History) -> Iterator[Milestone]:
    """A bare pod reaches Succeeded or Failed, and not because it is being deleted."""
    for pod in run.pods:
        if pod.first.owner_kind:
            continue
        for t, before, after in pod.steps():
            finishes = after.phase in FINISHED and before.phase not in FINISHED and not after.deleting
            if t >= run.start and finishes:
                yield Milestone("pod-finished", pod.label, t, after.phase)


def pods_collected(run: History) -> Iterator[Milestone]:
    """A pass of the pod garbage collector removes finished pods; the value: how many finished ones stay."""
    evicted = [p.first.uid for d in run.disturbances for p in d.old_pods]
    removals = sorted(
        change.t
        for pod in run.pods
        if pod.first.uid not in evicted and _ends_by_itself(pod)
        for change in pod.changes
        if change.after is None and change.before is not None and change.before.phase in FINISHED
    )
    passes: list[list[Micros]] = []
    for t in removals:
        if t < run.start:
            continue
        if passes and t - passes[-1][-1] < _ONE_PASS:
            passes[-1].append(t)
        else:
            passes.append([t])
    for times in passes:
        states = [pod.at(times[-1]) for pod in run.pods]
        left = sum(1 for state in states if state is not None and state.phase in FINISHED)
        yield Milestone("pods-collected", "cluster", times[0], left)


def _ends_by_itself(pod: PodStory) -> bool:
    """It does not end because it is being deleted: such a pod is removed by its kubelet."""
    return not any(
        after.deleting
        for _, before, after in pod.steps()
        if after.phase in FINISHED and before.phase not in FINISHED
    )


_ONE_PASS: Final = 10 * SECOND
"""Removals closer together than this belong to one pass: passes are 20 s apart."""


def _first(times: Iterator[Micros]) -> list[Micros]:
    first = next(times, None)
    return [] if first is None else [first]


def _lost_ready(pod: PodStory, d: Disturbance) -> Iterator[Micros]:
    return (t for t, b, a in pod.steps() if b.ready and not a.ready and d.begins <= t < d.losing_ends)


def _unknown(pod: PodStory, d: Disturbance) -> list[Micros]:
    return _first(t for t, b, a in pod.steps() if b.reason != LOST == a.reason and d.begins <= t < d.until)


def _cleared(pod: PodStory, d: Disturbance) -> list[Micros]:
    return _first(t for t, b, a in pod.steps() if b.reason == LOST != a.reason and d.begins <= t < d.until)


def _single(run: History) -> Iterator[tuple[Disturbance, PodStory]]:
    return ((d, pod) for d in run.disturbances for pod in d.old_pods if pod.distinguishable)


def by_hand(run: History) -> Iterator[tuple[Micros, PodStory]]:
    """Pods deleted by an action: with that label, alive then, and deleted within a second of it."""
    for action in run.recording.actions:
        if action.do != "delete-pod":
            continue
        since, latest = seconds(action.begins), seconds(max(action.t, action.effective)) + SECOND
        for pod in run.pods:
            if pod.label == action.target and pod.deletion is not None and since <= pod.deletion[0] <= latest:
                yield since, pod
                break


ALL: Final[tuple[Callable[[History], Iterator[Milestone]], ...]] = (
    pods_ready_false,
    pods_unknown,
    pods_unknown_cleared,
    eviction_announced,
    eviction_cancelled,
    pods_deletion_timestamp,
    old_containers,
    old_pods_gone,
    pods_ready_again,
    pod_unknown,
    pod_unknown_cleared,
    pod_deletion_timestamp,
    pod_gone,
    pod_finished,
    pods_collected,
)
