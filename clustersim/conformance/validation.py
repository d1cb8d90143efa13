"""Whether a recording uses only words that are understood, and makes sense."""

import math
from collections.abc import Callable
from typing import Final

from clustersim.api.quantity import byte_count, millicores
from clustersim.conformance import vocabulary
from clustersim.conformance.recording import RecordedAction, Recording, RecordingError, UnsupportedError

ARGUMENTS: Final = tuple(
    name for name in RecordedAction.__struct_fields__ if name not in ("t", "do", "target", "seen_t")
)
"""What an action may carry besides when, what and at whom."""


def check(recording: Recording) -> None:
    """Raise `UnsupportedError` for a word that is not understood, `RecordingError` for nonsense."""
    for look in (_objects, _actions, _consequences, _phase, _nodes, _times):
        look(recording)


def _objects(recording: Recording) -> None:
    for thing in recording.objects:
        if thing.kind not in vocabulary.KINDS:
            raise UnsupportedError(f"object {thing.kind}")
        if not 0 <= (thing.replicas or 0) <= _MOST_PODS:
            raise RecordingError(f"{thing.kind} {thing.name}: replicas must be 0 to {_MOST_PODS}")
        for container in thing.containers:
            for resource, text in (container.requests or {}).items():
                read = millicores if resource == "cpu" else byte_count
                _quantity(read, text, f"{resource} of {container.name}")
            if container.pull not in (None, "fails until allow-image"):
                raise UnsupportedError(f"pull {container.pull!r}")
    _unique("object", [f"{o.kind}/{o.namespace}/{o.name}" for o in recording.objects])


def _actions(recording: Recording) -> None:
    if not recording.actions:
        raise RecordingError("there is no action, so nothing happens")
    nodes = [node.name for node in recording.nodes]
    for index, action in enumerate(recording.actions):
        if action.do not in vocabulary.ACTIONS:
            raise UnsupportedError(f"action {action.do}")
        for name in ARGUMENTS:
            if getattr(action, name) is not None and name not in vocabulary.ACTIONS[action.do]:
                raise UnsupportedError(f"argument {name} of action {action.do}")
        if action.do in vocabulary.NODE_ACTIONS and action.target not in nodes:
            raise RecordingError(f"actions[{index}] {action.do}: there is no node {action.target}")
        if (
            action.do == "scale"
            and not 0 <= (-1 if action.replicas is None else action.replicas) <= _MOST_PODS
        ):
            raise RecordingError(f"actions[{index}] scale: replicas must be 0 to {_MOST_PODS}")


def _consequences(recording: Recording) -> None:
    for milestone in recording.milestones:
        if milestone.name not in vocabulary.MILESTONES:
            raise UnsupportedError(f"milestone {milestone.name}")
        if milestone.action is not None and not 0 <= milestone.action < len(recording.actions):
            raise RecordingError(
                f"milestone {milestone.name} of {milestone.of}: no action {milestone.action}"
            )
    for never in recording.never:
        if never.name not in vocabulary.NEVERS:
            raise UnsupportedError(f"never {never.name}")


def _phase(recording: Recording) -> None:
    for kind in recording.phase.heartbeat_kind.values():
        if kind not in ("node-status", "lease"):
            raise UnsupportedError(f"heartbeat kind {kind}")
    transport = recording.phase.kubelet_transport
    if transport not in (None, "http/1.1", "http/2 over tls"):
        raise UnsupportedError(f"kubelet transport {transport}")


def _nodes(recording: Recording) -> None:
    nodes = [node.name for node in recording.nodes]
    if not nodes:
        raise RecordingError("there is no node")
    _unique("node", nodes)
    for machine in recording.nodes:
        _quantity(millicores, machine.cpu, f"cpu of {machine.name}")
    for owner, counts in recording.placement.items():
        for node, count in counts.items():
            if node not in (*nodes, "pending"):
                raise RecordingError(f"placement of {owner}: there is no node {node}")
            if not 0 <= count <= _MOST_PODS:
                raise RecordingError(f"placement of {owner} on {node}: {count} pods")


def _times(recording: Recording) -> None:
    last = max(action.effective for action in recording.actions)
    if recording.final.t < last:
        raise RecordingError(f"final.t {recording.final.t} is before the last action at {last}")
    phase = recording.phase
    seen = [t for passes in (phase.node_monitor_tick, phase.gc_pass) if passes for t in passes.seen_at]
    beats = [t for times in phase.heartbeats_before.values() for t in times]
    times = (recording.final.t, last, *(m.t for m in recording.milestones), *seen, *beats)
    if not all(math.isfinite(t) and abs(t) < _LONGEST for t in times):
        raise RecordingError(f"a time is beyond {_LONGEST} s")


_LONGEST: Final = 24 * 3600
"""No recording is longer than a day."""

_MOST_PODS: Final = 10_000
"""No recording has more pods, wanted of one workload or lying on one node."""


def _quantity(read: Callable[[str], int], text: str, what: str) -> None:
    try:
        if read(text) < 0:
            raise RecordingError(f"{what} is negative: {text}")
    except ValueError as error:
        raise RecordingError(f"{what} is no quantity: {text!r}") from error


def _unique(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RecordingError(f"{what} {name} stands there twice")
