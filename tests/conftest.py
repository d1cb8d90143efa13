"""What tests of several kinds share: a real server in a process of its own, and the order they run in."""

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
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PATIENCE = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running, and no asyncio test can start another."""
    items.sort(key=lambda item: "browser" in item.path.relative_to(ROOT).parts)


class Server:
    """Daphne with its own database and secret in `directory`; it can be killed and started again."""

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
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        """What this code prints, run in Django's shell on this server's database."""
        return self.manage("shell", "--verbosity", "0", "--command", code).strip()

    def new_room(self, **fields: object) -> str:
        """The code of a new room with the default cluster; fields of the Room may be given."""
        return self.shell(
            "from clustersim import default_scenario; from visualizer.rooms.models import Room;"
            f"print(Room.objects.open_with(default_scenario(), **{fields!r}).code)"
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
            "visualizer.asgi:application",
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a server that was never started: an empty database with all its tables."""
    server = Server(tmp_path_factory.mktemp("migrated"))
    server.manage("migrate", "--verbosity", "0")
    return server.directory


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    """A server for tests that leave it as it is; each makes its own room."""
    server = Server(tmp_path_factory.mktemp("servers") / "shared")
    shutil.copytree(migrated, server.directory)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path, migrated: Path) -> Iterator[Server]:
    """A server for tests that kill it; not started yet."""
    server = Server(tmp_path)
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    yield server
    server.kill()
