"""The run that a room plays, and whoever looks at it."""

from collections.abc import Awaitable, Callable

from clustersim.run import Run
from tests.web.viewers import Viewer
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

SECOND = 1_000_000
Visit = Callable[..., Awaitable[Viewer]]


def live(room: Room) -> Run:
    hub = rooms.running(room.code)
    assert hub is not None
    return hub.runner.player.run
