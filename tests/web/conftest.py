"""Accounts and rooms of the tests of the web side."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from clustersim import default_scenario
from visualizer.rooms.models import Room


@pytest.fixture
def room(db: None) -> Room:
    """A paused room in which visitors may act."""
    return Room.objects.open_with(default_scenario(), name="Class 7b")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("alice", password="not a secret")


@pytest.fixture(autouse=True)
def snapshots_apart(settings: Settings, tmp_path: Path) -> None:
    """No test finds what another kept on disk."""
    settings.SNAPSHOTS_DIR = tmp_path / "snapshots"
