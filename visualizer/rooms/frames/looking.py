"""The frames of viewers who look closer, beside those of the stage.

A view of more than ``clustersim.view.far.FAR`` nodes is a ``FarView``, with numbers instead of what is on a
node. ``closer`` names the nodes on which a viewer wants to see everything, from now on, or as it was at
``t``; it replaces the ``closer`` before. The answer is a frame of the same type. While the viewer looks at
the live room, ticks go on with what changes on those nodes.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from msgspec import Meta

from clustersim.view import View
from clustersim.view.far import on_nodes, rows_of
from visualizer.rooms.frames.stage import BranchId, FromBrowser, FromServer, Name, RequestId, Time

MOST_CLOSE: Final = 40
"""Nodes that a viewer sees closer."""


class Closer(FromBrowser, frozen=True, tag="closer"):
    """Show me what is on these nodes, and as kubectl prints them the pods of this application. known: of
    these nodes I have it already, and only want to go on hearing of it.
    """

    nodes: Annotated[tuple[Name, ...], Meta(max_length=MOST_CLOSE)]
    known: Annotated[tuple[Name, ...], Meta(max_length=MOST_CLOSE)] = ()
    app: Name | None = None
    t: Time | None = None
    branch: BranchId | None = None


class GiveUp(FromBrowser, frozen=True, tag="give-up"):
    """I do not wait any more for the answer to this question."""

    id: RequestId


class Looking(FromServer, frozen=True, tag="looking"):
    """A question, or a look back (``id`` is empty), about a large run is being answered. phase: read (what is
    kept of it is), boot or replay; share: how much of the phase is done; left: seconds that it still takes.
    """

    id: str
    phase: str
    share: float
    left: float | None


class Closely(FromServer, frozen=True, tag="closer"):
    """What is on these nodes; ``t`` and ``branch`` as they were asked for."""

    nodes: Mapping[str, Any]
    app: str | None
    rows: Sequence[str]
    t: int | None
    branch: int | None


def closely(asked: Closer, view: View) -> Closely:
    """The answer, from what there is."""
    return Closely(
        nodes=on_nodes(view, [name for name in asked.nodes if name not in asked.known]),
        app=asked.app,
        rows=() if asked.app is None else rows_of(view, asked.app),
        t=asked.t,
        branch=asked.branch,
    )
