"""What tests of several kinds share: a real server in a process of its own, and the order they run in."""

import fcntl
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, count, groupby
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from tests import shells

ROOT = Path(__file__).parent.parent
PATIENCE = 60
"""Seconds after which what is waited for has failed, however busy the machine is."""

# The same examples every time, and no clock: a suite says the same twice. Who looks for new ones runs it with
# `--hypothesis-profile=default`.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")

# The worlds that many tests look at are kept: to search them for garbage again and again took an eighth of
# the time. What is imported and collected stays to the end.
gc.set_threshold(50_000, 10, 10)
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is looked for, but not among the tests themselves."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests wait for servers and browsers stand among those of the model, which only compute: no
    core is idle before the end. Browser tests after all that use asyncio or the database: Playwright keeps an
    event loop running.
    """
    kinds: dict[str, list[list[pytest.Item]]] = {"model": [], "web": [], "wire": [], "browser": []}
    for path, tests in groupby(items, attrgetter("path")):
        kinds[path.relative_to(ROOT / "tests").parts[0]].append(list(tests))
    model, half = kinds["model"], len(kinds["model"]) // 2
    first = _among(kinds["wire"], _among(kinds["web"], model[:half]))
    items[:] = chain.from_iterable([*first, *_among(kinds["browser"], model[half:])])


T = TypeVar("T")


def _among(some: list[T], many: list[T]) -> list[T]:
    """All of both, each in its order: a part of many follows each of some."""
    if not some:
        return many
    found = []
    for place, one in enumerate(some):
        found += [one, *many[place * len(many) // len(some) : (place + 1) * len(many) // len(some)]]
    return found


def pytest_sessionfinish() -> None:
    """What is left goes as it is: to search all kept worlds for garbage on the way out takes seconds."""
    gc.freeze()


class Server:
    """Daphne with its own database and secret in `directory`; it can be killed and started again."""

    application = "visualizer.asgi:application"

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        self.port = free_port()
        self.environment = {**os.environ, "VAR_DIR": str(directory), "PYTHONUNBUFFERED": "1", **settings}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def manage(self, *arguments: str) -> str:
        """Output of `manage.py` on this server's database."""
        return self.shell(f"from django.core.management import call_command\ncall_command(*{arguments!r})")

    def shell(self, code: str) -> str:
        """What this code prints in a process with this server's database; one for all that is asked."""
        return shells.ask(self.environment, code).strip()

    def end_shell(self) -> None:
        """The next code runs in a process of its own."""
        shells.ask(self.environment, None)

    def new_room(self, release: str = "v1.7", **fields: object) -> str:
        """The code of a new room with the default cluster of a release; fields of the Room may be given."""
        return self.shell(
            "from clustersim import default_scenario; from visualizer.rooms.models import Room;"
            f"print(Room.objects.open_with(default_scenario({release!r}), **{fields!r}).code)"
        )

    def start(self) -> None:
        command = [
            "-m",
            "daphne",
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--verbosity",
            "0",
            self.application,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        give_up = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < give_up, self.log.read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """As a power cut would: no handler runs, nothing is flushed."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
            self.process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


# Below those that the system gives to connections: nobody else takes one between here and the server's start.
_ports = count(10_000 + os.getpid() * 37 % 20_000)


def free_port() -> int:
    """A port of this machine at which nobody listens, and another one each time."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a server that was never started: an empty database with all its tables. The first of
    the workers that needs it makes it for all.
    """
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    base = tmp_path_factory.getbasetemp()
    directory = (base if alone else base.parent) / "migrated"
    with (directory.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            made = Server(tmp_path_factory.mktemp("migrating"))
            made.manage("migrate", "--verbosity", "0")
            made.end_shell()
            made.directory.rename(directory)
    return directory


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    """A server for tests that leave it as it is; each makes its own room."""
    server = Server(tmp_path_factory.mktemp("servers") / "shared")
    shutil.copytree(migrated, server.directory)
    server.start()
    yield server
    server.stop()
    server.end_shell()


@pytest.fixture
def own_server(tmp_path: Path, migrated: Path) -> Iterator[Server]:
    """A server for tests that kill it; not started yet."""
    server = Server(tmp_path)
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    yield server
    server.kill()
    server.end_shell()
