"""How smooth the stage is in a real browser with software rendering, at several sizes, while it plays.

    python -m benchmarks.frames [--nodes 3 30 300] [--seconds 20] [--speed 10]

Frames a second as requestAnimationFrame gives them; script time per tick and heap as the browser's own
metrics say, the heap after a garbage collection. Needs Chromium and what the browser tests need.
"""

import argparse
from typing import Any

from playwright.sync_api import Browser, CDPSession

from benchmarks.pages import rooms
from benchmarks.timing import machine, row

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
    with rooms(options.nodes, options.speed) as (browser, urls):
        for nodes, url in urls.items():
            found = measure(browser, url, options.seconds)
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


if __name__ == "__main__":
    main()
