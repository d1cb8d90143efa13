"""Whatever is asked of the pages, sent with their forms or uploaded is answered or refused; nothing fails."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from random import Random

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient

from clustersim import default_scenario
from tests.hostile.pages import Asked, requests
from visualizer import metrics
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.profiles.models import Profile
from visualizer.rooms.flow import Allowances
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.studio import starts
from visualizer.studio.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)

MANY = int(os.environ.get("HOSTILE_PAGES", "60"))
"""How many; more in a run of its own."""
SEED = int(os.environ.get("HOSTILE_SEED", "1"))


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing fails, and there is nothing to say about it."""
    before = metrics.troubles._value.get()
    yield
    assert metrics.troubles._value.get() == before
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.fixture
async def places(staff: User, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """What there is: a room, a class, a profile, a draft, all of this instructor."""
    monkeypatch.setattr(Allowances, "take", lambda self, key: True)

    def make() -> list[str]:
        room = Room.objects.open_with(default_scenario(), owned_by=staff)
        course = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, staff)
        profile = Profile.objects.create(name="p", release="v1.7", owned_by=staff)
        draft = Draft.objects.create(text=starts.template(), owned_by=staff)
        return [room.code, course.code, str(profile.pk), str(draft.pk), "1", "2", "kubelet-dies", "v1.36"]

    yield await sync_to_async(make)()
    await rooms.close_all()


async def status_of(client: AsyncClient, asked: Asked) -> int:
    ask = getattr(client, asked.method.lower())
    if asked.method not in ("POST", "PUT"):
        return int((await ask(asked.path)).status_code)
    data: dict[str, object] = dict(asked.form)
    if asked.upload is not None:
        name, content = asked.upload
        data[name] = SimpleUploadedFile("a.yaml", content)
    if asked.method == "PUT":
        return int((await ask(asked.path, data=repr(data))).status_code)
    return int((await ask(asked.path, data=data)).status_code)


@pytest.mark.parametrize("who", ["instructor", "visitor"])
async def test_no_page_fails_whatever_it_is_asked(places: list[str], staff: User, who: str) -> None:
    client = AsyncClient()
    if who == "instructor":
        await client.aforce_login(staff)
    random = Random(SEED if who == "instructor" else SEED + 1)
    for asked in requests(random, MANY, places):
        assert await status_of(client, asked) in (*range(200, 500), 503), asked


async def test_an_address_that_is_too_long_to_lead_to_is_the_visitors_mistake(transactional_db: None) -> None:
    answer = await AsyncClient().get("/lessons?q=" + "x" * 20_000)  # the slash that is missing is there
    assert answer.status_code == 400
