"""Accounts and rooms of the tests of the web side."""

import pytest
from django.contrib.auth.models import User

from clustersim import default_scenario
from visualizer.rooms.models import Room


@pytest.fixture
def room(db: None) -> Room:
    """A paused room in which visitors may act."""
    return Room.objects.open_with(default_scenario(), name="Class 7b")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("alice", password="not a secret")
