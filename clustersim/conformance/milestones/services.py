"""Milestones of Services: their ready addresses."""

from collections.abc import Callable, Iterator
from typing import Final

from clustersim.conformance.history import FOREVER, History
from clustersim.conformance.milestones.families import target_name
from clustersim.conformance.observation import Milestone
from clustersim.conformance.recording import RecordedObject
from clustersim.engine.time import Micros, seconds


def _services(run: History) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each Service that selects something, with the owners whose pods it selects."""
    for service in run.recording.objects:
        if service.kind == "Service" and service.selector:
            yield service.name, tuple(o.name for o in run.recording.objects if _selects(service, o))


def _selects(service: RecordedObject, owner: RecordedObject) -> bool:
    if owner.kind == "Service" or owner.namespace != service.namespace:
        return False
    labels = owner.labels or {}
    return all(labels.get(key) == value for key, value in (service.selector or {}).items())


def _ready(run: History, service: str) -> list[tuple[Micros, int]]:
    return [
        (change.t, change.after.ready if change.after is not None else 0)
        for change in run.seen.endpoints
        if change.key == service
    ]


def endpoints_shrunk(run: History) -> Iterator[Milestone]:
    """Fewer ready addresses than at t = 0, the fewest, as many again; until its owner is changed."""
    for service, owners in _services(run):
        stop = min(
            (
                seconds(a.begins)
                for a in run.recording.actions
                if a.do in ("scale", "set-image", "rollout-undo") and target_name(a.target) in owners
            ),
            default=FOREVER,
        )
        counts = _ready(run, service)
        full = next((n for t, n in reversed(counts) if t <= 0), 0)
        later = [(t, n) for t, n in counts if max(run.start, 0) <= t < stop]
        below = next(((t, n) for t, n in later if n < full), None)
        if below is None:
            continue
        yield Milestone("endpoints-shrunk", service, *below)
        back = next(((t, n) for t, n in later if t > below[0] and n >= full), None)
        low = min(((n, t) for t, n in later if t >= below[0] and (back is None or t < back[0])), default=None)
        if low is not None and low[0] < below[1]:
            yield Milestone("endpoints-lowest", service, low[1], low[0])
        if back is not None:
            yield Milestone("endpoints-full-again", service, *back)


def endpoints_reached(run: History) -> Iterator[Milestone]:
    """After a create or scale: ready addresses first equal to the wanted number."""
    for service, owners in _services(run):
        shaping = [
            (index, action)
            for index, action in run.actions
            if action.do in ("create", "scale") and target_name(action.target) in owners
        ]
        for i, (index, action) in enumerate(shaping):
            wanted = _wanted(run, target_name(action.target), action.replicas)
            ends = seconds(shaping[i + 1][1].begins) if i + 1 < len(shaping) else FOREVER
            for t, ready in _ready(run, service):
                if seconds(action.begins) <= t < ends and ready == wanted:
                    yield Milestone("endpoints-reached", service, t, wanted, index)
                    break


def _wanted(run: History, owner: str, replicas: int | None) -> int | None:
    if replicas is not None:
        return replicas
    return next((o.replicas for o in run.recording.objects if o.name == owner and o.kind != "Service"), None)


ALL: Final[tuple[Callable[[History], Iterator[Milestone]], ...]] = (endpoints_shrunk, endpoints_reached)
