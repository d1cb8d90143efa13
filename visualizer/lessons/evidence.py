"""What was typed on consoles while something was hidden: the evidence that somebody can point to."""

from collections import deque
from typing import Final

import msgspec

from clustersim.lesson.blind import Commitment
from visualizer.lessons.frames import TypedItem

MOST_LINES: Final = 30
"""Lines of a viewer that are remembered."""
LONGEST_OUTPUT: Final = 20_000
"""Characters of an output that are remembered: its end."""


class Typed(msgspec.Struct, frozen=True):
    """A line, on which machine, and what it printed."""

    line: str
    where: str
    output: str


class TypedLines:
    """By the cookie of who typed them; the newest last."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Typed]] = {}

    def add(self, who: str, line: str, where: str, output: str) -> None:
        """Remember it; a line that was typed before there is forgotten."""
        kept = self._lines.setdefault(who, deque(maxlen=MOST_LINES))
        for old in [one for one in kept if (one.line, one.where) == (line, where)]:
            kept.remove(old)
        kept.append(Typed(line, where, output[-LONGEST_OUTPUT:]))

    def items(self, who: str) -> list[TypedItem]:
        """What this viewer can point to."""
        return [TypedItem(line=one.line, where=one.where) for one in self._lines.get(who, ())]

    def commitment(self, who: str, cause: str, line: str, where: str) -> Commitment | None:
        """To a cause, with the newest output of that line; None if it was not typed there."""
        for one in self._lines.get(who, ()):
            if (one.line, one.where) == (line, where):
                return Commitment(cause, line, where, one.output)
        return None
