"""The choice among the nodes with the best score.

Nodes are sorted by score and then by name, both descending; among the k best the one at index (counter mod k)
is taken, and the counter grows at every successful choice, also where there was only one. So the first tie
goes to the name that comes last in the alphabet.
Source: v1.7.5 plugin/pkg/scheduler/core/generic_scheduler.go selectHost; equal in v1.8.0.
"""

import msgspec

from clustersim.scheduler.priorities import Score


class Choice(msgspec.Struct, frozen=True):
    """The chosen node, its total, and how many nodes had as much."""

    node: str
    total: int
    equals: int


def select_host(scores: list[Score], counter: int) -> Choice:
    """Choose among scored nodes (at least one)."""
    best = max(score.total for score in scores)
    names = sorted((score.node for score in scores if score.total == best), reverse=True)
    return Choice(names[counter % len(names)], best, len(names))
