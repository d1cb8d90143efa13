"""Malformed requests: each is refused with a Status, none breaks the server or the room."""

import os
import random
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from clustersim import default_scenario
from tests.web.kubeapi.asking import Client, client_of
from tests.web.kubeapi.malformed import Malformed, malformed
from visualizer.rooms.flow import Allowances
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

MANY = int(os.environ.get("MALFORMED", "600"))
"""How many; more in a run of its own."""


@pytest.fixture(params=["v1.7", "v1.36"])
async def client(
    transactional_db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Client]:
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr(Allowances, "wait", lambda self, key, longest: 0.0)
    room = await sync_to_async(Room.objects.open_with)(default_scenario(request.param))
    yield await client_of(room)
    await rooms.close_all()


async def send(client: Client, one: Malformed) -> int:
    answer = await client.send(one.method, one.path, one.body, type_=one.type, accept=one.accept)
    if answer.code >= 400 and one.method != "HEAD":
        assert answer.json["kind"] == "Status"
    return answer.code


async def test_nothing_malformed_breaks_the_server(client: Client) -> None:
    broken = []
    for one in malformed(random.Random(7), MANY):
        if await send(client, one) == 500:
            broken.append(one)
    assert broken == []
    assert (await client.get("/api/v1/nodes")).code == 200
