"""The role that somebody has in a room."""

from enum import StrEnum
from typing import Any, Final

from visualizer.accounts.standing import towards
from visualizer.rooms.models import Room

WHO: Final = "who"
"""Session key of a visitor's id in rooms that teach: a cookie, and nothing else of them."""


class Role(StrEnum):
    """staff: its owner, and colleagues with whom it is shared; act: visitors of a room that lets them; watch:
    everybody else.
    """

    STAFF = "staff"
    ACT = "act"
    WATCH = "watch"

    @property
    def can_act(self) -> bool:
        """Send commands and set the pace."""
        return self is not Role.WATCH


def role_of(user: Any, room: Room) -> Role:
    """The role of this user (perhaps anonymous) in the room as it is now. Other instructors come as visitors
    do. Reads nothing of a room that `lookup.find` found.
    """
    if towards(user, room) is not None:
        return Role.STAFF
    return Role.ACT if room.may_act else Role.WATCH
