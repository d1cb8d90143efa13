"""What a server survives: killed at random instants under commands, forks, lessons and answers; a database
that is locked or read-only, a full disk, a clock that is set back; many rooms, and many viewers of one.

    python -m benchmarks.drills [--drills commands lessons locked ...] [--kills 100] [--seed 1]

Each drill uses a real server in a process of its own. After every kill what viewers were promised is compared
with what the next server shows: nothing accepted is lost, nobody sees time go back, no step of a lesson is
undone. The log is computed again in another process, and the state is the same, byte for byte. Beside it: how
long the room takes to open again, and what the log says above info.
"""

import argparse
import asyncio
import json
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed

from benchmarks.classroom import cookies
from benchmarks.crowds import many_rooms, many_viewers
from benchmarks.equal import equal
from benchmarks.quiet import lines_above_info
from benchmarks.storage_drills import clock_set_back, full_disk, locked, read_only, through
from tests.conftest import Server
from tests.wire.client import Viewer, watching

PACE = 1 / 20
"""Seconds between two commands: a viewer may not send many more."""
LONGEST = 3.0
"""Seconds of work after which a server is killed at the latest."""
CHECK_EVERY = 10
"""So many kills lie between two times that the whole run is computed again."""
VERBS = ("cordon", "uncordon", "stop-kubelet", "start-kubelet", "scale")
LOGGED = """
import json
from visualizer.rooms.models import CommandEntry
entries = CommandEntry.objects.filter(branch__room__code={code!r}).order_by("pk")
print(json.dumps([[one.branch_id, one.t, one.command["do"]] for one in entries]))
"""
LESSON = """
from visualizer.lessons.catalogue import offer
from visualizer.lessons.views import open_room
print(open_room(offer("kubelet-dies"), "v1.7", "alone").code)
"""


@dataclass
class Promised:
    """What viewers of a room were told, and where it was not kept."""

    accepted: list[list[Any]] = field(default_factory=list)
    branch: int = 0
    seen: int = -(2**60)
    step: int = -1
    given: dict[str, Any] = field(default_factory=dict)
    opened: list[float] = field(default_factory=list)
    broken: dict[str, int] = field(
        default_factory=lambda: {"lost": 0, "time went back": 0, "hashes unequal": 0, "steps undone": 0}
    )

    def shown(self, snapshot: dict[str, Any]) -> None:
        """A server shows the room again."""
        if snapshot["branch"] == self.branch:
            self.broken["time went back"] += snapshot["t"] < self.seen
        self.branch, self.seen = snapshot["branch"], snapshot["t"]

    def told(self) -> dict[str, Any]:
        """The figures."""
        return {
            "accepted": len(self.accepted),
            **self.broken,
            "opening, median s": round(statistics.median(self.opened), 2),
            "opening, worst s": round(max(self.opened), 2),
        }


async def command(viewer: Viewer, promised: Promised) -> None:
    """One command after another, some of them in the past; those that are accepted are noted."""
    while True:
        verb = random.choice(VERBS)
        target = "rc/tomcat" if verb == "scale" else random.choice(("n1", "n2", "n3"))
        args = {"replicas": random.randrange(1, 6)} if verb == "scale" else {}
        past = {"at": random.randrange(viewer.latest)} if viewer.latest > 0 and random.random() < 0.1 else {}
        asked = {"id": verb, "seenT": 0, "do": verb, "target": target, "args": args, "now": True, **past}
        await viewer.say(type="command", **asked)
        answer = await viewer.hear("accepted", "rejected")
        if answer["type"] == "accepted":
            promised.accepted.append([answer["branch"], answer["t"], verb])
        await asyncio.sleep(PACE)


async def learn(viewer: Viewer, promised: Promised) -> None:
    """A lesson as somebody takes it who thinks about nothing."""
    lesson = await viewer.hear("lesson")
    answers = await viewer.hear("answers")
    given = {ask: one["given"] for ask, one in answers["asks"].items() if one["given"]}
    promised.broken["lost"] += sum(given.get(ask) != one for ask, one in promised.given.items())
    promised.broken["steps undone"] += lesson["step"] < promised.step
    while True:
        promised.step = max(promised.step, lesson["step"])
        ask = lesson["ask"]
        if ask is not None and len(given := promised.given.get(ask["id"], [])) < ask["rounds"]:
            options = [option["id"] for option in ask["options"]]
            answer = {"number": 40, "point": "etcd", "order": options}.get(ask["kind"], (*options, "")[0])
            await viewer.say(type="answer", ask=ask["id"], round=len(given) + 1, answer=answer)
            while True:
                heard = await viewer.hear("answers", "error")
                if heard["type"] == "error":
                    break
                if len(told := heard["asks"].get(ask["id"], {}).get("given", [])) > len(given):
                    promised.given[ask["id"]] = told
                    promised.accepted.append([ask["id"], len(told)])
                    break
        elif lesson["over"] or lesson["step"] < 0:
            await viewer.say(type="lesson", step=lesson["step"] + 1)
            lesson = await viewer.hear("lesson", "error")
        else:
            await viewer.say(type="transport", action="speed", speed=60)
            start = {"id": "task", "seenT": 0, "do": "start-kubelet", "target": "n1", "now": True}
            await viewer.say(type="command", **start)
            lesson = await viewer.hear("lesson")
        if lesson["type"] == "error" or lesson["free"]:
            await viewer.hear("nothing")
        await asyncio.sleep(PACE)


Work = Callable[[Viewer, Promised], Awaitable[None]]


async def killed(server: Server, kills: int, code: str, work: Work, cookie: str = "") -> Promised:
    """The server dies again and again at any instant of this work in a room."""
    promised = Promised()
    for number in range(kills):
        began = time.perf_counter()
        async with watching(server, code, cookie) as viewer:
            promised.shown(await viewer.hear("snapshot"))
            promised.opened.append(time.perf_counter() - began)
            with suppress(TimeoutError, ConnectionClosed):
                async with asyncio.timeout(random.uniform(0.0, LONGEST)):
                    await work(viewer, promised)
            promised.branch, promised.seen = viewer.branch, viewer.latest
            server.kill()
        server.start()
        if number % CHECK_EVERY == CHECK_EVERY - 1 or number == kills - 1:
            promised.broken["hashes unequal"] += not await equal(server, code, cookie)
    return promised


async def under_commands(server: Server, kills: int) -> dict[str, Any]:
    """Commands and forks, one after another."""
    server.start()
    code = server.new_room(playing=True, speed=60.0)
    promised = await killed(server, kills, code, command)
    logged = json.loads(server.shell(LOGGED.format(code=code)))
    promised.broken["lost"] += sum(one not in logged for one in promised.accepted)
    forks = len({branch for branch, _t, _do in logged})
    return {"kills": kills, "branches": forks, **promised.told(), "lines above info": loud(server)}


async def under_lessons(server: Server, kills: int) -> dict[str, Any]:
    """Lessons that people take alone; a new one for every ten kills."""
    server.start()
    found: dict[str, Any] = {"kills": kills, "steps": 0}
    for _ in range(max(1, kills // CHECK_EVERY)):
        code = server.shell(LESSON)
        cookie = await asyncio.to_thread(cookies, server.url, f"/rooms/{code}/")
        promised = await killed(server, min(kills, CHECK_EVERY), code, learn, cookie)
        found["steps"] += promised.step + 1
        for name, value in promised.told().items():
            found[name] = max(found.get(name, 0), value) if name[-1] == "s" else found.get(name, 0) + value
    return {**found, "lines above info": loud(server)}


async def stalled(server: Server, seconds: float) -> dict[str, Any]:
    """The process stands still for a while, as on a machine that sleeps."""
    server.start()
    code = server.new_room(playing=True)
    async with watching(server, code) as viewer:
        await viewer.hear("tick")
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        before = viewer.latest
        server.process.send_signal(signal.SIGCONT)
        await viewer.say(type="command", id="1", seenT=0, do="cordon", target="n1", now=True)
        answer = await viewer.hear("accepted", "rejected")
        leap = (await viewer.hear("tick"))["t"] - before
    same = await equal(server, code)
    return {
        "stood still, s": seconds,
        "a command afterwards": answer["type"],
        "simulated time that passed, s": round(leap / 1e6, 1),
        "hashes equal": same,
        "lines above info": loud(server),
    }


async def and_its_log(server: Server, drill: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """What a drill found, and what the log says."""
    return {**await drill, "lines above info": loud(server)}


def loud(server: Server) -> int:
    """Lines of the log above info."""
    server.kill()
    found = lines_above_info(server.log)
    for lines in found[:5]:
        print(lines)
    return len(found)


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
    drills: dict[str, Callable[[Server], Awaitable[dict[str, Any]]]] = {
        "commands": lambda server: under_commands(server, options.kills),
        "lessons": lambda server: under_lessons(server, options.kills),
        "clock": clock_set_back,
        "full": lambda server: full_disk(server, 10.0),
        "locked": lambda server: through(server, locked, 10.0),
        "opening": lambda server: opening(server, 12),
        "read-only": lambda server: through(server, read_only, 10.0),
        "rooms": lambda server: and_its_log(server, many_rooms(server, 30, 20.0)),
        "stalled": lambda server: stalled(server, 60.0),
        "viewers": lambda server: and_its_log(server, many_viewers(server, 500, 20.0)),
    }
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--drills", nargs="+", choices=drills, default=list(drills))
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    for name in options.drills:
        with tempfile.TemporaryDirectory() as directory:
            server = Server(Path(directory))
            server.manage("migrate", "--verbosity", "0")
            try:
                found = asyncio.run(drills[name](server))
            finally:
                server.kill()
                server.end_shell()
        print(name)
        for what, value in found.items():
            print(f"  {what}: {value}", flush=True)


if __name__ == "__main__":
    main()
