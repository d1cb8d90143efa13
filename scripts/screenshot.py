"""Takes the picture of the README: the experiment in a room of a server of its own, just after the eviction.

python scripts/screenshot.py [FILE]
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60
EVICTED = 308
"""Simulated seconds after which the pods of the lost node are replaced, whatever the phases."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a server with an empty database, gone afterwards."""
    with tempfile.TemporaryDirectory() as directory, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "VAR_DIR": directory}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        daphne = [
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "-v",
            "0",
            "visualizer.asgi:application",
        ]
        process = subprocess.Popen([sys.executable, *daphne], cwd=ROOT, env=environment)
        try:
            yield answering(f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def answering(address: str) -> str:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return address
        except (urllib.error.URLError, OSError):
            if time.monotonic() > give_up:
                raise
            time.sleep(0.2)


def experiment(page: Page, address: str) -> None:
    """As a newcomer: start a cluster, stop the kubelet of n3, wait until its pods are replaced."""
    page.goto(address)
    page.get_by_role("button", name="Start a cluster").click()
    page.locator('#nodes [data-part="n3.kubelet"]').click()
    page.locator('[data-do="stop-kubelet"]').click()
    page.locator('[data-do="start-kubelet"]').wait_for()
    page.locator("#speed").select_option("60")
    page.wait_for_function(
        "second => document.getElementById('clock-time').textContent.split(':')"
        ".reduce((sum, part) => 60 * sum + Number(part), 0) > second",
        arg=EVICTED,
        timeout=PATIENCE * 1000,
    )
    page.locator("#speed").select_option("1")
    page.locator('#nodes [data-part="n3"]').click()
    page.get_by_role("tab", name="Events").click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "stage.png"
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
        experiment(page, address)
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    main()
