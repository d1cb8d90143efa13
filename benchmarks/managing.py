"""A database of its own for a benchmark's server, and what stands in it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent


def manage(directory: str, *arguments: str) -> str:
    """What `manage.py` prints. directory: where the database is."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments, "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": directory},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def prepared(directory: str, script: str) -> str:
    """What a script prints that fills a new database."""
    manage(directory, "migrate")
    return manage(directory, "shell", "--command", script)
