"""The page of state machines is drawn from the tables the code runs on."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_state_machines_is_current() -> None:
    checked = subprocess.run([sys.executable, ROOT / "scripts" / "state_machines.py", "--check"], check=False)
    assert checked.returncode == 0, "python scripts/state_machines.py draws it anew"
