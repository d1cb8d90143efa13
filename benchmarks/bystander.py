"""What other rooms feel while a large room opens, is entered and played.

    python -m benchmarks.bystander [--nodes 1000] [--pods 3000]

Somebody watches a small room that plays, ten ticks a second; another person opens the large one. Told: the
longest pauses between two ticks of the small room, in what the large room was doing then.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.timing import machine, row
from tests.conftest import Server
from tests.wire.client import watching

SETTLE = 5
"""Seconds before the large room opens: what starting costs is over by then."""
PLAYED = 10
IDLE = 5
"""Seconds after which a room that nobody watches is closed, at twice that time at the latest."""
LONGEST = 400
"""Seconds after which the opening is given up."""
MAKE = """
from benchmarks import model
from visualizer.rooms.models import Room
print(Room.objects.open_with(model.world({nodes}, {pods}, "v1.7")).code)
"""


class Bystander:
    """Pauses between two ticks, by what happened meanwhile."""

    def __init__(self) -> None:
        self.phase = "at rest"
        self.pauses: dict[str, list[float]] = {}

    async def watch(self, server: Server, code: str) -> None:
        async with watching(server, code) as viewer:
            await viewer.hear("tick")
            before = time.perf_counter()
            while True:
                await viewer.hear("tick")
                now = time.perf_counter()
                self.pauses.setdefault(self.phase, []).append(now - before)
                before = now


async def measure(server: Server, nodes: int, pods: int) -> Bystander:
    server.start()
    small, large = server.new_room(playing=True), server.shell(MAKE.format(nodes=nodes, pods=pods))
    bystander = Bystander()
    watching_small = asyncio.create_task(bystander.watch(server, small))
    await asyncio.sleep(SETTLE)
    for phase in ("opening", "opening from its snapshot"):
        bystander.phase = phase
        async with asyncio.timeout(LONGEST), watching(server, large) as viewer:
            await viewer.hear("snapshot")
            bystander.phase = f"just after {phase}"
            await asyncio.sleep(1)
            bystander.phase = "playing"
            await viewer.say(type="transport", action="play")
            await viewer.hear("tick")
            await asyncio.sleep(PLAYED)
            bystander.phase = "pausing"
            await viewer.say(type="transport", action="pause")
            await asyncio.sleep(SETTLE)
        bystander.phase = "closing"
        await asyncio.sleep(3 * IDLE)
    watching_small.cancel()
    return bystander


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--pods", type=int, default=3000)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory), ROOM_IDLE_SECONDS=str(IDLE))
        server.manage("migrate", "--verbosity", "0")
        try:
            found = asyncio.run(measure(server, asked.nodes, asked.pods))
        finally:
            server.kill()
            server.end_shell()
    for phase, pauses in found.pauses.items():
        worst = sorted(pauses, reverse=True)[:3]
        row(f"{phase}: longest pauses", ", ".join(f"{pause * 1000:.0f}" for pause in worst), "ms")


if __name__ == "__main__":
    main()
