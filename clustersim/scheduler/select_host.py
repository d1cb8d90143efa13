"""The choice among the nodes with the best score.

Nodes are sorted by score and then by name, both descending; among the k best the one at index (counter mod k)
is taken, and the counter grows at every successful choice, also where there was only one. So the first tie
goes to the name that comes last in the alphabet.
Source: v1.7.5 plugin/pkg/scheduler/core/generic_scheduler.go selectHost; equal in v1.8.0.
"""

from collections.abc import Sequence

import msgspec


class Choice(msgspec.Struct, frozen=True, gc=False):
    """The chosen node, its total, and how many nodes had as much."""

    node: str
    total: int
    equals: int


def select_host(names: Sequence[str], totals: Sequence[int], counter: int) -> Choice:
    """Choose among scored nodes (at least one)."""
    best = max(totals)
    equals = [name for name, total in zip(names, totals, strict=True) if total == best]
    equals.sort(reverse=True)
    return Choice(equals[counter % len(equals)], best, len(equals))
