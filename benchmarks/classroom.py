"""A class of real WebSocket clients through a whole lesson, beside an empty echo of the same size.

    python -m benchmarks.classroom [--students 40] [--lesson kubelet-dies]

Daphne runs in a process of its own; a teacher and the students are connections of this one. The teacher opens
every question, all answer it, both rounds; every step runs at full speed. What is timed is an answer's way to
the database and back. The echo is the same server software with a consumer that sends back what it gets.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from benchmarks.delivery import cpu_of, daphne, port_of
from benchmarks.managing import prepared
from benchmarks.quiet import lines_above_info
from benchmarks.timing import machine, row

LONGEST = 300
"""Seconds after which the lesson is given up."""
SPEED = 600
ECHOES = 10
PREPARE = """
from django.contrib.auth.models import User
from visualizer.lessons.catalogue import offer
from visualizer.lessons.views import open_room
User.objects.create_superuser('teacher', password='benchmark')
print(open_room(offer({lesson!r}), 'v1.7', 'follow').code)
"""


@dataclass
class Person:
    """A connection that acknowledges ticks and remembers the newest frames."""

    socket: ClientConnection
    answered: list[float] = field(default_factory=list)
    lost: int = 0
    last: dict[str, Any] = field(default_factory=dict)
    _seq: int | None = None
    _asked: dict[str, tuple[int, float]] = field(default_factory=dict)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        async for text in self.socket:
            frame = json.loads(text)
            kind = frame["type"]
            if kind in ("tick", "snapshot"):
                if kind == "tick" and self._seq is not None and frame["seq"] > self._seq + 1:
                    self.lost += frame["seq"] - self._seq - 1
                self._seq = frame["seq"]
                await self.say(type="ack", seq=frame["seq"])
            self.last[kind] = frame
            if kind == "answers":
                self._timed(frame)
            self.heard.set()

    def _timed(self, frame: dict[str, Any]) -> None:
        for ask, (round_, since) in list(self._asked.items()):
            if len(frame["asks"].get(ask, {}).get("given", ())) >= round_:
                self.answered.append(time.perf_counter() - since)
                del self._asked[ask]

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def until(self, fact: Any) -> None:
        while not fact(self.last):
            self.heard.clear()
            if not fact(self.last):
                await self.heard.wait()

    async def answer(self, ask: dict[str, Any], round_: int, number: int) -> None:
        await self.until(lambda last: last["lesson"]["polls"].get(ask["id"], {}).get("round") == round_)
        ids = [option["id"] for option in ask["options"]]
        given: Any = {
            "choice": ids[number % len(ids)] if ids else "",
            "number": number,
            "order": ids,
            "point": "n1",
        }[ask["kind"]]
        self._asked[ask["id"]] = (round_, time.perf_counter())
        await self.say(type="answer", ask=ask["id"], round=round_, answer=given)
        await self.until(lambda _last: ask["id"] not in self._asked)


async def teach(teacher: Person, students: list[Person]) -> None:
    """Every step; every question in all its rounds."""
    await teacher.until(lambda last: "lesson" in last)
    for step, item in enumerate(teacher.last["lesson"]["steps"]):
        await teacher.say(type="lesson", step=step)
        await teacher.until(lambda last, step=step: last["lesson"]["step"] == step)
        if item["what"] == "ask":
            await _poll(teacher, students, teacher.last["lesson"]["ask"])
        elif not teacher.last["lesson"]["over"] and item["what"] != "task":
            await teacher.say(type="transport", action="ease", on=False)
            await teacher.say(type="transport", action="speed", speed=SPEED)
            await teacher.until(lambda last: last["lesson"]["over"])


async def _poll(teacher: Person, students: list[Person], ask: dict[str, Any]) -> None:
    for round_ in range(1, ask["rounds"] + 1):
        await teacher.say(type="poll", ask=ask["id"], action="open" if round_ == 1 else "again")
        async with asyncio.TaskGroup() as group:
            for number, student in enumerate(students):
                group.create_task(student.answer(ask, round_, number))
        await teacher.say(type="poll", ask=ask["id"], action="lock")
        await teacher.until(lambda last: last["lesson"]["polls"].get(ask["id"], {}).get("phase") == "locked")


def cookies(origin: str, path: str, *, sign_in: bool = False) -> str:
    """The cookies of somebody who opened that page."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    if sign_in:
        login = f"{origin}/admin/login/?next={path}"
        opener.open(login).read()
        token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
        form = {"username": "teacher", "password": "benchmark", "csrfmiddlewaretoken": token, "next": path}
        opener.open(urllib.request.Request(login, urllib.parse.urlencode(form).encode(), {"Referer": login}))
    opener.open(f"{origin}{path}").read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def memory_of(process: subprocess.Popen[bytes]) -> float:
    """Megabytes of a process."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def lesson(origin: str, code: str, count: int, process: subprocess.Popen[bytes]) -> dict[str, float]:
    """The figures of one class."""
    path = f"/rooms/{code}/"
    jars = [cookies(origin, path, sign_in=True)] + [cookies(origin, path) for _ in range(count)]
    url = f"{origin.replace('http', 'ws')}/ws{path}"
    async with contextlib.AsyncExitStack() as stack:
        people = []
        for jar in jars:
            headers = {"Cookie": jar}
            socket = await stack.enter_async_context(
                websockets.connect(
                    url,
                    origin=origin,
                    additional_headers=headers,
                    max_size=None,
                    compression=None,  # type: ignore[arg-type]
                )
            )
            people.append(Person(socket))
        listening = [asyncio.create_task(person.listen()) for person in people]
        memory, cpu, began = memory_of(process), cpu_of(process), time.monotonic()
        async with asyncio.timeout(LONGEST):
            await teach(people[0], people[1:])
        took = time.monotonic() - began
        spent, grown = cpu_of(process) - cpu, memory_of(process) - memory
        for task in listening:
            task.cancel()
    times = sorted(one for person in people for one in person.answered)
    return {
        "answers": len(times),
        "p50 ms": statistics.median(times) * 1000,
        "p95 ms": times[int(len(times) * 0.95)] * 1000,
        "ticks lost": sum(person.lost for person in people),
        "seconds": took,
        "server CPU s": spent,
        "memory MB": memory + grown,
        "grown MB": grown,
    }


async def echo(origin: str, count: int) -> dict[str, float]:
    """The same number of connections; all say something at once, again and again."""
    times: list[float] = []

    async def one(socket: ClientConnection) -> None:
        since = time.perf_counter()
        await socket.send('{"type":"answer","ask":"q-notready","round":1,"answer":40}')
        await socket.recv()
        times.append(time.perf_counter() - since)

    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(
                websockets.connect(origin.replace("http", "ws"), compression=None)
            )
            for _ in range(count)
        ]
        for _ in range(ECHOES):
            await asyncio.gather(*(one(socket) for socket in sockets))
    times.sort()
    return {
        "answers": len(times),
        "p50 ms": statistics.median(times) * 1000,
        "p95 ms": times[int(len(times) * 0.95)] * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--lesson", default="kubelet-dies")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        environment = {"VAR_DIR": directory}
        code = prepared(directory, PREPARE.format(lesson=asked.lesson))
        log = Path(directory) / "server.log"
        with daphne("visualizer.asgi:application", port_of(2), str(log), **environment) as process:
            found = asyncio.run(lesson(f"http://127.0.0.1:{port_of(2)}", code, asked.students, process))
        found["lines of the log above info"] = len(lines_above_info(log))
    with daphne("benchmarks.echo:application", port_of(3)):
        empty = asyncio.run(echo(f"http://127.0.0.1:{port_of(3)}", asked.students))
    for name, value in found.items():
        row(name, f"{value:.1f}", f"(echo: {empty[name]:.1f})" if name in empty else "")


if __name__ == "__main__":
    main()
