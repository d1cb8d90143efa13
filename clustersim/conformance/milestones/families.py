"""Milestones of the pods that appear after the first action, by what caused them."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from clustersim.conformance import vocabulary
from clustersim.conformance.history import History, PodStory
from clustersim.conformance.observation import Milestone, PodFacts
from clustersim.engine.time import Micros, seconds

REPLACING: Final = (
    "stop-kubelet",
    "stop-docker",
    "hang-docker",
    "delete-node",
    "drain",
    "taint",
    "power-off",
    "cut-network",
)
"""Actions after which a new pod is a replacement, whatever was done to its owner before."""


class Family(msgspec.Struct, frozen=True):
    """Pods of one owner with one cause; `action` is its index, None for replacements."""

    kind: str
    owner: str
    action: int | None
    pods: tuple[PodStory, ...]


def target_name(target: str | None) -> str:
    """The name in a target such as rc/web."""
    return (target or "").rpartition("/")[2]


def families(run: History) -> tuple[Family, ...]:
    """The pods created after the first action, sorted by cause."""
    sorted_pods: dict[tuple[str, str, int | None], list[PodStory]] = {}
    for pod in run.pods:
        if pod.created >= run.start and pod.changes[0].before is None:
            kind, action = _cause(run, pod)
            sorted_pods.setdefault((kind, pod.owner, action), []).append(pod)
    return tuple(Family(*key, tuple(pods)) for key, pods in sorted_pods.items())


def _cause(run: History, pod: PodStory) -> tuple[str, int | None]:
    """The latest action before its creation that could have caused it."""
    cause: tuple[str, int | None] = ("replacement", None)
    replicas = wanted_at_first(run, pod.owner)
    for index, action in run.actions:
        if seconds(action.begins) > pod.created:
            continue
        mine = target_name(action.target) == pod.owner
        if action.do == "scale" and mine:
            before, replicas = replicas, action.replicas or 0
            if replicas <= before:
                continue
        if action.do in vocabulary.CREATING and mine:
            cause = (vocabulary.CREATING[action.do], index)
        elif action.do in REPLACING or (action.do == "delete-pod" and _owner_of(action.target) == pod.owner):
            cause = ("replacement", None)
    return cause


def wanted_at_first(run: History, owner: str) -> int:
    """The replicas of that owner before any action."""
    return next(
        (o.replicas or 0 for o in run.recording.objects if o.name == owner and o.kind != "Service"), 0
    )


def _owner_of(label: str | None) -> str:
    return (label or "").partition("@")[0]


def _when(pod: PodStory, is_so: Callable[[PodFacts], bool]) -> Micros | None:
    return next((c.t for c in pod.changes if c.after is not None and is_so(c.after)), None)


def _times(family: Family, is_so: Callable[[PodFacts], bool]) -> list[Micros]:
    found = (_when(pod, is_so) for pod in family.pods)
    return sorted(t for t in found if t is not None)


def _first_and_last(family: Family, name: str, times: list[Micros]) -> Iterator[Milestone]:
    if times:
        full = f"{family.kind}-{name}"
        yield Milestone(full, family.owner, times[0], action=family.action)
        yield Milestone(f"{full}-last", family.owner, times[-1], len(times), family.action)


def created(run: History) -> Iterator[Milestone]:
    """First, last pod of the family appears in the API."""
    for family in families(run):
        yield from _first_and_last(family, "created", sorted(pod.created for pod in family.pods))


def bound(run: History) -> Iterator[Milestone]:
    """spec.nodeName set."""
    for family in families(run):
        yield from _first_and_last(family, "bound", _times(family, lambda pod: pod.node != ""))


def running(run: History) -> Iterator[Milestone]:
    """Phase Running."""
    for family in families(run):
        yield from _first_and_last(family, "running", _times(family, lambda pod: pod.phase == "Running"))


def ready(run: History) -> Iterator[Milestone]:
    """Condition Ready True: the first pod; the last, only if all got there."""
    for family in families(run):
        times = _times(family, lambda pod: pod.ready)
        if times:
            yield Milestone(f"{family.kind}-ready", family.owner, times[0], action=family.action)
        if times and len(times) == len(family.pods):
            yield Milestone(f"{family.kind}-all-ready", family.owner, times[-1], len(times), family.action)


def unschedulable(run: History) -> Iterator[Milestone]:
    """Condition PodScheduled False first seen; the value is the number of pods."""
    for family in families(run):
        times = _times(family, lambda pod: pod.unschedulable)
        if times:
            yield Milestone("unschedulable", family.owner, times[0], len(times), family.action)


ALL: Final[tuple[Callable[[History], Iterator[Milestone]], ...]] = (
    created,
    bound,
    running,
    ready,
    unschedulable,
)
