"""Drills of many at once: rooms that play, each with somebody who watches, and viewers of one room."""

import asyncio
import re
import statistics
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

import websockets
from websockets.exceptions import ConnectionClosed

from benchmarks.delivery import TOGETHER, cpu_of
from tests.conftest import PATIENCE, Server
from tests.wire.client import watching

COME_IN: int = 20
"""Viewers that connect at the same time."""
SETTLE = 5.0
"""Seconds after the last viewer came in and before anything is measured."""


async def many_rooms(server: Server, rooms: int, seconds: float) -> dict[str, Any]:
    """So many rooms play at once, each with somebody who watches."""
    server.start()
    codes = [server.new_room(playing=True) for _ in range(rooms)]
    pauses: list[float] = []

    async def watch(code: str) -> None:
        async with watching(server, code) as viewer:
            await viewer.hear("tick")
            ends = time.perf_counter() + seconds
            while (before := time.perf_counter()) < ends:
                await viewer.hear("tick")
                pauses.append(time.perf_counter() - before)

    await asyncio.gather(*(watch(code) for code in codes))
    return {
        "rooms": rooms,
        "ticks a second and room": round(len(pauses) / rooms / seconds, 1),
        "pause, median ms": round(statistics.median(pauses) * 1000),
        "pause, worst ms": round(max(pauses) * 1000),
    }


class Audience:
    """Viewers of one room, and when which tick reached whom."""

    def __init__(self) -> None:
        self.there = 0
        self.lost = 0
        self.snapshots = 0
        self.counting = False
        self.heard: dict[int, list[float]] = defaultdict(list)
        self.ticks: dict[int, int] = defaultdict(int)
        self._door = asyncio.Semaphore(COME_IN)

    async def view(self, server: Server, code: str, number: int) -> None:
        """One of them: acknowledges some ticks at a time, as the page does."""
        address = f"ws://127.0.0.1:{server.port}/ws/rooms/{code}/"
        async with self._door:
            socket = await websockets.connect(
                address, origin=server.url, compression=None, open_timeout=PATIENCE, ping_interval=None
            )
        self.there += 1
        acknowledged = 0
        try:
            async for text in socket:
                found = re.match(r'\{"type":"(tick|snapshot)".*?"seq":(\d+)', str(text))
                if found is None:
                    continue
                seq = int(found[2])
                if seq - acknowledged >= TOGETHER or found[1] == "snapshot":
                    acknowledged = seq
                    await socket.send(f'{{"type":"ack","seq":{seq}}}')
                if self.counting:
                    self.snapshots += found[1] == "snapshot"
                    self.ticks[number] += found[1] == "tick"
                    self.heard[seq].append(time.perf_counter())
        except ConnectionClosed:
            self.lost += 1


async def many_viewers(server: Server, viewers: int, seconds: float) -> dict[str, Any]:
    """So many watch one room that plays; all of them are sockets of this one process."""
    server.start()
    code = server.new_room(playing=True)
    audience = Audience()
    tasks = [asyncio.create_task(audience.view(server, code, number)) for number in range(viewers)]
    began = time.perf_counter()
    while audience.there < viewers:
        await asyncio.sleep(0.1)
        for task in tasks:
            if task.done():
                task.result()
    entered = time.perf_counter() - began
    await asyncio.sleep(SETTLE)
    assert server.process is not None
    audience.counting, before = True, cpu_of(server.process)
    await asyncio.sleep(seconds)
    audience.counting, spent = False, cpu_of(server.process) - before
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    whole = [times for times in audience.heard.values() if len(times) == viewers]
    behind = [max(times) - min(times) for times in whole]
    firsts = sorted(min(times) for times in audience.heard.values())
    return {
        "viewers": viewers,
        "all were in after, s": round(entered, 1),
        "connections lost": audience.lost,
        "server CPU, % of a core": round(100 * spent / seconds),
        "server CPU a delivered tick, us": round(spent / max(1, sum(audience.ticks.values())) * 1e6),
        "ticks a second, median viewer": round(statistics.median(audience.ticks.values()) / seconds, 1),
        "ticks a second, slowest viewer": round(min(audience.ticks.values()) / seconds, 1),
        "snapshots instead of ticks": audience.snapshots,
        "last viewer behind the first, median ms": round(statistics.median(behind) * 1000),
        "last viewer behind the first, worst ms": round(max(behind) * 1000),
        "pause between ticks, worst ms": round(
            max(later - earlier for earlier, later in pairwise(firsts)) * 1000
        ),
    }
