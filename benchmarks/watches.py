"""Server CPU per event that reaches a client of the Kubernetes API, beside a bare asyncio server.

    python -m benchmarks.watches [--watches 200] [--rate 10] [--seconds 15]

Every watch is a connection of its own; the changes are real PATCH requests, whose cost is in the figure. The
bare server sends the same number of bytes as often to as many.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from benchmarks.delivery import cpu_of, daphne, port_of
from benchmarks.managing import ROOT, manage, prepared
from benchmarks.timing import machine, row

PATH = "/api/v1/namespaces/default/configmaps"
MERGE = "application/merge-patch+json"


class Received:
    """What the clients got."""

    events = 0
    size = 0


async def listen(port: int, path: str, received: Received) -> None:
    """One watch, read for as long as it lasts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    try:
        while size := int(await reader.readline(), 16):
            chunk = await reader.readexactly(size + 2)
            received.events += chunk.count(b"\n") - 1
            received.size = size
    finally:
        writer.close()


def send(url: str, method: str, body: bytes = b"", type_: str = "application/json") -> int:
    """One request; the status of its answer."""
    request = urllib.request.Request(url, body or None, {"Content-Type": type_}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


async def write(base: str, rate: float, seconds: float) -> int:
    """So many changes a second."""
    began, done = time.monotonic(), 0
    while (now := time.monotonic()) - began < seconds:
        body = json.dumps({"data": {"n": str(done)}}).encode()
        await asyncio.to_thread(send, f"{base}{PATH}/ticker", "PATCH", body, MERGE)
        done += 1
        await asyncio.sleep(max(0.0, began + done / rate - now))
    return done


async def measure(
    process: "subprocess.Popen[bytes]", port: int, path: str, watches: int, work: object
) -> tuple[Received, float]:
    """The events that arrive while the work is done, and the server's CPU seconds."""
    received = Received()
    tasks = [asyncio.create_task(listen(port, path, received)) for _ in range(watches)]
    await asyncio.sleep(3)
    received.events, before = 0, cpu_of(process)
    await work  # type: ignore[misc]
    await asyncio.sleep(0.5)
    spent = cpu_of(process) - before
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return received, spent


def open_room(directory: str) -> str:
    """The path of a new room's API, with a token."""
    code = prepared(
        directory,
        "from clustersim import default_scenario; from visualizer.rooms.models import Room;"
        "print(Room.objects.open_with(default_scenario('v1.36')).code)",
    )
    config = manage(directory, "kubeconfig", code, "--server", "http://here")
    return config.partition("http://here")[2].split()[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--watches", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    print(machine())
    port, bare = port_of(4), port_of(5)
    with tempfile.TemporaryDirectory() as directory:
        path = open_room(directory)
        with daphne("visualizer.asgi:application", port, VAR_DIR=directory) as process:
            base = f"http://127.0.0.1:{port}{path}"
            send(base + PATH, "POST", b'{"metadata": {"name": "ticker"}}')
            watch = f"{path}{PATH}?watch=true&fieldSelector=metadata.name%3Dticker"
            work = write(base, options.rate, options.seconds)
            ours, spent = asyncio.run(measure(process, port, watch, options.watches, work))
    command = [sys.executable, "-m", "benchmarks.bare", str(bare), str(ours.size), str(options.rate)]
    naked = subprocess.Popen(command, cwd=ROOT)
    try:
        time.sleep(2)
        theirs, least = asyncio.run(
            measure(naked, bare, "/", options.watches, asyncio.sleep(options.seconds))
        )
    finally:
        naked.kill()
        naked.wait()
    for name, got, cpu in (("clustersim", ours, spent), ("bare asyncio", theirs, least)):
        note = f"{got.events} events of {got.size} bytes, {cpu:.2f} s"
        row(f"{name}, CPU per event", f"{1e6 * cpu / got.events:.1f} us", note)


if __name__ == "__main__":
    main()
