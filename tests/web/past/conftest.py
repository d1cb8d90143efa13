"""Viewers of rooms with a past."""

import pytest

from tests.web.past.runs import SECOND
from tests.web.viewers import Viewer, Visit
from visualizer.rooms.models import Room


@pytest.fixture
def visit(visit: Visit) -> Visit:
    """Viewers who have heard of the branches."""

    async def told(room: Room, cookie: str = "") -> Viewer:
        viewer = await visit(room, cookie)
        await viewer.hear("branches")
        return viewer

    return told


@pytest.fixture
async def lost(room: Room, visit: Visit) -> Viewer:
    """A viewer of a room in which a kubelet was stopped at zero, 120 s or more ago."""
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    await viewer.play_until(120 * SECOND)
    return viewer
