"""Accounts and rooms of the tests of the web side."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from clustersim import default_scenario
from tests.conftest import PATIENCE
from tests.web.viewers import Viewer, Visit
from visualizer import workers
from visualizer.accounts.groups import INSTRUCTORS, OPERATORS
from visualizer.rooms.entrance import entrance
from visualizer.rooms.flow import Allowance
from visualizer.rooms.models import Room
from visualizer.rooms.registry import Rooms, rooms


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A test's database survives no power cut: nothing waits for the disk, and nobody gives up on a lock."""
    connection.settings_dict["OPTIONS"] |= {
        "timeout": PATIENCE,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, the database is what it was: copied back, not emptied and filled anew."""
    pristine = sqlite3.connect(":memory:")
    with django_db_blocker.unblock():
        connection.ensure_connection()
        connection.connection.backup(pristine)

    def copy_back(_case: TransactionTestCase) -> None:
        connection.close()  # whoever has read and not ended would wait for itself
        connection.ensure_connection()
        give_up = time.monotonic() + PATIENCE

        def waits(*_pages: int) -> None:
            assert time.monotonic() < give_up, "somebody holds the database of the tests"

        pristine.backup(connection.connection, progress=waits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", copy_back)
        yield
    pristine.close()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """What makes guessing passwords slow makes tests slow."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def patient_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of which nobody says how long it may take is waited for on a busy machine, too: workers are
    nice to all others, and have to start first.
    """
    monkeypatch.setattr(workers, "SECONDS", float(PATIENCE))
    monkeypatch.setitem(workers.run.__kwdefaults__, "seconds", workers.SECONDS)


@pytest.fixture
def room(db: None) -> Room:
    """A paused room in which visitors may act."""
    return Room.objects.open_with(default_scenario(), name="Class 7b")


@pytest.fixture
async def viewer(room: Room) -> AsyncIterator[Viewer]:
    """Somebody who has come into that room."""
    viewer = Viewer(room.code)
    await viewer.join()
    yield viewer
    await rooms.close_all()


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    """Lets people come into rooms. of: what they come with."""
    viewers = []

    async def visit(room: Room, cookie: str = "", of: type[Viewer] = Viewer) -> Viewer:
        viewer = of(room.code, cookie)
        await viewer.join()
        viewers.append(viewer)
        return viewer

    yield visit
    await rooms.close_all()
    for viewer in viewers:
        with suppress(asyncio.CancelledError):
            await viewer.socket.disconnect()


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


@pytest.fixture(autouse=True)
def rooms_apart() -> Iterator[None]:
    """A test's event loop takes the rooms with it that run in it: the next test begins without any."""
    yield
    vars(rooms).update(vars(Rooms()))


@pytest.fixture(autouse=True)
def languages_apart() -> None:
    """No test speaks the language in which another asked for its last page."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def addresses_apart() -> None:
    """No test uses up what another may still try."""
    entrance._kept.clear()


@pytest.fixture
def no_refill(monkeypatch: pytest.MonkeyPatch) -> None:
    """An allowance that is used up stays so, however slowly the machine sends."""
    take = Allowance.take
    monkeypatch.setattr(Allowance, "take", lambda allowance, _now: take(allowance, allowance.at))
