"""From the address to the first tick on the page of a running room, nothing in the browser's cache, over a
slow link.

    python -m benchmarks.first_tick [--times 9] [--megabit 10] [--latency 10]

The browser itself slows what it fetches (its WebSockets it does not). Another viewer keeps the room running.
"""

import argparse
import time
from typing import Any

from playwright.sync_api import Browser

from benchmarks.pages import rooms
from benchmarks.timing import machine, median, row

NODES = 3


def visit(browser: Browser, url: str, link: dict[str, Any]) -> dict[str, float]:
    """One visit in a browser that knows nothing: seconds, requests and kilobytes."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, **link})
    found = {"requests": 0.0, "kilobytes": 0.0}
    began = time.monotonic()

    def frame(event: dict[str, Any]) -> None:
        head = event["response"]["payloadData"][:60]
        for kind in ("snapshot", "tick"):
            if f'"{kind}"' in head:
                found.setdefault(kind, time.monotonic() - began)

    def add(name: str, number: float) -> None:
        found[name] += number

    session.on("Network.webSocketFrameReceived", frame)
    session.on("Network.requestWillBeSent", lambda _event: add("requests", 1))
    session.on("Network.loadingFinished", lambda event: add("kilobytes", event["encodedDataLength"] / 1000))
    page.goto(url)
    page.wait_for_selector("[data-node]")
    found["drawn"] = time.monotonic() - began
    while "tick" not in found:
        page.wait_for_timeout(10)
    context.close()
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--megabit", type=float, default=10, help="of the link, each way, a second")
    parser.add_argument("--latency", type=float, default=10, help="milliseconds until an answer begins")
    options = parser.parse_args()
    bytes_a_second = options.megabit * 1e6 / 8
    link = {
        "latency": options.latency,
        "downloadThroughput": bytes_a_second,
        "uploadThroughput": bytes_a_second,
    }
    print(machine())
    with rooms([NODES]) as (browser, urls):
        watching = browser.new_page()
        watching.goto(urls[NODES])
        watching.wait_for_selector("[data-node]")
        visits = [visit(browser, urls[NODES], link) for _ in range(options.times)]
    for name, called, unit in (
        ("tick", "to the first tick", "s"),
        ("drawn", "to the first picture", "s"),
        ("requests", "requests", ""),
        ("kilobytes", "over the wire", "KB"),
    ):
        digits = 2 if unit == "s" else 0
        row(called, f"{median([one[name] for one in visits]):.{digits}f} {unit}")


if __name__ == "__main__":
    main()
