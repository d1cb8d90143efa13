"""Server CPU per delivered tick, beside the naive way and beside a bare hub, on the same server software.

    python -m benchmarks.delivery [--viewers 100] [--seconds 6]

All servers are Daphne in a process of their own; the viewers are real WebSocket clients in another. The
naive one sends the very tick that was captured from the real room, as a dict that each viewer's consumer
encodes for itself; the bare hub sends it as text to everybody and does nothing else.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import websockets

from benchmarks.managing import ROOT, prepared
from benchmarks.timing import machine, row

TICKS_PER_CPU_SECOND = os.sysconf("SC_CLK_TCK")
STARTING = 60
SAMPLES = 2000
TOGETHER = 16
"""Ticks that the page acknowledges at once."""


@dataclass
class Received:
    """What the viewers got."""

    frames: int = 0
    characters: int = 0
    samples: list[str] = field(default_factory=list)

    def typical(self) -> str:
        """The tick whose length is nearest to the mean."""
        mean = self.characters / self.frames
        return min(self.samples, key=lambda text: abs(len(text) - mean))


def cpu_of(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_CPU_SECOND


def port_of(number: int) -> int:
    """A port for each of the servers."""
    return 18000 + os.getpid() % 1000 + number


@contextlib.contextmanager
def daphne(application: str, port: int, log: str = os.devnull, **environment: str):  # type: ignore[no-untyped-def]
    """The server, once it listens."""
    command = [
        sys.executable,
        "-m",
        "daphne",
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        "--verbosity",
        "0",
        application,
    ]
    with Path(log).open("ab") as stream:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stderr=stream)
    try:
        for _ in range(STARTING * 10):
            with contextlib.suppress(OSError):
                asyncio.run(_knock(port))
                break
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


async def _knock(port: int) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def view(url: str, origin: str, until: float, received: Received, counted_from: float) -> None:
    """One viewer: acknowledges some ticks at a time, as the page does."""
    acknowledged = 0
    async with websockets.connect(url, origin=origin, max_size=None, compression=None) as socket:  # type: ignore[arg-type]
        while (left := until - time.monotonic()) > 0:
            try:
                text = await asyncio.wait_for(socket.recv(decode=True), left)
            except TimeoutError:
                return
            match = re.search(r'"seq":\s*(\d+)', text[:200]) or re.search(r'"seq":\s*(\d+)', text)
            if match is None:
                continue
            if int(match[1]) - acknowledged >= TOGETHER or '"snapshot"' in text[:40]:
                acknowledged = int(match[1])
                await socket.send(f'{{"type":"ack","seq":{acknowledged}}}')
            if time.monotonic() >= counted_from and '"tick"' in text[:40]:
                received.frames += 1
                received.characters += len(text)
                if len(received.samples) < SAMPLES:
                    received.samples.append(text)


async def watch(
    url: str, origin: str, viewers: int, seconds: float, process: subprocess.Popen[bytes]
) -> tuple[Received, float]:
    """So many viewers for so long; the CPU time the server took for it, connecting left out."""
    received = Received()
    start = time.monotonic() + 2 + viewers * 0.01
    end = start + seconds
    audience = [asyncio.create_task(view(url, origin, end, received, start)) for _ in range(viewers)]
    await asyncio.sleep(start - time.monotonic())
    before = cpu_of(process)
    await asyncio.sleep(seconds - 0.1)
    spent = cpu_of(process) - before
    await asyncio.gather(*audience, return_exceptions=True)
    return received, spent


def real_room(directory: str, viewers: int, seconds: float) -> tuple[Received, float, float]:
    """Viewers of a playing room; then the same server with one viewer, so that the model's own cost can be
    told apart."""
    environment = {"VAR_DIR": directory}
    port = port_of(0)
    code = prepared(directory, NEW_ROOM)
    with daphne("visualizer.asgi:application", port, **environment) as process:
        origin = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(f"{origin}/healthz", timeout=STARTING).read()
        url = f"ws://127.0.0.1:{port}/ws/rooms/{code}/"
        _alone, idle = asyncio.run(watch(url, origin, 1, seconds, process))
        received, spent = asyncio.run(watch(url, origin, viewers, seconds, process))
    return received, spent, idle


NEW_ROOM = (
    "from clustersim import default_scenario; from visualizer.rooms.models import Room;"
    "print(Room.objects.open_with(default_scenario(), playing=True).code)"
)


BASELINES = {"bare hub": "benchmarks.hub:application", "naive": "benchmarks.naive:application"}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=6)
    arguments = parser.parse_args()
    viewers, seconds = min(arguments.viewers, 1000), min(arguments.seconds, 120)
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as directory:
        ours, spent, idle = real_room(directory, viewers, seconds)
        each = spent / ours.frames * 1e6
        told(f"room, {viewers} viewers", ours)
        row(
            "  server CPU per delivered tick, all included",
            f"{each:.0f} us",
            f"{spent / seconds:.0%} of a core",
        )
        row(
            "  of that without the model and the first viewer", f"{(spent - idle) / ours.frames * 1e6:.0f} us"
        )
        tick_file = Path(directory) / "tick.json"
        tick_file.write_text(json.dumps(json.loads(ours.typical())))
        for number, (name, application) in enumerate(BASELINES.items(), 1):
            port = port_of(number)
            with daphne(application, port, TICK_FILE=str(tick_file)) as process:
                url, origin = f"ws://127.0.0.1:{port}/ws", f"http://127.0.0.1:{port}"
                theirs, cost = asyncio.run(watch(url, origin, viewers, seconds, process))
            one = cost / theirs.frames * 1e6
            told(f"{name}, {viewers} viewers", theirs)
            row("  server CPU per delivered tick", f"{one:.0f} us", f"{one / each:.1f} times the room's")


def told(name: str, received: Received) -> None:
    """What the viewers got; said at once, for whoever waits."""
    size = f"{received.characters / received.frames:,.0f} characters each"
    row(f"{name}: ticks delivered", f"{received.frames:,}", size)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
