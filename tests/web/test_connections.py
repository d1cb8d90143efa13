"""Threads keep their connection to the database for a moment, and not for long."""

import time
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def used() -> Any:
    """The connection that a thread asks on."""
    connection.ensure_connection()
    return connection.connection


def grown_old() -> None:
    assert connection.close_at is not None
    assert 0 < connection.close_at - time.monotonic() <= 1
    connection.close_at = time.monotonic()


async def test_what_is_asked_soon_after_is_asked_on_the_same_connection() -> None:
    ask = database_sync_to_async(used)
    assert await ask() is await ask()


async def test_a_connection_that_was_opened_while_nobody_could_write_is_not_kept_for_long() -> None:
    first = await database_sync_to_async(used)()
    await database_sync_to_async(grown_old)()
    assert await database_sync_to_async(used)() is not first
