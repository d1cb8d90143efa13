"""Accounts and rooms of the tests of the web side."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from pytest_django import Settings

from clustersim import default_scenario
from visualizer.accounts.groups import INSTRUCTORS, OPERATORS
from visualizer.rooms.models import Room


@pytest.fixture
def room(db: None) -> Room:
    """A paused room in which visitors may act."""
    return Room.objects.open_with(default_scenario(), name="Class 7b")


def _account(name: str, role: str) -> User:
    made = User.objects.create_user(name, is_staff=True)
    made.groups.add(Group.objects.get(name=role))
    return made


@pytest.fixture
def instructor(db: None) -> User:
    return _account("ines", INSTRUCTORS)


@pytest.fixture
def colleague(db: None) -> User:
    """Another instructor."""
    return _account("cora", INSTRUCTORS)


@pytest.fixture
def operator(db: None) -> User:
    return _account("otto", OPERATORS)


@pytest.fixture
def staff(db: None) -> User:
    """A superuser: every right towards everything."""
    return User.objects.create_superuser("alice", password="not a secret")


@pytest.fixture(autouse=True)
def snapshots_apart(settings: Settings, tmp_path: Path) -> None:
    """No test finds what another kept on disk."""
    settings.SNAPSHOTS_DIR = tmp_path / "snapshots"
