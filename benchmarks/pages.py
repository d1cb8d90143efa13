"""Rooms of some sizes on a server of their own, and a browser to look at them."""

import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from benchmarks.delivery import STARTING, daphne, port_of
from benchmarks.managing import manage

NEW_ROOM = """
from benchmarks.model import world
from clustersim import default_scenario
from visualizer.rooms.models import Room
scenario = default_scenario() if {nodes} <= 3 else world({nodes}, {nodes} * 10)
print(Room.objects.open_with(scenario, playing=True, speed={speed}).code)
"""
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def rooms(sizes: list[int], speed: float = 1) -> Iterator[tuple[Browser, dict[int, str]]]:
    """A browser with software rendering, and the address of a playing room by its number of nodes."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)))
    with tempfile.TemporaryDirectory() as directory:
        environment = {"VAR_DIR": directory}
        manage(directory, "migrate")
        origin = f"http://127.0.0.1:{port_of(3)}"
        codes = {nodes: _made(nodes, speed, directory) for nodes in sizes}
        with (
            daphne("visualizer.asgi:application", port_of(3), **environment),
            sync_playwright() as playwright,
        ):
            urllib.request.urlopen(f"{origin}/healthz", timeout=STARTING).read()
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            yield browser, {nodes: f"{origin}/rooms/{code}/" for nodes, code in codes.items()}
            browser.close()


def _made(nodes: int, speed: float, directory: str) -> str:
    """The code of a new room of that size."""
    return manage(directory, "shell", "--command", NEW_ROOM.format(nodes=nodes, speed=speed))
