"""What a file that plays by itself contains."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.engine.time import Micros
from visualizer.lessons.frames import LessonFrame, Told
from visualizer.texts import Texts

MOST_BYTES: Final = 6 << 20
"""Of a recording as it stands in the file, compressed."""


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Part of a recording."""


class TickItem(Item, frozen=True):
    """What changed up to a time, as a room would have told it."""

    t: Micros
    changes: Any
    events: Sequence[Any]
    messages: Sequence[Any]


class RangeItem(Item, frozen=True):
    """Numbers that are answered alike: `low` to `high`, in the unit of the question."""

    low: float
    high: float
    told: Told


class Verdicts(Item, frozen=True):
    """What any answer to a question comes to. answers: by the id of an option or part, or ids in their order
    with " > " between them; ranges: the first that contains a number holds; other: whatever else.
    """

    answers: dict[str, Told]
    ranges: Sequence[RangeItem]
    other: Told
    skipped: Told


class StandItem(Item, frozen=True):
    """Where a lesson stood from a time on, after so many ticks. verdicts: of the questions that were decided
    then.
    """

    t: Micros
    ticks: int
    speed: float
    ease: bool
    frame: LessonFrame
    verdicts: Mapping[str, Verdicts]


Since = Sequence[tuple[Micros, int]]
"""Values by the time from which on each holds."""


class Recording(Item, frozen=True):
    """A run that can be played again. stops: time and id of the events at which one stops. table: answers,
    each once; the others name them by their place. whys: the chain of each event; about: the newest event
    about a thing; parts: what a part is; armed: what is about to happen to it.
    """

    title: Texts
    until: Micros
    start: Micros
    view: Any
    events: Sequence[Any]
    ticks: Sequence[TickItem]
    stops: Since
    timeline: Any
    table: Sequence[msgspec.Raw]
    whys: Mapping[str, Sequence[int]]
    about: Mapping[str, Since]
    parts: Mapping[str, Since]
    armed: Mapping[str, Since]
    lesson: Sequence[StandItem]
