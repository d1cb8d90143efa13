"""The end of a run: where pods are, and what kubectl would have printed last."""

from collections.abc import Callable, Iterator

from clustersim.conformance.history import PodStory, history
from clustersim.conformance.observation import Observation, PodFacts
from clustersim.conformance.printed import node_status
from clustersim.conformance.recording import Recording
from clustersim.conformance.score import Row, placement_verdict
from clustersim.engine.time import Micros, seconds

Counts = dict[str, dict[str, int]]


def compare_final(recording: Recording, seen: Observation) -> list[Row]:
    """A row for each owner or node whose final state is not as recorded; agreement needs no row."""
    final = recording.final
    pods = history(recording, seen).pods
    end = seconds(final.t)
    rows = list(_counts("final-placement", final.placement, _where(pods, end, lambda p: not p.deleting), end))
    rows += _counts("final-terminating", final.terminating, _where(pods, end, lambda p: p.deleting), end)
    if final.pod_status_t is not None:
        t = seconds(final.pod_status_t)
        rows += _counts("final-pod-status", final.pod_status, _printed(pods, t), t)
    if final.node_status_t is not None:
        t = seconds(final.node_status_t)
        printed = _nodes(seen, t)
        for node in sorted({*final.node_status, *printed}):
            theirs, ours = final.node_status.get(node, "none"), printed.get(node, "none")
            if theirs != ours:
                note = f"{theirs} recorded, {ours} simulated"
                rows.append(Row("final-node-status", node, None, t, t, "value", note, counts=False))
    return rows


def _counts(name: str, recorded: Counts, simulated: Counts, t: Micros) -> Iterator[Row]:
    for owner in sorted({*recorded, *simulated}):
        verdict, note = placement_verdict(recorded.get(owner, {}), simulated.get(owner, {}))
        if note:
            if name == "final-pod-status":
                verdict = "value"
            yield Row(name, owner, None, t, t, verdict, note, counts=False)


def _where(pods: tuple[PodStory, ...], t: Micros, counted: Callable[[PodFacts], bool]) -> Counts:
    found: Counts = {}
    for pod in pods:
        state = pod.at(t)
        if state is not None and counted(state):
            nodes = found.setdefault(pod.owner, {})
            node = state.node or "pending"
            nodes[node] = nodes.get(node, 0) + 1
    return found


def _printed(pods: tuple[PodStory, ...], t: Micros) -> Counts:
    found: Counts = {}
    for pod in pods:
        state = pod.at(t)
        if state is not None:
            words = found.setdefault(pod.owner, {})
            words[state.printed] = words.get(state.printed, 0) + 1
    return found


def _nodes(seen: Observation, t: Micros) -> dict[str, str]:
    found: dict[str, str] = {}
    for change in seen.nodes:
        if change.t > t:
            break
        if change.after is None:
            found.pop(change.key, None)
        else:
            found[change.key] = node_status(change.after.ready, unschedulable=change.after.unschedulable)
    return found
