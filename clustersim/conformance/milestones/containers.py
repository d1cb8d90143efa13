"""Milestones of single containers."""

from collections.abc import Callable, Iterator
from typing import Final

from clustersim.conformance.history import History, PodStory
from clustersim.conformance.observation import Milestone


def container_started(run: History) -> Iterator[Milestone]:
    """Reported as running, or with a higher restart count; the value is the restart count."""
    for pod in run.pods:
        for t, before, after in pod.steps():
            if t >= run.start and (
                after.running and (after.restarts > before.restarts or not before.running)
            ):
                yield Milestone("container-started", pod.label, t, after.restarts)


def pod_waiting(run: History) -> Iterator[Milestone]:
    """Reported as waiting for another reason than before; the value is the reason."""
    for pod in run.pods:
        for t, before, after in pod.steps():
            for i, reason in enumerate(after.waiting):
                had = before.waiting[i] if i < len(before.waiting) else ""
                if t >= run.start and reason and reason != had:
                    yield Milestone("pod-waiting", pod.label, t, reason)


def container_launched(run: History) -> Iterator[Milestone]:
    """The runtime started a container of the pod; the value is how often it had done so before."""
    labels = {pod.first.uid: pod.label for pod in run.pods}
    counts: dict[tuple[str, str], int] = {}
    for change in run.seen.containers:
        if change.what != "started":
            continue
        key = (change.pod, change.container)
        before = counts.get(key, 0)
        counts[key] = before + 1
        if change.t >= run.start and change.pod in labels:
            yield Milestone("container-launched", labels[change.pod], change.t, before)


def pull_attempted(run: History) -> Iterator[Milestone]:
    """Event Pulling; the value is its count."""
    for notice, pod in _pod_notices(run, "Pulling"):
        yield Milestone("pull-attempted", pod.label, notice[0], notice[1])


def sandbox_changed(run: History) -> Iterator[Milestone]:
    """Event SandboxChanged."""
    for notice, pod in _pod_notices(run, "SandboxChanged"):
        yield Milestone("sandbox-changed", pod.label, notice[0])


def _pod_notices(run: History, reason: str) -> Iterator[tuple[tuple[int, int], PodStory]]:
    pods = {pod.first.name: pod for pod in run.pods}
    for notice in run.seen.notices:
        if notice.reason == reason and notice.t >= run.start and (pod := pods.get(notice.name)) is not None:
            yield (notice.t, notice.count), pod


def pod_ip_changed(run: History) -> Iterator[Milestone]:
    """status.podIP becomes another address than it last was."""
    for pod in run.pods:
        last = ""
        for t, _before, after in pod.steps():
            if t >= run.start and last and after.ip and after.ip != last:
                yield Milestone("pod-ip-changed", pod.label, t)
            last = after.ip or last


ALL: Final[tuple[Callable[[History], Iterator[Milestone]], ...]] = (
    container_started,
    pod_waiting,
    container_launched,
    pull_attempted,
    sandbox_changed,
    pod_ip_changed,
)
