"""What a room is asked to do, and the outcome."""

from typing import Final, NamedTuple

import msgspec
from django.utils.translation import gettext_lazy as _

from clustersim import Command
from clustersim.apiserver.calls import ApiCall
from clustersim.lesson.blind import Commitment
from clustersim.lesson.expressions.typed_lines import TypedLine
from clustersim.run import Run
from visualizer import request_ids
from visualizer.lessons.frames import Move
from visualizer.rooms.frames.stage import Transport
from visualizer.rooms.kept.branches import Forked, NoSuchBranch, TooMany
from visualizer.rooms.kept.log import LeaseLost
from visualizer.rooms.kept.troubles import Failing
from visualizer.texts import Texts

REASONS: Final = {
    LeaseLost: _("The room is moving. Try again."),
    TooMany: _("This room has as many branches as it can have."),
    NoSuchBranch: _("This room has no such branch."),
}


class Refused(Exception):
    """What was asked for is not done, and why."""

    def __init__(self, reason: Texts, *, stale: bool = False) -> None:
        super().__init__(reason["en"])
        self.reason = reason
        self.stale = stale


class BranchSwitch(msgspec.Struct, frozen=True):
    """Go on with another run: of the branch that is to be forked, or of one that there is. ``command``: what
    to do there at once; ``failing``: where that run fails.
    """

    run: Run
    to: Forked | int
    command: Command | None = None
    failing: Failing | None = None


class RoomRequest(msgspec.Struct, frozen=True):
    """A command, a write through the Kubernetes API, a change of pace, of the branch or of the lesson's step,
    what its learners did, by whom; ``seen`` is the time they were looking at, None if it does not matter.
    """

    actor: str
    what: Command | ApiCall | Transport | BranchSwitch | Move | Commitment | TypedLine
    seen: int | None = None
    request: str = msgspec.field(default_factory=request_ids.current)
    """What it was asked with."""


class Done(NamedTuple):
    """Something that was asked for is done: at which simulated time, and of a command the id of its act."""

    t: int
    act: int = 0
