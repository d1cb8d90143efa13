"""Copies everything that is kept while the server runs: the database, and the secret that seals cookies."""

import os
import shutil
import sqlite3
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = "Copies what is kept into a new directory: python manage.py backup DIRECTORY"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="where to; it must not exist yet")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        try:
            directory.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            raise CommandError(f"{directory} exists: choose another name, nothing was written") from None
        copy = directory / "db.sqlite3"
        copied(copy)
        secret = settings.VAR_DIR / "secret-key"
        if secret.exists():
            shutil.copy(secret, directory / secret.name)
        self.stdout.write(f"{copy}: {copy.stat().st_size >> 10} KiB, whole")


def copied(path: Path) -> None:
    """One moment of the database in a file of its own, whatever is written meanwhile."""
    connection.ensure_connection()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        [(found,)] = copy.execute("PRAGMA integrity_check").fetchall()
    if found != "ok":
        raise CommandError(f"{path} is damaged: {found}")
