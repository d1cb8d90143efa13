"""Completion indexes of an indexed Job, as sets of numbers and as the texts "0-2,4" of its status.

Source: v1.36 pkg/controller/job/indexed_job_utils.go.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.digits import is_whole

INDEX: Final = "batch.kubernetes.io/job-completion-index"
FAILURES: Final = "batch.kubernetes.io/job-index-failure-count"
IGNORED_FAILURES: Final = "batch.kubernetes.io/job-index-ignored-failure-count"

Interval = tuple[int, int]


class Indexes(msgspec.Struct, frozen=True):
    """Numbers as intervals in order, both ends included, with a gap between any two."""

    intervals: tuple[Interval, ...] = ()

    def __contains__(self, index: int) -> bool:
        return any(first <= index <= last for first, last in self.intervals)

    def __str__(self) -> str:
        return ",".join(_text(first, last) for first, last in self.intervals)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(last - first + 1 for first, last in self.intervals)

    def merged(self, other: "Indexes") -> "Indexes":
        """Those of both."""
        return from_intervals((*self.intervals, *other.intervals))

    def with_indexes(self, indexes: Iterable[int]) -> "Indexes":
        """These and others."""
        return from_intervals((*self.intervals, *((index, index) for index in indexes)))

    def missing(self, count: int, completions: int) -> list[int]:
        """The first `count` numbers below `completions` that are not among these (firstPendingIndexes)."""
        found: list[int] = []
        candidate = 0
        for first, last in (*self.intervals, (completions, completions)):
            upto = min(first, completions, candidate + count - len(found))
            found.extend(range(candidate, upto))
            if len(found) >= count:
                break
            candidate = max(candidate, last + 1)
        return found

    def common(self, other: "Indexes") -> int:
        """How many are in both."""
        return sum(
            max(0, min(last, their_last) - max(first, their_first) + 1)
            for first, last in self.intervals
            for their_first, their_last in other.intervals
        )


def from_intervals(intervals: Iterable[Interval]) -> Indexes:
    """Intervals put in order; those that touch become one."""
    merged: list[Interval] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return Indexes(tuple(merged))


def parsed(text: str, completions: int) -> Indexes:
    """The numbers of such a text that are below `completions`; what is no number is left out."""
    intervals: list[Interval] = []
    for part in text.split(",") if text else ():
        first, _dash, last = part.partition("-")
        if is_whole(first) and is_whole(last or first) and int(first) < completions:
            intervals.append((int(first), min(int(last or first), completions - 1)))
    return from_intervals(intervals)


def _text(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"


def index_of(pod: Pod) -> int | None:
    """The pod's completion index, None without one."""
    text = pod.metadata.annotations.get(INDEX, "")
    return int(text) if is_whole(text) else None


def failures_of(pod: Pod) -> int:
    """Failures of its index before it, those that its policy ignored left out."""
    return _count(pod, FAILURES)


def all_failures_of(pod: Pod) -> int:
    """Failures of its index before it."""
    return _count(pod, FAILURES) + _count(pod, IGNORED_FAILURES)


def _count(pod: Pod, annotation: str) -> int:
    text = pod.metadata.annotations.get(annotation, "")
    return int(text) if is_whole(text) else 0
