"""Stops rooms, and opens them again."""

from django.utils import timezone

from visualizer.rooms.models import Room
from visualizer.rooms.running.hub import announce_change


def stop(room: Room) -> None:
    """Nobody can enter, viewers are sent away; the log is kept."""
    room.stopped, room.playing = timezone.now(), False
    room.save(update_fields=["stopped", "playing"])
    announce_change(room)


def reopen(room: Room) -> None:
    """It can be entered again, and stands where it stood."""
    room.stopped = None
    room.save(update_fields=["stopped"])
