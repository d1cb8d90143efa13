"""The run that a room plays, and whoever looks at it."""

from clustersim.run import Run
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

SECOND = 1_000_000


def live(room: Room) -> Run:
    hub = rooms.running(room.code)
    assert hub is not None
    return hub.runner.player.run
