"""What other rooms feel while a large room opens, is entered and played.

    python -m benchmarks.bystander [--nodes 1000] [--pods 3000]

Somebody watches a small room that plays, ten ticks a second; another person opens the large one. Told: the
longest pauses between two ticks of the small room, in what the large room was doing then; and for each such
time what held up the server's event loop longest (`benchmarks.probed`). Last comes the floor: the same room
while processes that have nothing to do with the server take as much of the machine, one with the priority of
a worker that opens rooms, one with that of the server.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.timing import machine, row
from tests.conftest import Server
from tests.wire.client import watching
from visualizer.workers import NICE, Lane

SETTLE = 5
"""Seconds before the large room opens: what starting costs is over by then."""
PLAYED = 10
IDLE = 5
"""Seconds after which a room that nobody watches is closed, at twice that time at the latest."""
LONGEST = 600
"""Seconds after which the opening is given up."""
FLOOR = 15
"""Seconds for which others take the machine."""
FLOORS = {
    "floor: a worker's work elsewhere": (NICE[Lane.OPENING],),
    "floor: and a thread's": (NICE[Lane.OPENING], 0),
}
BURN = "import os\nos.nice({nice})\nwhile True:\n    sum(range(10_000))\n"
MAKE = """
from benchmarks import model
from visualizer.rooms.models import Room
print(Room.objects.open_with(model.world({nodes}, {pods}, "v1.7")).code)
"""


class Bystander:
    """Pauses between two ticks, by what happened meanwhile; phases: when each began."""

    def __init__(self) -> None:
        self.pauses: dict[str, list[float]] = {}
        self.phases: list[tuple[float, str]] = []
        self.enter("at rest")

    @property
    def phase(self) -> str:
        """What happens now."""
        return self.phases[-1][1]

    def enter(self, phase: str) -> None:
        """That happens from now on."""
        self.phases.append((time.time(), phase))

    async def watch(self, server: Server, code: str) -> None:
        async with watching(server, code) as viewer:
            await viewer.hear("tick")
            before = time.perf_counter()
            while True:
                await viewer.hear("tick")
                now = time.perf_counter()
                self.pauses.setdefault(self.phase, []).append(now - before)
                before = now

    def phase_at(self, at: float) -> str:
        """What happened at that time of the day."""
        return next((phase for began, phase in reversed(self.phases) if began <= at), self.phases[0][1])


async def measure(server: Server, nodes: int, pods: int) -> Bystander:
    server.start()
    small, large = server.new_room(playing=True), server.shell(MAKE.format(nodes=nodes, pods=pods))
    bystander = Bystander()
    watching_small = asyncio.create_task(bystander.watch(server, small))
    await asyncio.sleep(SETTLE)
    for phase in ("opening", "opening from its snapshot"):
        bystander.enter(phase)
        async with asyncio.timeout(LONGEST), watching(server, large) as viewer:
            await viewer.hear("snapshot")
            bystander.enter(f"just after {phase}")
            await asyncio.sleep(1)
            bystander.enter("playing")
            await viewer.say(type="transport", action="play")
            await viewer.hear("tick")
            await asyncio.sleep(PLAYED)
            bystander.enter("pausing")
            await viewer.say(type="transport", action="pause")
            await asyncio.sleep(SETTLE)
        bystander.enter("closing")
        await asyncio.sleep(3 * IDLE)
    for phase, priorities in FLOORS.items():
        bystander.enter(phase)
        async with burning(*priorities):
            await asyncio.sleep(FLOOR)
    watching_small.cancel()
    return bystander


@asynccontextmanager
async def burning(*priorities: int) -> AsyncIterator[None]:
    """Meanwhile processes compute that have nothing to do with the server, one of each priority."""
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", BURN.format(nice=nice))
        for nice in priorities
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            await process.wait()


def held_up(bystander: Bystander, told: Path) -> dict[str, dict[str, Any]]:
    """By phase, the time when the server itself held up its event loop longest, as the probe tells it: what
    it waited for a core is left out.
    """
    worst: dict[str, dict[str, Any]] = {}
    for line in told.read_text().splitlines() if told.exists() else ():
        late = json.loads(line)
        phase = bystander.phase_at(late["at"])
        if phase not in worst or _own(late) > _own(worst[phase]):
            worst[phase] = late
    return worst


def _own(late: dict[str, Any]) -> float:
    return float(late["run"] + late["lock"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--pods", type=int, default=3000)
    parser.add_argument("--keep", type=Path, help="a file for all that the probe told")
    asked = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as directory:
        told = asked.keep or Path(directory) / "late.jsonl"
        server = Server(Path(directory), ROOM_IDLE_SECONDS=str(IDLE), LAG_FILE=str(told.resolve()))
        server.application = "benchmarks.probed:application"
        server.manage("migrate", "--verbosity", "0")
        try:
            found = asyncio.run(measure(server, asked.nodes, asked.pods))
        finally:
            server.kill()
            server.end_shell()
        worst = held_up(found, told)
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}")
    for phase, pauses in found.pauses.items():
        longest = sorted(pauses, reverse=True)[:3]
        row(f"{phase}: longest pauses", ", ".join(f"{pause * 1000:.0f}" for pause in longest), "ms")
        if phase in worst:
            late = worst[phase]
            where = ", ".join(f"{name} {late[name] * 1000:.0f}" for name in ("run", "queue", "lock"))
            took, callback = late["slowest"]
            row("  the server itself held it up for", f"{_own(late) * 1000:.0f} ms", where)
            if took:
                print(f"    {took * 1000:.0f} ms: {callback}")
            for stack, times in late["threads"].items():
                print(f"    {times}x {stack}")


if __name__ == "__main__":
    main()
