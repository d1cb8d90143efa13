"""Lets go of worlds that nobody needs any more, in a thread, piece by piece.

When Python frees something, it finishes before any other thread has its turn. For a cluster of thousands of
nodes that takes a tenth of a second and more, in which no room ticks.
"""

from clustersim.run import Run
from visualizer.rooms.feed import Feed


def let_go(left: list[Run | Feed]) -> None:
    """The list is empty then. What others still hold stays."""
    pieces = []
    for one in left:
        pieces += one.large_collections() if isinstance(one, Feed) else one.head.large_collections()
    del one
    left.clear()
    while pieces:
        items = pieces.pop()
        while items:
            items.pop()
