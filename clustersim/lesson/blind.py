"""Diagnosing blindly: what was drawn and is hidden, and what somebody commits to."""

import msgspec

from clustersim.cluster import Cluster
from clustersim.console import run as typed
from clustersim.lesson.file.schema import Cause, Diagnosis, Draw, Evidence, Step

NOBODYS = -1
"""The lot of a run in which nothing is drawn: a class watches it, and each student draws in a copy."""


class Commitment(msgspec.Struct, frozen=True):
    """What somebody committed to. cause: its id, or in a challenge their own words; line, where: the command
    they point to, and the machine it was typed on; output: what it printed.
    """

    cause: str
    line: str
    where: str
    output: str


class Verdict(msgspec.Struct, frozen=True):
    """A commitment judged. tells: the output shows what only the drawn cause shows."""

    drawn: Cause
    chosen: Cause | None
    right: bool
    tells: bool


def begins_in_a_copy(step: Step) -> bool:
    """Something is drawn in it, or made to be hidden: in a class each student begins it in a copy."""
    return step.diagnosis is not None or step.challenge is not None or bool(step.draw)


def to_draw(step: Step) -> tuple[Cause | Draw, ...]:
    """What can be drawn in a step."""
    return step.draw if step.diagnosis is None else step.diagnosis.causes


def lot_of(step: Step, lot: int) -> Cause | Draw | None:
    """What a lot draws in a step."""
    drawn = to_draw(step)
    return drawn[lot % len(drawn)] if drawn and lot >= 0 else None


def cause_named(diagnosis: Diagnosis, name: str) -> Cause | None:
    return next((cause for cause in diagnosis.causes if cause.id == name), None)


def verdict(diagnosis: Diagnosis, drawn: Cause, committed: Commitment) -> Verdict:
    """What a commitment came to."""
    return Verdict(
        drawn,
        cause_named(diagnosis, committed.cause),
        committed.cause == drawn.id,
        tells(drawn.evidence, committed.output),
    )


def tells(evidence: Evidence, output: str) -> bool:
    """Whether an output shows what tells the cause apart."""
    words = " ".join(output.split())
    return evidence.shows in words and not (evidence.lacks and evidence.lacks in words)


def evidence(cluster: Cluster, cause: Cause) -> Commitment:
    """What somebody commits to who knows the cause."""
    where = cause.evidence.on
    answer = typed(cluster, cause.evidence.command, where)
    return Commitment(cause.id, cause.evidence.command, where, answer.text)
