"""Pages of the docs that are drawn from the code are current."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["state_machines.py", "lesson_format.py"])
def test_a_page_drawn_from_the_code_is_current(script: str) -> None:
    checked = subprocess.run([sys.executable, ROOT / "scripts" / script, "--check"], check=False)
    assert checked.returncode == 0, f"python scripts/{script} draws it anew"
