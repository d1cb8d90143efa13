"""Settings of a public server, checked the way Django checks them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def check(directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"PATH": os.environ["PATH"], "VAR_DIR": str(directory), "PRODUCTION": "1", **environment}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)


def test_a_public_server_passes_the_deployment_check_and_what_it_keeps_is_its_owners_alone(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "srv" / "clustersim"
    done = check(directory, SECRET_KEY="x7" * 30 + "abcdefghijklm", ALLOWED_HOSTS="sim.example")
    assert done.returncode == 0, done.stderr
    assert directory.stat().st_mode & 0o077 == 0


def test_a_public_server_does_not_start_without_a_secret(tmp_path: Path) -> None:
    assert "SECRET_KEY must be set" in check(tmp_path, ALLOWED_HOSTS="sim.example").stderr


def test_a_public_server_does_not_start_without_its_hosts(tmp_path: Path) -> None:
    assert "ALLOWED_HOSTS" in check(tmp_path, SECRET_KEY="x" * 60).stderr
