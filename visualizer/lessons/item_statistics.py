"""What an inventory tells about its questions and about a class, as tests are usually looked at.

Difficulty is the share of right answers; discrimination the correlation of a question with the rest of the
test (corrected item-total correlation, a point-biserial one); the gain of a class what it learned of what it
could learn: (after - before) / (1 - before), Hake 1998.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import StatisticsError, correlation, fmean
from typing import Final

import msgspec

FEWEST: Final = 5
"""With fewer students a correlation says nothing."""


class Given(msgspec.Struct, frozen=True):
    """One answer. chosen: one option, several where all that are right are to be chosen, "" for "I am not
    sure"; confidence: 1 to 3, None: not asked.
    """

    chosen: tuple[str, ...]
    right: bool
    confidence: int | None = None


Sheet = Mapping[str, Given]
"""A student's answers by question."""


class Item(msgspec.Struct, frozen=True):
    """A question. shares: of those who answered, how many chose each option, "" being "I am not sure"; where
    several are chosen they sum up to more than 1. sure_right, sure_wrong: mean confidence of those who were
    right and wrong. None: nobody to tell it by.
    """

    ask: str
    answered: int
    difficulty: float | None
    discrimination: float | None
    shares: Mapping[str, float]
    sure_right: float | None
    sure_wrong: float | None


class Gain(msgspec.Struct, frozen=True):
    """A class before and after: shares of right answers of those who were there both times, and the gain."""

    pairs: int
    before: float | None = None
    after: float | None = None
    gain: float | None = None


def items(asks: Sequence[str], sheets: Sequence[Sheet]) -> list[Item]:
    """Every question of a test, in its order."""
    return [_item(ask, asks, sheets) for ask in asks]


def _item(ask: str, asks: Sequence[str], sheets: Sequence[Sheet]) -> Item:
    given = [sheet[ask] for sheet in sheets if ask in sheet]
    counts = Counter(option for one in given for option in one.chosen)
    return Item(
        ask,
        len(given),
        _mean([float(one.right) for one in given]),
        _discrimination(ask, asks, [sheet for sheet in sheets if ask in sheet]),
        {option: count / len(given) for option, count in sorted(counts.items())},
        _mean([one.confidence for one in given if one.confidence is not None and one.right]),
        _mean([one.confidence for one in given if one.confidence is not None and not one.right]),
    )


def _discrimination(ask: str, asks: Sequence[str], sheets: Sequence[Sheet]) -> float | None:
    if len(sheets) < FEWEST:
        return None
    own = [float(sheet[ask].right) for sheet in sheets]
    rest = [sum(sheet[one].right for one in asks if one != ask and one in sheet) for sheet in sheets]
    try:
        return correlation(own, rest)
    except StatisticsError:  # all alike
        return None


def score(asks: Sequence[str], sheet: Sheet) -> float:
    """The share of a test's questions that were answered right; one left out counts as wrong."""
    return sum(ask in sheet and sheet[ask].right for ask in asks) / len(asks)


def gain(asks: Sequence[str], before: Mapping[str, Sheet], after: Mapping[str, Sheet]) -> Gain:
    """Of those whose code stands in both."""
    both = [code for code in before if code in after]
    if not both or not asks:
        return Gain(0)
    first = fmean(score(asks, before[code]) for code in both)
    second = fmean(score(asks, after[code]) for code in both)
    return Gain(len(both), first, second, None if first == 1 else (second - first) / (1 - first))


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
