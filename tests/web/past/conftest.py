"""Viewers of rooms with a past."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.web.past.runs import SECOND, Visit
from tests.web.viewers import Viewer
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    viewers = []

    async def visit(room: Room, cookie: str = "") -> Viewer:
        viewer = Viewer(room.code, cookie)
        await viewer.join()
        await viewer.hear("branches")
        viewers.append(viewer)
        return viewer

    yield visit
    await rooms.close_all()
    for viewer in viewers:
        with suppress(asyncio.CancelledError):
            await viewer.socket.disconnect()


@pytest.fixture
async def lost(room: Room, visit: Visit) -> Viewer:
    """A viewer of a room in which a kubelet was stopped at zero, 120 s or more ago."""
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    await viewer.play_until(120 * SECOND)
    return viewer
