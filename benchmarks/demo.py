"""From `make demo` in a fresh clone to the first tick on a WebSocket, and the same when everything is
installed.

    python -m benchmarks.demo

The baseline beside it is the installation alone (`make .venv/runtime`), which every Python project of this
kind pays.
"""

import argparse
import asyncio
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import websockets

from benchmarks.timing import machine, row

ROOT = Path(__file__).parent.parent
PORT = 19000 + os.getpid() % 900
PATIENCE = 600


def demo_to_first_tick(clone: Path) -> float:
    """Seconds from the command to the first tick."""
    started = time.monotonic()
    log = clone / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "demo", f"PORT={PORT}"], cwd=clone, stdout=output, stderr=output, start_new_session=True
        )
    try:
        while (code := re.search(r"/rooms/(\w+)/", log.read_text())) is None:
            if process.poll() is not None or time.monotonic() > started + PATIENCE:
                raise RuntimeError(log.read_text())
            time.sleep(0.05)
        asyncio.run(first_tick(code[1], started + PATIENCE))
        return time.monotonic() - started
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def first_tick(code: str, give_up: float) -> None:
    """Wait for the server, enter the room, wait for a tick."""
    url, origin = f"ws://127.0.0.1:{PORT}/ws/rooms/{code}/", f"http://127.0.0.1:{PORT}"
    while time.monotonic() < give_up:
        try:
            async with websockets.connect(url, origin=origin, max_size=None) as socket:  # type: ignore[arg-type]
                while '"type":"tick"' not in str(await socket.recv())[:40]:
                    pass
                return
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("no tick came")


def main() -> None:
    """Run and print."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        clone = Path(directory) / "clustersim"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        started = time.monotonic()
        subprocess.run(["make", ".venv/runtime"], cwd=clone, check=True, capture_output=True)
        install = time.monotonic() - started
        subprocess.run(["make", "clean"], cwd=clone, check=True, capture_output=True)
        fresh = demo_to_first_tick(clone)
        again = demo_to_first_tick(clone)
    row("make demo, fresh clone, to the first tick", f"{fresh:.1f} s")
    row("installing alone", f"{install:.1f} s")
    row("  demo : installing", f"{fresh / install:.2f} : 1")
    row("make demo again, to the first tick", f"{again:.1f} s")


if __name__ == "__main__":
    main()
