"""Milestones of workloads: what a scale or a rollout takes away, replica sets, where pods settled."""

from collections.abc import Callable, Iterator
from typing import Final

from clustersim.conformance.history import FOREVER, History, PodStory
from clustersim.conformance.milestones.families import target_name, wanted_at_first
from clustersim.conformance.milestones.oldpods import LOST, by_hand, pair
from clustersim.conformance.observation import Milestone
from clustersim.conformance.recording import RecordedAction
from clustersim.engine.time import MILLISECOND, Micros, seconds

SHAPING: Final = ("create", "scale", "set-image", "rollout-undo")
"""Actions that change which pods an owner has."""

JUST_BEFORE: Final = 60 * MILLISECOND


def scaled_down(run: History) -> Iterator[Milestone]:
    """Pods removed by a scale; gone only if all were gone before the end."""
    for index, action in run.actions:
        owner = target_name(action.target)
        if action.do == "scale" and (action.replicas or 0) < _replicas_before(run, index, owner):
            yield from _taken_away(run, "scale-down", index, action)


def rolled_out(run: History) -> Iterator[Milestone]:
    """The same for set-image and rollout-undo."""
    for index, action in run.actions:
        if action.do in ("set-image", "rollout-undo"):
            yield from _taken_away(run, "rollout", index, action)


def _taken_away(run: History, kind: str, index: int, action: RecordedAction) -> Iterator[Milestone]:
    owner = target_name(action.target)
    begins, ends = seconds(action.begins), _next_of(run, index, owner, SHAPING)
    spared = [pod.first.uid for _, pod in by_hand(run)]
    taken = [
        pod
        for pod in run.pods
        if pod.owner == owner
        and pod.first.uid not in spared
        and pod.deletion is not None
        and begins <= pod.deletion[0] < ends
        and not _is_lost(pod, pod.deletion[0])
    ]
    yield from pair(f"{kind}-deletion-timestamp", owner, [p.deletion[0] for p in taken if p.deletion], index)
    gone = [pod.gone for pod in taken if pod.gone is not None]
    if gone and len(gone) == len(taken):
        yield Milestone(f"{kind}-pods-gone", owner, max(gone), len(gone), index)


def _is_lost(pod: PodStory, t: Micros) -> bool:
    state = pod.at(t)
    return state is not None and state.reason == LOST


def _replicas_before(run: History, index: int, owner: str) -> int:
    replicas = wanted_at_first(run, owner)
    for action in run.recording.actions[:index]:
        if action.do == "scale" and target_name(action.target) == owner:
            replicas = action.replicas or 0
    return replicas


def _next_of(run: History, index: int, owner: str, verbs: tuple[str, ...]) -> Micros:
    later = run.recording.actions[index + 1 :]
    return next(
        (seconds(a.begins) for a in later if a.do in verbs and target_name(a.target) == owner), FOREVER
    )


def replicaset_scaled(run: History) -> Iterator[Milestone]:
    """spec.replicas of a ReplicaSet changes: the sequence of a rolling update. Numbered as they appear."""
    numbers: dict[str, str] = {}
    counts: dict[str, int] = {}
    for change in run.seen.workloads:
        after = change.after
        if after is None or after.kind != "ReplicaSet":
            continue
        if after.name not in numbers:
            counts[after.owner] = counts.get(after.owner, 0) + 1
            numbers[after.name] = f"{after.owner}#{counts[after.owner]}"
        before = change.before.replicas if change.before is not None else 0
        if change.t >= run.start and after.replicas != before:
            word = "up" if after.replicas > before else "down"
            yield Milestone(f"replicaset-scaled-{word}", numbers[after.name], change.t, after.replicas)


def rollout_complete(run: History) -> Iterator[Milestone]:
    """The Deployment's status says so, after it had been lower, for each set-image or rollout-undo."""
    for index, action in run.actions:
        if action.do not in ("set-image", "rollout-undo"):
            continue
        owner = target_name(action.target)
        begins, ends = seconds(action.begins), _next_of(run, index, owner, SHAPING)
        for change in run.seen.workloads:
            before, after = change.before, change.after
            if not begins <= change.t < ends or after is None or before is None or after.kind != "Deployment":
                continue
            if after.name == owner and after.complete and not before.complete:
                yield Milestone("rollout-complete", owner, change.t, action=index)
                break


def _owner_of(run: History, label: str) -> tuple[str, str]:
    """The owner of the pod that recordings call so, and its kind; "pod" of one that has none."""
    owner, at, _ = label.partition("@")
    if at:
        return owner, "pod of an owner"
    pod = next((pod for pod in run.pods if pod.label == label), None)
    return (label, "pod") if pod is None or not pod.first.owner_kind else (pod.owner, pod.first.owner_kind)


def placement_settled(run: History) -> Iterator[Milestone]:
    """Where the pods of a workload are that are not being deleted, just before the next action or at the end.

    `pending` are those that are never bound: recordings count a pod where it was bound later.
    """
    for index, action in run.actions:
        kind, _, owner = (action.target or "").rpartition("/")
        if action.do == "delete-pod":
            owner, kind = _owner_of(run, owner)
        if action.do not in (*SHAPING, "delete-pod") or kind in ("pod", "service", "svc", ""):
            continue
        later = run.recording.actions[index + 1 :]
        t = seconds(later[0].begins) - JUST_BEFORE if later else run.seen.end
        counts: dict[str, int] = {}
        for pod in run.pods:
            state = pod.at(t)
            if state is not None and not state.deleting and pod.owner == owner:
                node = pod.node or "pending"
                counts[node] = counts.get(node, 0) + 1
        yield Milestone("placement-settled", owner, t, dict(sorted(counts.items())), index)


def job_finished(run: History) -> Iterator[Milestone]:
    """Condition Complete or Failed of a Job becomes True; the value is `Complete` or the reason."""
    for change in run.seen.workloads:
        if change.after is None or change.t < run.start or not change.after.finished:
            continue
        if change.before is None or not change.before.finished:
            yield Milestone("job-finished", change.after.name, change.t, change.after.finished)


ALL: Final[tuple[Callable[[History], Iterator[Milestone]], ...]] = (
    scaled_down,
    rolled_out,
    replicaset_scaled,
    rollout_complete,
    placement_settled,
    job_finished,
)
