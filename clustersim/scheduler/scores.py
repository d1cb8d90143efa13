"""What the nodes scored: one column per priority or score plugin, weighted and summed to the total."""

from collections.abc import Sequence
from operator import add

import msgspec

from clustersim.engine.sharing import shared


class Column(msgspec.Struct, frozen=True, gc=False):
    """What one priority or plugin gave the nodes, unweighted, in the order of the nodes."""

    name: str
    weight: int
    points: list[int]


class Points(msgspec.Struct, frozen=True, gc=False):
    """What one priority or plugin gave one node, unweighted."""

    name: str
    weight: int
    points: int


class Score(msgspec.Struct, frozen=True, gc=False):
    """A node's points, part by part."""

    node: str
    parts: tuple[Points, ...]

    @property
    def total(self) -> int:
        """The weighted sum."""
        return sum(part.points * part.weight for part in self.parts)


def totals(columns: Sequence[Column], nodes: int) -> list[int]:
    """The weighted sum of each of so many nodes."""
    found = [0] * nodes
    for column in columns:
        if any(column.points):
            weight = column.weight
            found = list(map(add, found, [points * weight for points in column.points]))
    return found


def scores(names: Sequence[str], columns: Sequence[Column], limit: int) -> tuple[Score, ...]:
    """The points of the first nodes, up to a limit, in the order of the nodes."""
    return tuple(score(name, columns, index) for index, name in enumerate(names[:limit]))


def score(name: str, columns: Sequence[Column], index: int) -> Score:
    """The points of the node that stands there in the columns."""
    return Score(name, tuple([shared(Points(c.name, c.weight, c.points[index])) for c in columns]))
