"""A room and somebody who asks its API server."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from clustersim import default_scenario
from tests.web.kubeapi.asking import Client, client_of
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms


@pytest.fixture(params=["v1.36"])
async def room(
    transactional_db: None, settings: Settings, request: pytest.FixtureRequest
) -> AsyncIterator[Room]:
    """Of today, if no other release is asked for (`indirect`)."""
    settings.ALLOWED_HOSTS = ["testserver"]
    yield await sync_to_async(Room.objects.open_with)(default_scenario(request.param))
    await rooms.close_all()


@pytest.fixture
async def client(room: Room) -> Client:
    return await client_of(room)
