"""A hundred thousand frames, pages and uploads made from the schemas and mutated, at a real server.

    python -m benchmarks.hostile [--frames 100000] [--viewers 60]

Viewers of several rooms send them as fast as the server allows one; some leave in the middle. Beside them one
viewer of a room of its own does nothing but watch: the longest pause between its ticks is what others feel.
Told: answers of 500 or more, lines of the log above info, that pause, and the server's memory before and
after.
"""

import argparse
import asyncio
import os
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from benchmarks.quiet import lines_above_info
from tests.conftest import Server
from tests.hostile.corpus import EXTREMES
from tests.hostile.frames import hostile
from tests.wire.client import watching

PACE = 1 / 25
"""Seconds between two frames of a viewer: what the server lets one say."""
PAGES = (
    "/", "/join/", "/try/", "/lessons/", "/import/", "/compare/?a={}&b={}", "/compare.json?a={}&b={}&t={}",
    "/rooms/{}/", "/rooms/{}/past.json?t={}&branch={}", "/rooms/{}/timeline.json?since={}&until={}",
    "/rooms/{}/run.json?branch={}", "/rooms/{}/snapshot.json", "/rooms/{}/explore/", "/rooms/{}/answers.csv",
    "/rooms/{}/qr.svg", "/api-versions/?release={}", "/timeouts/", "/k8s/{}/api/v1/pods?limit={}",
)  # fmt: skip


async def attack(server: Server, code: str, random: Random, frames: int) -> int:
    """So many frames; whoever is sent away comes again."""
    sent = 0
    while sent < frames:
        with suppress(Exception):
            async with watching(server, code) as viewer:
                reading = asyncio.create_task(_read(viewer))
                for _ in range(min(frames - sent, random.randrange(5, 400))):
                    text = hostile(random)
                    sent += 1
                    await viewer.socket.send(text)
                    await asyncio.sleep(PACE)
                reading.cancel()
    return sent


async def _read(viewer: Any) -> None:
    with suppress(Exception):
        while True:
            await viewer.hear("nothing")


async def watch(server: Server, code: str, ends: asyncio.Event) -> float:
    """The longest pause between two ticks that a bystander sees, in seconds."""
    longest = 0.0
    async with watching(server, code) as viewer:
        await viewer.hear("tick")
        before = time.perf_counter()
        while not ends.is_set():
            await viewer.hear("tick")
            now = time.perf_counter()
            longest, before = max(longest, now - before), now
    return longest


def browse(server: Server, codes: list[str], random: Random, pages: int) -> dict[int, int]:
    """Addresses and uploads with anything in them; how often each status came."""
    found: dict[int, int] = {}
    for _ in range(pages):
        path = random.choice(PAGES)
        values = [quote(str(random.choice([*codes, *EXTREMES])), safe="") for _ in range(path.count("{}"))]
        data = random.choice(
            (None, None, b"", b"code=x", b"\xff" * 200, str(random.choice(EXTREMES)).encode())
        )
        request = urllib.request.Request(f"{server.url}{path.format(*values)}", data=data)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        except (OSError, ValueError):
            status = 0
        found[status] = found.get(status, 0) + 1
    return found


def resident(server: Server) -> int:
    """Megabytes of the server's own process."""
    assert server.process is not None
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


async def measure(server: Server, frames: int, viewers: int) -> None:
    server.start()
    codes = [server.new_room() for _ in range(6)]
    bystander = server.new_room(playing=True)
    ends = asyncio.Event()
    watcher = asyncio.create_task(watch(server, bystander, ends))
    await asyncio.sleep(3)
    before = resident(server)
    began = time.perf_counter()
    share = frames // viewers
    attacks = [attack(server, codes[n % len(codes)], Random(n), share) for n in range(viewers)]
    pages = asyncio.to_thread(browse, server, codes, Random(0), max(20, frames // 100))
    *sent, statuses = await asyncio.gather(*attacks, pages)
    took = time.perf_counter() - began
    ends.set()
    pause = await watcher
    await asyncio.sleep(5)
    loud = lines_above_info(server.log)
    print(f"frames: {sum(sent)} in {took:.0f} s ({sum(sent) / took:.0f} a second), pages: {statuses}")
    failed = sum(count for status, count in statuses.items() if status >= 500 and status != 503)
    print(f"answers of 500 or more, but for 503: {failed}")
    print(f"longest pause of a bystander: {pause * 1000:.0f} ms")
    print(f"server's memory: {before} MB before, {resident(server)} MB after")
    print(f"lines of the log above info: {len(loud)}")
    for lines in loud[:10]:
        print(lines)
    server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--viewers", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory))
        server.manage("migrate", "--verbosity", "0")
        asyncio.run(measure(server, options.frames, options.viewers))


if __name__ == "__main__":
    main()
