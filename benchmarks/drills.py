"""What a server survives: killed at random instants under commands, and a database that cannot be written to.

    python -m benchmarks.drills [--kills 100] [--seed 1]

Each drill uses a real server in a process of its own. After every kill the log is computed again in another
process and compared with what viewers were promised: nothing accepted is lost, nobody sees time go back, and
the state is the same, byte for byte. Beside it: how long the room takes to open again, with its snapshot on
disk and without.
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.conftest import Server
from tests.wire.client import Viewer, watching
from tests.wire.test_crash import live, replayed

PACE = 1 / 20
"""Seconds between two commands: a viewer may not send many more."""
VERBS = ("cordon", "uncordon", "stop-kubelet", "start-kubelet", "scale")


async def command(viewer: Viewer, accepted: list[Any]) -> None:
    """One command after another; those that are accepted are noted with their time."""
    while True:
        verb = random.choice(VERBS)
        target = "rc/tomcat" if verb == "scale" else random.choice(("n1", "n2", "n3"))
        args = {"replicas": random.randrange(1, 6)} if verb == "scale" else {}
        await viewer.say(type="command", id=verb, seenT=0, do=verb, target=target, args=args, now=True)
        answer = await viewer.hear("accepted", "rejected")
        if answer["type"] == "accepted":
            accepted.append([answer["t"], verb])
        await asyncio.sleep(PACE)


async def killed(server: Server, kills: int) -> dict[str, Any]:
    """Commands come one after another; the server dies at any instant between them."""
    server.start()
    code = server.new_room(playing=True, speed=60.0)
    accepted: list[Any] = []
    seen, unequal, back, opened = 0, 0, 0, []
    for number in range(kills):
        began = time.perf_counter()
        async with watching(server, code) as viewer:
            snapshot = await viewer.hear("snapshot")
            opened.append(time.perf_counter() - began)
            back += snapshot["t"] < seen
            with suppress(TimeoutError, ConnectionClosed):
                async with asyncio.timeout(random.uniform(0.0, 1.5)):
                    await command(viewer, accepted)
            seen = max(seen, viewer.latest)
            server.kill()
        server.start()
        if number % 10 == 9 or number == kills - 1:
            async with watching(server, code) as viewer:
                await viewer.hear("snapshot")
                await viewer.pause()
                now = await live(server, code)
                unequal += replayed(server, code, now["t"])["hash"] != now["hash"]
                await viewer.say(type="transport", action="play")
                await viewer.hear("tick")
    log = [list(entry) for entry in replayed(server, code)["log"]]
    lost = [entry for entry in accepted if entry not in log]
    server.kill()
    return {
        "kills": kills,
        "accepted": len(accepted),
        "lost": len(lost),
        "time went back": back,
        "hashes unequal": unequal,
        "opening, median s": round(statistics.median(opened), 2),
        "opening, worst s": round(max(opened), 2),
    }


async def locked(server: Server, seconds: float) -> dict[str, Any]:
    """Somebody holds the database for a while."""
    server.start()
    code = server.new_room(playing=True, speed=10.0)
    told, statuses = [], []
    async with watching(server, code) as viewer:
        await viewer.hear("tick")
        lock = threading.Thread(target=_hold, args=(server.directory / "db.sqlite3", seconds))
        lock.start()
        await viewer.say(type="command", id="1", seenT=0, do="cordon", target="n1", now=True)
        statuses.append(await asyncio.to_thread(_status, f"{server.url}/healthz"))
        statuses.append(await asyncio.to_thread(_status, f"{server.url}/"))
        told.append((await viewer.hear("notice"))["text"]["en"])
        answer = await viewer.hear("accepted", "rejected")
        lock.join()
    server.kill()
    return {"told": told, "/healthz and / meanwhile": statuses, "the command": answer["type"]}


def _hold(path: Path, seconds: float) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    connection.execute("ROLLBACK")


def _status(url: str) -> int:
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


async def opening(server: Server, hours: int) -> dict[str, Any]:
    """A room of idle simulated hours, opened from its log alone and from its snapshot."""
    server.start()
    code = server.new_room()
    server.shell(
        "from visualizer.rooms.models import Branch;"
        f"Branch.objects.filter(room__code={code!r}).update(mark={hours} * 3600 * 10**6)"
    )
    found = {}
    for name in ("from the log, s", "from the snapshot, s"):
        began = time.perf_counter()
        async with watching(server, code) as viewer:
            await viewer.hear("snapshot")
            found[name] = round(time.perf_counter() - began, 2)
        server.kill()
        await asyncio.sleep(4)  # the lease of the dead runs out
        server.start()
    server.kill()
    return {"idle simulated hours": hours, **found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    drills = {
        "killed": lambda server: killed(server, options.kills),
        "locked for ten seconds": lambda server: locked(server, 10.0),
        "opening": lambda server: opening(server, 12),
    }
    for name, drill in drills.items():
        with tempfile.TemporaryDirectory() as directory:
            server = Server(Path(directory))
            server.manage("migrate", "--verbosity", "0")
            found = asyncio.run(drill(server))
        print(name)
        for what, value in found.items():
            print(f"  {what}: {value}")


if __name__ == "__main__":
    main()
