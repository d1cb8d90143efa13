"""The drawing of the house is current, has no circle, and the ways through the code exist."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from clustersim import __version__

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
_WAYS = PAGE.read_text().partition("## Five ways through the code")[2]
STOPS = re.findall(r"`((?:[a-z_]+\.)+\w+)`", _WAYS)
FILES = re.findall(r"`(static/[\w/.]+)`", _WAYS)


def test_the_drawing_of_the_house_is_current() -> None:
    checked = subprocess.run([sys.executable, ROOT / "scripts" / "house.py", "--check"], check=False)
    assert checked.returncode == 0, "python scripts/house.py draws and lists anew"


def test_the_version_is_that_of_the_project_and_of_the_newest_part_of_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## (\d\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert newest is not None
    assert __version__ == project == newest[1]


def test_every_arrow_of_the_house_points_downward() -> None:
    drawing = PAGE.read_text().partition("```mermaid")[2].partition("```")[0]
    order = re.findall(r"(\w+)\[[a-z_]", drawing)
    arrows = re.findall(r"(\w+) --> (\w+)", drawing)
    assert len(arrows) > len(order)
    assert all(order.index(above) < order.index(below) for above, below in arrows)


@pytest.mark.parametrize("stop", [stop for stop in STOPS if not stop.endswith((".py", ".js"))])
def test_every_stop_on_the_ways_through_the_code_exists(stop: str) -> None:
    name = stop if stop.startswith("visualizer.") else f"clustersim.{stop}"
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return
    pytest.fail(f"nothing is called {name}")


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_page_on_the_ways_exists(name: str) -> None:
    assert (ROOT / name).is_file()
