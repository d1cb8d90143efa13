"""A run of kubectl that takes its time: what it has found out so far, and whether it still goes on.

It is kept as facts; in which words a release's kubectl prints them is for whoever shows it.

    running --done--> done
    running --failed--> failed
    running --interrupted--> interrupted
"""

from typing import Final

import msgspec

from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import Micros

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
INTERRUPTED: Final = "interrupted"

MOST_KEPT: Final = 64
"""Runs of kubectl that have ended and are remembered."""
MOST_HAPPENED: Final = 2000
"""Facts of one run that are remembered: its first ones."""


class Happened(msgspec.Struct, frozen=True):
    """What a run of kubectl found out at a time; `what` of which object ("pods/default/web-1"), and what the
    API server said."""

    t: Micros
    what: str
    object: str
    message: str = ""


class Invocation(State):
    """One run of kubectl, begun by an act of the record."""

    number: int
    act: int
    do: str
    target: str
    began: Micros
    phase: str = RUNNING
    ended: Micros = 0
    happened: list[Happened] = msgspec.field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        """It has neither ended nor been interrupted."""
        return self.phase == RUNNING

    @property
    def failed(self) -> bool:
        """It has ended without having done what it was asked for."""
        return self.phase in (FAILED, INTERRUPTED)


class Remembered(State):
    """Runs of kubectl by their numbers, in the order in which they began."""

    last: int = 0
    runs: dict[int, Invocation] = msgspec.field(default_factory=dict)


class Invocations(Part):
    """Those of one workstation."""

    def __init__(self, process: Process) -> None:
        super().__init__(process, "invocations")

    @property
    def remembered(self) -> Remembered:
        """All that are remembered."""
        return self.remember(Remembered)

    def begin(self, do: str, target: str) -> int:
        """A run begins, by the act that is being done; returns its number."""
        remembered = self.remembered
        remembered.last = number = remembered.last + 1
        remembered.runs[number] = Invocation(number, self.engine.cause, do, target, self.now)
        ended = [one.number for one in remembered.runs.values() if not one.goes_on]
        for old in ended[: max(0, len(ended) - MOST_KEPT)]:
            del remembered.runs[old]
        return number

    def of_act(self, act: int) -> Invocation | None:
        """The run that an act began, if it is still remembered."""
        return next((one for one in self.remembered.runs.values() if one.act == act), None)

    def goes_on(self, number: int) -> bool:
        """It has neither ended nor been interrupted."""
        found = self.remembered.runs.get(number)
        return found is not None and found.goes_on

    def tell(self, number: int, what: str, object_ref: str, message: str = "") -> None:
        """It has found something out."""
        found = self.remembered.runs.get(number)
        if found is not None and found.goes_on and len(found.happened) < MOST_HAPPENED:
            found.happened.append(Happened(self.now, what, object_ref, message))

    def end(self, number: int, phase: str = DONE) -> None:
        """It has ended; nothing more happens to it."""
        found = self.remembered.runs.get(number)
        if found is not None and found.goes_on:
            found.phase, found.ended = phase, self.now
