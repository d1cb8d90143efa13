"""Intervals of completion indexes, such as 1,3-5, as the API server reads them
(v1.36 pkg/apis/batch/validation/validation.go validateIndexesFormat)."""

from collections.abc import Iterator

from clustersim.digits import is_whole


def count_indexes(text: str, completions: int) -> tuple[int, str]:
    """How many indexes the intervals name, and what is wrong with them."""
    total, last = 0, None
    for part in text.split(",") if text else ():
        low, high, why = _interval(part, completions)
        if why:
            return 0, why
        if last is not None and last >= low:
            return 0, f"non-increasing order, previous: {last}, current: {low}"
        total, last = total + high - low + 1, high
    return total, ""


def overlap(one: str, other: str, completions: int) -> int | None:
    """An index that both name, None if there is none; what cannot be read names nothing."""
    mine, theirs = list(_intervals(one, completions)), list(_intervals(other, completions))
    place, there = 0, 0
    while place < len(mine) and there < len(theirs):
        (low, high), (first, last) = mine[place], theirs[there]
        if low <= last and first <= high:
            return max(low, first)
        if low <= first:
            place += 1
        else:
            there += 1
    return None


def _intervals(text: str, completions: int) -> Iterator[tuple[int, int]]:
    for part in text.split(",") if text else ():
        low, high, why = _interval(part, completions)
        if not why:
            yield low, high


def _interval(text: str, completions: int) -> tuple[int, int, str]:
    """The first and the last index of an interval, and what is wrong with it."""
    ends = text.split("-")
    if len(ends) > 2:
        why = (
            f'the fragment "{text}" violates the requirement that an index interval can have at most '
            "two parts separated by '-'"
        )
        return 0, 0, why
    for end in ends:
        if not is_whole(end):
            return 0, 0, f'cannot convert string to integer for index: "{end}"'
        if int(end) >= completions:
            return 0, 0, f'too large index: "{end}"'
    low, high = int(ends[0]), int(ends[-1])
    if len(ends) == 2 and low >= high:
        return 0, 0, f"non-increasing order, previous: {low}, current: {high}"
    return low, high, ""
