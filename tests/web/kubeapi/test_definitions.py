"""Kinds that people define themselves: there are none, and kubectl is told so when it asks."""

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from clustersim import default_scenario
from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("release", "version", "other"), [("v1.36", "v1", "v1beta1"), ("v1.8", "v1beta1", "v1")]
)
async def test_no_kind_is_defined_by_anybody(
    transactional_db: None, settings: Settings, release: str, version: str, other: str
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(await sync_to_async(Room.objects.open_with)(default_scenario(release)))
    path = "/apis/apiextensions.k8s.io/{}/customresourcedefinitions?limit=500"
    found = await client.get(path.format(version))
    assert (found.code, found.json["items"]) == (200, [])
    assert (await client.get(path.format(other))).code == 404
    await rooms.close_all()
