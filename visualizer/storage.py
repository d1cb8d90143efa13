"""What keeps the server from writing, in words."""

import shutil
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visualizer.texts import Texts, texts

LEAST_FREE: Final = 16 << 20
"""Bytes on the disk below which it counts as full."""
PATIENCE_MS: Final = 250
"""How long a look at the server's health waits for a lock."""

FULL: Final = _("The server's disk is full. Rooms stand still until there is space; nothing is lost.")
LOCKED: Final = _("The server's database is locked. Rooms stand still until it is free; nothing is lost.")
READ_ONLY: Final = _("The server's database is read-only. Rooms stand still meanwhile; nothing is lost.")
SLOW: Final = _("The server's database takes its time. Rooms stand still until it answers; nothing is lost.")
OTHER: Final = _("The server cannot write at the moment. Rooms stand still meanwhile; nothing is lost.")


def why_not_written(error: BaseException) -> Texts:
    """What people are told while a write fails like this."""
    return texts(_reason(str(error).lower()))


def _reason(error: str) -> Promise:
    if "full" in error or "no space" in error or "disk i/o" in error or is_full():
        return FULL
    if "locked" in error or "busy" in error:
        return LOCKED
    return READ_ONLY if "readonly" in error or "read-only" in error else OTHER


def free_bytes() -> int:
    """Space left where the server keeps its files."""
    return shutil.disk_usage(settings.VAR_DIR).free


def is_full() -> bool:
    """So little space is left that writes will fail."""
    return free_bytes() < LEAST_FREE


def database_trouble() -> str:
    """Why the database could not be written to just now; empty when it can."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor != "sqlite" or connection.in_atomic_block:
                cursor.execute("SELECT 1")
                return ""
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            try:
                cursor.execute("BEGIN IMMEDIATE")
                try:
                    cursor.execute("PRAGMA user_version = 0")  # a write: of a read-only file only that fails
                finally:
                    cursor.execute("ROLLBACK")
            finally:
                cursor.execute(
                    f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS']['timeout'] * 1000}"
                )
    except DatabaseError as error:
        return str(error)
    return ""
