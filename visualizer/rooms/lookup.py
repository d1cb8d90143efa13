"""Rooms by their code."""

from visualizer.rooms.models import Room
from visualizer.rooms.states import STOPPED


class NoSuchRoom(Exception):
    """No room has this code."""


class Stopped(Exception):
    """The room was stopped by staff."""


def find(code: str) -> Room:
    """The room of this code, if it can be entered. Raises NoSuchRoom, Stopped."""
    try:
        room = Room.objects.select_related("branch").prefetch_related("shared_with").get(code=code)
    except Room.DoesNotExist:
        raise NoSuchRoom(code) from None
    if room.state == STOPPED:
        raise Stopped(code)
    return room
