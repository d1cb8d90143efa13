"""Comparing what the model did with what was recorded: pairing, tolerances, nevers, the final state."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from clustersim.conformance import tolerance, vocabulary
from clustersim.conformance.observation import Milestone
from clustersim.conformance.recording import Never, RecordedMilestone, Recording
from clustersim.engine.time import SECOND, Micros, seconds

SAME_PASS = 2 * SECOND
"""Nodes that were lost less than this apart fell due at the same pass: which goes first is chance."""


class Row(msgspec.Struct, frozen=True):
    """One milestone compared. `verdict`: ok | outside | value | missing | extra | unscored.

    `counts`: its error belongs in the median (the control plane of a file whose phase was fitted does not).
    """

    name: str
    of: str
    action: int | None
    recorded: Micros | None
    simulated: Micros | None
    verdict: str
    note: str = ""
    counts: bool = True

    @property
    def error(self) -> Micros | None:
        """Simulated minus recorded, None where one of them is missing or the time does not count."""
        if self.recorded is None or self.simulated is None or self.name in tolerance.UNTIMED:
            return None
        return self.simulated - self.recorded


Key = tuple[str, str, int | None, str]


def compare(recording: Recording, simulated: Iterable[Milestone], *, fitted: bool = False) -> list[Row]:
    """A row for each recorded milestone and for each one too many, in order of time."""
    groups = interchangeable(recording)
    ours = _by_key(simulated, groups)
    theirs = _by_key(recording.milestones, groups)
    _fall_at_once(ours, theirs)
    _fall_at_once(theirs, ours)
    subjects = {m.name for m in recording.milestones}
    rows: list[Row] = []
    for key, recorded in theirs.items():
        rows += _pair(recording, recorded, ours.pop(key, []), fitted)
    for extra in ours.values():
        if extra[0].name in vocabulary.CONTAINER_MILESTONES and extra[0].name not in subjects:
            continue
        rows += [Row(m.name, m.of, m.action, None, m.t, "extra", _text(m.value)) for m in extra]
    return sorted(rows, key=lambda row: row.recorded if row.recorded is not None else row.simulated or 0)


def _fall_at_once(side: dict[Key, list[Any]], other: dict[Key, list[Any]]) -> None:
    """Several pods may leave a Service in one step or one after another: where only the other side shows the
    lowest number by itself, and this one fell to it at once, that was the moment of the lowest here."""
    for key in [key for key in other if key[0] == "endpoints-lowest" and key not in side]:
        shrunk = side.get(("endpoints-shrunk", *key[1:]), [])
        if shrunk and shrunk[0].value == other[key][0].value:
            side[key] = [msgspec.structs.replace(shrunk[0], name="endpoints-lowest")]


def interchangeable(recording: Recording) -> dict[str, str]:
    """Nodes that fell due at the same pass, each with the name of its group: they are compared as a set."""
    lost = sorted((m.t, m.of) for m in recording.milestones if m.name == "node-not-ready" and not m.unscored)
    groups: list[list[str]] = []
    last = 0.0
    for t, node in lost:
        if groups and seconds(t - last) < SAME_PASS:
            groups[-1].append(node)
        else:
            groups.append([node])
        last = t
    return {node: "+".join(sorted(group)) for group in groups for node in group}


def _by_key(milestones: Iterable[Any], groups: Mapping[str, str]) -> dict[Key, list[Any]]:
    result: dict[Key, list[Any]] = {}
    for m in sorted(milestones, key=lambda m: m.t):
        text = m.value if isinstance(m.value, str) else ""
        result.setdefault((m.name, groups.get(m.of, m.of), m.action, text), []).append(m)
    return result


def _pair(
    recording: Recording, recorded: list[RecordedMilestone], simulated: list[Milestone], fitted: bool
) -> list[Row]:
    """The k-th with the k-th."""
    equal = sorted(_text(m.value) for m in recorded) == sorted(_text(m.value) for m in simulated)
    rows = []
    for k, theirs in enumerate(recorded):
        ours = simulated[k] if k < len(simulated) else None
        rows.append(_row(recording, theirs, ours, equal, fitted))
    for ours in simulated[len(recorded) :]:
        verdict = "unscored" if recorded[0].unscored else "extra"
        rows.append(Row(ours.name, ours.of, ours.action, None, ours.t, verdict, _text(ours.value)))
    return rows


def _row(
    recording: Recording, theirs: RecordedMilestone, ours: Milestone | None, equal: bool, fitted: bool
) -> Row:
    first = _is_first_scaling(recording, theirs)
    counts = not (fitted and tolerance.is_control_plane(recording, theirs, first_scaling=first))
    t = seconds(theirs.t)
    if ours is None:
        verdict = "unscored" if theirs.unscored else "missing"
        return Row(theirs.name, theirs.of, theirs.action, t, None, verdict, _text(theirs.value), counts)
    verdict, note = _value_verdict(theirs, ours, equal)
    early, late = tolerance.tolerance(recording, theirs, first_scaling=first)
    if verdict == "ok" and theirs.name not in tolerance.UNTIMED:
        error = ours.t - t
        within = error <= tolerance.CONTROL_PLANE if theirs.at_most else -early <= error <= late
        verdict = "ok" if within else "outside"
    if theirs.at_most:
        counts = False
    if theirs.unscored:
        verdict, counts = "unscored", False
    return Row(theirs.name, theirs.of, theirs.action, t, ours.t, verdict, note, counts)


def _value_verdict(theirs: RecordedMilestone, ours: Milestone, equal: bool) -> tuple[str, str]:
    if theirs.name == "placement-settled":
        return placement_verdict(theirs.value, ours.value)
    if tolerance.must_be_equal(theirs.name) and theirs.value != ours.value and not equal:
        return "value", f"{_text(theirs.value)} recorded, {_text(ours.value)} simulated"
    return "ok", ""


def placement_verdict(recorded: Any, simulated: Any) -> tuple[str, str]:
    """The multiset of counts has to agree; another choice among equal nodes is only noted."""
    if recorded == simulated:
        return "ok", ""
    note = f"{_counts(recorded)} recorded, {_counts(simulated)} simulated"
    if not isinstance(recorded, dict) or not isinstance(simulated, dict):
        return "value", note
    same = sorted(recorded.values()) == sorted(simulated.values())
    return ("ok" if same else "value"), note


def _is_first_scaling(recording: Recording, milestone: RecordedMilestone) -> bool:
    if not milestone.name.startswith("replicaset-scaled-"):
        return True
    since = max((a.begins for a in recording.actions if a.begins <= milestone.t), default=0.0)
    scalings = [m.t for m in recording.milestones if m.name.startswith("replicaset-scaled-") and m.t >= since]
    return milestone.t <= min(scalings)


def violated(never: Never, simulated: Iterable[Milestone]) -> Milestone | None:
    """The first milestone that breaks it, None while it holds."""
    since, until = seconds(never.since), seconds(never.until)
    for milestone in simulated:
        if milestone.name == never.name and milestone.of == never.of and since < milestone.t <= until:
            return milestone
    return None


def _text(value: Any) -> str:
    return "" if value is None else _counts(value) if isinstance(value, dict) else str(value)


def _counts(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return " ".join(f"{key}:{count}" for key, count in sorted(value.items())) or "nothing"
