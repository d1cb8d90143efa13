"""What the nodes are to pods of one shape, that is, to pods that ask for the same.

A node's merit is all that scoring knows of it before it is compared with others: nodes of equal merit score
alike. Only nodes that changed are looked at again.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Mapping
from typing import Final, Generic, TypeVar

from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.incremental.index import ClusterIndex

SHAPES_KEPT: Final = 64

M = TypeVar("M", bound=Hashable)
Reasons = tuple[str, ...]
Judge = Callable[[NodeInfo], tuple[M | None, Reasons]]


class Shape(ABC, Generic[M]):
    """What nodes are to the pods. judge: a node's merit, or None and why it will not do.

    merits: of the nodes that would do; fallen: why the others do not; reasons: how many nodes gave each.
    """

    def __init__(self, judge: Callable[[NodeInfo], tuple[M | None, Reasons]]) -> None:
        self.judge = judge
        self.seen = 0
        self.merits: dict[str, M] = {}
        self.fallen: dict[str, Reasons] = {}
        self.reasons: dict[str, int] = {}

    def follow(self, index: ClusterIndex) -> None:
        """Look at the nodes that have changed since the last time."""
        for name in index.changed_since(self.seen):
            self._forget(name)
            info = index.state.nodes.get(name)
            if info is not None and info.node is not None:
                self._judge(info)
        self.seen = index.changes

    @abstractmethod
    def enter(self, name: str, merit: M) -> None:
        """A node would do, or does again."""

    @abstractmethod
    def leave(self, name: str, merit: M) -> None:
        """It does no more, or with another merit."""

    def _judge(self, info: NodeInfo) -> None:
        merit, reasons = self.judge(info)
        if merit is not None:
            self.merits[info.name] = merit
            self.enter(info.name, merit)
            return
        self.fallen[info.name] = reasons
        for reason in reasons:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def _forget(self, name: str) -> None:
        merit = self.merits.pop(name, None)
        if merit is not None:
            self.leave(name, merit)
        for reason in self.fallen.pop(name, ()):
            self.reasons[reason] -= 1
            if not self.reasons[reason]:
                del self.reasons[reason]


class SortedShape(Shape[M]):
    """by_merit: the names of the nodes of each merit, sorted."""

    def __init__(self, judge: Callable[[NodeInfo], tuple[M | None, Reasons]]) -> None:
        super().__init__(judge)
        self.by_merit: dict[M, list[str]] = {}

    def enter(self, name: str, merit: M) -> None:
        if (alike := self.by_merit.get(merit)) is None:
            alike = self.by_merit[merit] = []
        insort(alike, name)

    def leave(self, name: str, merit: M) -> None:
        alike = self.by_merit[merit]
        del alike[bisect_left(alike, name)]
        if not alike:
            del self.by_merit[merit]


class OrderedShape(Shape[M]):
    """The nodes in the order of a visit. positions: where each node is in it; feasible: the positions of
    those that would do; sort_at: of which merit, by its number, the node at a position is."""

    def __init__(
        self, judge: Callable[[NodeInfo], tuple[M | None, Reasons]], positions: Mapping[str, int]
    ) -> None:
        super().__init__(judge)
        self.positions = positions
        self.feasible: list[int] = []
        self.sort_at = [0] * len(positions)
        self.sorts: list[M] = []
        self._numbers: dict[M, int] = {}

    def enter(self, name: str, merit: M) -> None:
        position = self.positions[name]
        insort(self.feasible, position)
        self.sort_at[position] = self._number(merit)

    def leave(self, name: str, merit: M) -> None:
        del self.feasible[bisect_left(self.feasible, self.positions[name])]

    def window(self, start: int, enough: int) -> tuple[list[int], int]:
        """The positions that a visit from `start` on finds until they are enough, and how many nodes it
        sees."""
        first, nodes = bisect_left(self.feasible, start), len(self.positions)
        found = self.feasible[first : first + enough]
        if len(found) < enough:
            found += self.feasible[: min(first, enough - len(found))]
        if len(found) < enough or not found:
            return found, nodes
        return found, (found[-1] - start) % nodes + 1

    def _number(self, merit: M) -> int:
        if (number := self._numbers.get(merit)) is None:
            number = self._numbers[merit] = len(self.sorts)
            self.sorts.append(merit)
        return number


K = TypeVar("K", bound=Hashable)
S = TypeVar("S")


class Shapes(Generic[K, S]):
    """The shapes that were asked for last."""

    def __init__(self) -> None:
        self._kept: dict[K, S] = {}

    def get(self, key: K, make: Callable[[], S]) -> S:
        """The shape of a key, made if it is not kept any more."""
        if (shape := self._kept.pop(key, None)) is None:
            if len(self._kept) >= SHAPES_KEPT:
                del self._kept[next(iter(self._kept))]
            shape = make()
        self._kept[key] = shape
        return shape

    def clear(self) -> None:
        """Keep none."""
        self._kept.clear()


def rank_descending(lists: list[list[str]], without: list[str], further: list[str], rank: int) -> str:
    """The name with so many greater ones among those of the sorted lists, except for some of them (`without`,
    sorted), and some further ones (sorted): without putting them all together."""
    if len(lists) == 1 and not further:
        return _nth(lists[0], without, len(lists[0]) - len(without) - 1 - rank)
    count = sum(map(len, lists)) - len(without) + len(further)

    def greater(name: str) -> int:
        up_to = bisect_right(further, name) - bisect_right(without, name)
        for one in lists:
            up_to += bisect_right(one, name)
        return count - up_to

    for name in further:
        if greater(name) == rank:
            return name
    for one in lists:
        low, high = 0, len(one)
        while low < high:
            middle = (low + high) // 2
            if greater(one[middle]) > rank:
                low = middle + 1
            else:
                high = middle
        if low < len(one) and not _has(without, one[low]) and greater(one[low]) == rank:
            return one[low]
    raise LookupError(f"no name of rank {rank}")


def _nth(names: list[str], without: list[str], number: int) -> str:
    """The name of that number among the sorted ones without some of them (sorted), as is most often asked."""
    low, high = 0, len(names) - 1
    while low < high:
        middle = (low + high) // 2
        if middle - bisect_right(without, names[middle]) < number:
            low = middle + 1
        else:
            high = middle
    return names[low]


def _has(names: list[str], name: str) -> bool:
    index = bisect_left(names, name)
    return index < len(names) and names[index] == name
