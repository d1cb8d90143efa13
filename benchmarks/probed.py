"""The server with a probe in its event loop: what held it up is written to the file that LAG_FILE names.

A line for each time the loop was late: when and by how much, and where that time went. *run*: the loop's own
thread was computing; *queue*: it was ready, and the machine ran something else; *lock*: the rest, in which
another thread of this process held the interpreter, or the system wrote or read. Then the callback of the
loop that took longest, seconds of garbage collection, and what the other threads were at.
"""

import asyncio
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any, Final

from visualizer.asgi import application as server

EVERY: Final = 0.005
"""Seconds between two looks at the clock."""
LATE: Final = float(os.environ.get("LAG_LATE", "0.02"))
"""Seconds by which a look is late that are worth a line."""
DEEP: Final = 4
"""Frames of a stack that are told."""
IDLE: Final = ("_worker", "unix_poll", "wait", "pool_manager_loop", "select", "end_with", "_look")
"""Functions in which a thread has nothing to do."""


class Probe:
    """Looks at the clock in the event loop, again and again."""

    def __init__(self, path: str) -> None:
        self._out = Path(path).open("a", buffering=1)  # noqa: SIM115 for as long as the server lives
        self._loop = asyncio.get_running_loop()
        self._thread, self._number = threading.get_ident(), threading.get_native_id()
        self._seen = self._used()
        self._slowest = (0.0, "")
        self._collected = 0.0
        self._collecting = 0.0
        self._stacks: dict[str, int] = {}
        gc.callbacks.append(self._collects)
        _name_callbacks(self)
        threading.Thread(target=self._watch, daemon=True).start()
        self._loop.call_later(EVERY, self._look)

    def _used(self) -> tuple[float, float, float]:
        """The clock, and by it what this thread computed and waited for a core, in seconds."""
        told = Path(f"/proc/self/task/{self._number}/schedstat").read_text().split()
        return time.perf_counter(), int(told[0]) / 1e9, int(told[1]) / 1e9

    def _look(self) -> None:
        before, self._seen = self._seen, self._used()
        took, run, queue = (now - was for now, was in zip(self._seen, before, strict=True))
        if took - EVERY > LATE:
            told = {
                "at": round(time.time(), 3),
                "late": round(took - EVERY, 3),
                "run": round(run, 3),
                "queue": round(queue, 3),
                "lock": round(max(0.0, took - EVERY - run - queue), 3),
                "slowest": [round(self._slowest[0], 3), self._slowest[1]],
                "garbage": round(self._collected, 3),
                "threads": dict(sorted(self._stacks.items(), key=lambda one: -one[1])[:4]),
            }
            self._out.write(json.dumps(told) + "\n")
        self._slowest, self._collected, self._stacks = (0.0, ""), 0.0, {}
        self._loop.call_later(EVERY, self._look)

    def ran(self, seconds: float, callback: object) -> None:
        """A callback of the loop took so long."""
        if seconds > self._slowest[0]:
            self._slowest = seconds, repr(callback)[:200]

    def _collects(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter()
        else:
            self._collected += time.perf_counter() - self._collecting

    def _watch(self) -> None:
        """While the loop is late: where all threads are."""
        own = threading.get_ident()
        while True:
            time.sleep(EVERY)
            if time.perf_counter() - self._seen[0] < LATE:
                continue
            for thread, frame in sys._current_frames().items():
                if thread != own and frame.f_code.co_name not in IDLE:
                    where = ("loop: " if thread == self._thread else "") + _stack(frame)
                    self._stacks[where] = self._stacks.get(where, 0) + 1


def _stack(frame: FrameType | None) -> str:
    found: list[str] = []
    while frame is not None and len(found) < DEEP:
        code = frame.f_code
        found.append(f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(found)


def _name_callbacks(probe: Probe) -> None:
    plain = asyncio.events.Handle._run

    def timed(handle: Any) -> None:
        callback, began = handle._callback, time.perf_counter()
        plain(handle)
        if (took := time.perf_counter() - began) > EVERY:
            task = getattr(callback, "__self__", None)
            probe.ran(took, task if isinstance(task, asyncio.Task) else callback)

    asyncio.events.Handle._run = timed  # type: ignore[method-assign,assignment]


_probe: Probe | None = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The server's own; the probe begins with the first request."""
    global _probe  # noqa: PLW0603 one event loop, one probe
    if _probe is None:
        _probe = Probe(os.environ["LAG_FILE"])
    await server(scope, receive, send)
