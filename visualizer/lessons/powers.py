"""What a viewer of a room that teaches may do: by role, mode and step. Everything else is refused here, on
the server; the page only leaves out what would be refused.
"""

from collections.abc import Collection
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visualizer.lessons.frames import Frame, Led, Move, Polling
from visualizer.lessons.models import Mode
from visualizer.rooms import frames
from visualizer.rooms.roles import Role

_TRANSPORT: Final = {"play": "play", "pause": "play", "speed": "speed", "ease": "speed", "next-event": "step"}
_POWERS: Final[dict[type, str]] = {
    frames.Inspect: "inspect",
    frames.Look: "rewind",
    frames.Why: "why",
    frames.WhyNot: "why",
    frames.Fork: "fork",
    frames.Switch: "fork",
    frames.Rename: "fork",
    frames.WhatIf: "fork",
    frames.Foresee: "fork",
}
_ON_THE_CLASS: Final = frozenset({"play", "speed", "step", "fork"})
"""Powers over what all of a room see; in a class the teacher's alone."""


class Standpoint(msgspec.Struct, frozen=True):
    """From where somebody asks. allow: the powers of the present step; free: the lesson is over; node: the
    one that this student owns.
    """

    role: Role
    mode: str
    allow: Collection[str] = ()
    free: bool = False
    node: str = ""

    @property
    def leads(self) -> bool:
        """Goes from step to step: the teacher, or whoever learns alone."""
        return self.role is Role.STAFF or (self.mode == Mode.ALONE and self.role is Role.ACT)


def forbidden(who: Standpoint, frame: Frame) -> Promise | None:
    """Why this viewer may not ask for that; None if it may."""
    if isinstance(frame, Polling | Led):
        return None if who.role is Role.STAFF else _("Only the teacher does this.")
    if isinstance(frame, Move):
        return None if who.leads else _("The teacher goes on for all.")
    if who.role is Role.STAFF:
        return None
    if isinstance(frame, frames.Act):
        return _act(who, frame)
    power = _TRANSPORT[frame.action] if isinstance(frame, frames.Transport) else _POWERS.get(type(frame), "")
    if not power:
        return None
    if who.mode != Mode.ALONE and power in _ON_THE_CLASS:
        return _("In a class the teacher does this for all.")
    return None if who.free or power in who.allow else _("Not in this step.")


def _act(who: Standpoint, act: frames.Act) -> Promise | None:
    if who.mode == Mode.FOLLOW:
        return _("In a class the teacher does this for all.")
    if who.mode == Mode.ROLES and (act.at is not None or not act.target or act.target != who.node):
        return _("You can act on your own node only.")
    if who.free:
        return None
    if act.do not in who.allow or (act.at is not None and "fork" not in who.allow):
        return _("Not in this step.")
    return None
