"""How smooth the stage is in a real browser with software rendering, at several sizes, while it plays.

    python -m benchmarks.frames [--nodes 3 30 300] [--seconds 20] [--speed 10]

Frames a second as requestAnimationFrame gives them; script time per tick and heap as the browser's own
metrics say, the heap after a garbage collection. Needs Chromium and what the browser tests need.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.delivery import ROOT, STARTING, daphne, port_of
from benchmarks.timing import machine, row

NEW_ROOM = """
from benchmarks.model import world
from clustersim import default_scenario
from visualizer.rooms.models import Room
scenario = default_scenario() if {nodes} <= 3 else world({nodes}, {nodes} * 10)
print(Room.objects.open_with(scenario, playing=True, speed={speed}).code)
"""
COUNT = """() => {
  window.counted = { frames: 0, longest: 0, last: performance.now() };
  const frame = (now) => {
    window.counted.frames += 1;
    window.counted.longest = Math.max(window.counted.longest, now - window.counted.last);
    window.counted.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
BOOTING = 600_000


def made(nodes: int, speed: float, environment: dict[str, str]) -> str:
    """The code of a new room of that size."""
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command",
         NEW_ROOM.format(nodes=nodes, speed=speed)],
        cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip


def metrics(session: CDPSession) -> dict[str, float]:
    """The browser's own, the heap after a collection."""
    session.send("HeapProfiler.collectGarbage")
    found: dict[str, Any] = session.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in found["metrics"]}


def measure(browser: Browser, url: str, seconds: float) -> dict[str, float]:
    """One room watched for so long, once it is there."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    ticks = [0]
    session.send("Network.enable")
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: ticks.__setitem__(0, ticks[0] + ('"tick"' in event["response"]["payloadData"][:40])),
    )
    page.goto(url)
    page.wait_for_selector("[data-node]", timeout=BOOTING)
    page.wait_for_timeout(3000)
    page.evaluate(COUNT)
    before, counted = metrics(session), ticks[0]
    page.wait_for_timeout(seconds * 1000)
    frames = page.evaluate("window.counted")
    after = metrics(session)
    page.close()
    some = max(1, ticks[0] - counted)
    return {
        "fps": frames["frames"] / seconds,
        "longest": frames["longest"],
        "script": (after["ScriptDuration"] - before["ScriptDuration"]) / some * 1000,
        "ticks": some / seconds,
        "heap": (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 1e6,
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, nargs="+", default=[3, 30, 300])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--speed", type=float, default=10)
    options = parser.parse_args()
    print(machine())
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as directory:
        environment = {"VAR_DIR": directory}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env={**os.environ, **environment}, check=True)
        codes = {nodes: made(nodes, options.speed, environment) for nodes in options.nodes}
        with (
            daphne("visualizer.asgi:application", port_of(3), **environment),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            origin = f"http://127.0.0.1:{port_of(3)}"
            urllib.request.urlopen(f"{origin}/healthz", timeout=STARTING).read()
            for nodes, code in codes.items():
                found = measure(browser, f"{origin}/rooms/{code}/", options.seconds)
                row(
                    f"{nodes} nodes: frames a second",
                    f"{found['fps']:.0f}",
                    f"longest {found['longest']:.0f} ms",
                )
                row(
                    "  script per tick, all included",
                    f"{found['script']:.1f} ms",
                    f"{found['ticks']:.1f} ticks/s",
                )
                row("  growth of the heap", f"{found['heap']:+.1f} MB", f"in {options.seconds:.0f} s")
            browser.close()


if __name__ == "__main__":
    main()
