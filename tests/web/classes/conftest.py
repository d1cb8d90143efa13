"""Classes in a lesson."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from tests.web.classes.classroom import Classroom
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.registry import rooms


@pytest.fixture
async def school(transactional_db: None) -> AsyncIterator[Classroom]:
    staff = await sync_to_async(User.objects.create_superuser)("alice", password="not a secret")
    room = await sync_to_async(open_room)(offer("kubelet-dies"), "v1.7", Mode.FOLLOW)
    school = Classroom(room, staff)
    yield school
    await rooms.close_all()
    for person in school.people:
        await person.leave()


@pytest.fixture
async def hour(transactional_db: None) -> AsyncIterator[Classroom]:
    """A class of a lesson that has a short form."""
    staff = await sync_to_async(User.objects.create_superuser)("bob", password="not a secret")
    hour = Classroom(await sync_to_async(open_room)(offer("the-post"), "v1.7", Mode.FOLLOW), staff)
    yield hour
    await rooms.close_all()
    for person in hour.people:
        await person.leave()
