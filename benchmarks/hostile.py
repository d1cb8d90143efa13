"""A hundred thousand frames, pages and uploads made from the schemas and mutated, at a real server.

    python -m benchmarks.hostile [--frames 100000] [--viewers 60] [--rounds 1] [--seed 0]

Viewers of several rooms send them as fast as the server allows one; some leave in the middle. Beside them one
viewer of a room of its own does nothing but watch: the longest pause between its ticks is what others feel.
Told: answers of 500 or more, lines of the log above info, that pause, and the server's memory before and
after. In several rounds, all rooms closed in between, memory tells a leak from what is made once: templates,
lessons and modules that are read when somebody first asks, and what allocator and database keep.
"""

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPException
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from benchmarks.delivery import cpu_of
from benchmarks.quiet import lines_above_info
from tests.conftest import Server
from tests.hostile.frames import hostile
from tests.hostile.pages import Asked, requests
from tests.web.kubeapi.malformed import malformed
from tests.wire.client import Browser, watching

PACE = 1 / 25
"""Seconds between two frames of a viewer: what the server lets one say."""
IDLE = 5
"""Seconds after which rooms that nobody watches are closed; memory is looked at when all are."""
MAKE = """
from clustersim import default_scenario
from django.contrib.auth.models import User
from visualizer.lessons.catalogue import offer
from visualizer.lessons.views import open_room
from visualizer.profiles.models import Profile
from visualizer.studio import starts
from visualizer.studio.models import Draft
alice = User.objects.get(username="alice")
course = open_room(offer("kubelet-dies"), "v1.7", "follow", alice)
profile = Profile.objects.create(name="p", release="v1.7", owned_by=alice)
draft = Draft.objects.create(text=starts.template(), owned_by=alice)
print(course.code, profile.pk, draft.pk)
"""
"""What there is beside rooms."""


async def attack(server: Server, code: str, random: Random, frames: int) -> int:
    """So many frames; whoever is sent away comes again."""
    sent = 0
    while sent < frames:
        with suppress(Exception):
            async with watching(server, code) as viewer:
                reading = asyncio.create_task(_read(viewer))
                for _ in range(min(frames - sent, random.randrange(5, 400))):
                    text = hostile(random)
                    sent += 1
                    await viewer.socket.send(text)
                    await asyncio.sleep(PACE)
                reading.cancel()
    return sent


async def _read(viewer: Any) -> None:
    with suppress(Exception):
        while True:
            await viewer.hear("nothing")


class Bystander:
    """Watches from a process of its own, since those that send are busy, too.

    longest: the longest pause between two ticks, in seconds; most: the most CPU time that the server spent
    between two, which is the pause on a machine that does nothing else.
    """

    def __init__(self, server: Server, code: str) -> None:
        self._ends = _PROCESSES.Event()
        self._told, told = _PROCESSES.Pipe(duplex=False)
        self._process = _PROCESSES.Process(target=_watch_alone, args=(server, code, self._ends, told))
        self._process.start()

    def end(self) -> tuple[float, float]:
        """Both, when it has left."""
        self._ends.set()
        longest, most = self._told.recv()
        self._process.join()
        return longest, most


_PROCESSES: Final = multiprocessing.get_context("fork")


def _watch_alone(server: Server, code: str, ends: Event, told: Connection) -> None:
    told.send(asyncio.run(_watch(server, code, ends)))


async def _watch(server: Server, code: str, ends: Event) -> tuple[float, float]:
    assert server.process is not None
    longest = most = 0.0
    async with watching(server, code) as viewer:
        await viewer.hear("tick")
        before, spent = time.perf_counter(), cpu_of(server.process)
        while not ends.is_set():
            await viewer.hear("tick")
            now, cpu = time.perf_counter(), cpu_of(server.process)
            longest, most = max(longest, now - before), max(most, cpu - spent)
            before, spent = now, cpu
    return longest, most


def browse(server: Server, places: list[str], random: Random, count: int) -> Counter[int]:
    """Pages, forms and uploads, half of them an instructor's, and requests of API clients; how often each
    status came.
    """
    found: Counter[int] = Counter()
    opened = [Browser(server).opener, build_opener(HTTPCookieProcessor())]
    for one in malformed(random, count // 3):
        path = f"/k8s/{random.choice(places)}{one.path}"
        headers = {"Content-Type": one.type, "Accept": one.accept}
        found[_status(server, opened[1], one.method, path, one.body, headers)] += 1
    for asked in requests(random, count - count // 3, places):
        body, headers = _multipart(asked) if asked.method == "POST" else (None, {})
        found[_status(server, random.choice(opened), asked.method, asked.path, body, headers)] += 1
    return found


def _status(
    server: Server,
    opener: OpenerDirector,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
) -> int:
    """0: no answer that could be read."""
    jar = next(one.cookiejar for one in opener.handlers if isinstance(one, HTTPCookieProcessor))
    token = next((cookie.value or "" for cookie in jar if cookie.name == "csrftoken"), "")
    address = server.url + quote(path, safe="/?=&%+,;:@!$'()*~")
    request = Request(address, body, {**headers, "X-CSRFToken": token}, method=method)
    try:
        with opener.open(request, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (OSError, ValueError, HTTPException):
        return 0


def _multipart(asked: Asked) -> tuple[bytes, dict[str, str]]:
    data: dict[str, Any] = dict(asked.form)
    if asked.upload is not None:
        name, content = asked.upload
        data[name] = SimpleUploadedFile("a.yaml", content)
    return encode_multipart(BOUNDARY, data), {"Content-Type": MULTIPART_CONTENT}


def resident(server: Server) -> int:
    """Megabytes of the server's own process."""
    assert server.process is not None
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


async def measure(server: Server, frames: int, viewers: int, rounds: int, seed: int) -> None:
    server.start()
    await asyncio.to_thread(Browser, server)
    codes = [server.new_room() for _ in range(6)]
    places = [*codes, *server.shell(MAKE).split(), "1", "2", "kubelet-dies", "v1.36"]
    bystander = Bystander(server, server.new_room(playing=True))
    await asyncio.sleep(3)
    memory = [resident(server)]
    statuses: Counter[int] = Counter()
    sent, took = 0, 0.0
    for number in range(rounds):
        began = time.perf_counter()
        share = frames // viewers // rounds
        randoms = [Random((seed + number) * 1000 + n) for n in range(viewers)]
        attacks = [attack(server, codes[n % len(codes)], one, share) for n, one in enumerate(randoms)]
        pages = asyncio.to_thread(browse, server, places, Random(seed + number), frames // rounds // 10)
        *each, found = await asyncio.gather(*attacks, pages)
        took += time.perf_counter() - began
        sent += sum(each)
        statuses += found
        await asyncio.sleep(4 * IDLE)
        memory.append(resident(server))
    pause, busy = await asyncio.to_thread(bystander.end)
    loud = lines_above_info(server.log)
    print(f"frames: {sent} in {took:.0f} s ({sent / took:.0f} a second), pages: {dict(statuses)}")
    failed = sum(count for status, count in statuses.items() if status >= 500 and status not in (503, 504))
    print(f"answers of 500 or more, except for 503 and the 504 of a room without etcd: {failed}")
    print(f"longest pause of a bystander: {pause * 1000:.0f} ms; most CPU in one: {busy * 1000:.0f} ms")
    print(f"server's memory: {memory[0]} MB before, {', '.join(map(str, memory[1:]))} MB after")
    print(f"lines of the log above info: {len(loud)}")
    for lines in loud[:10]:
        print(lines)
    server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--viewers", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.environ |= {"VAR_DIR": directory, "DJANGO_SETTINGS_MODULE": "visualizer.settings"}
        django.setup()  # whoever makes addresses knows those that there are
        server = Server(Path(directory), ROOM_IDLE_SECONDS=str(IDLE), MALLOC_ARENA_MAX="2")  # as `make demo`
        server.manage("migrate", "--verbosity", "0")
        asyncio.run(measure(server, options.frames, options.viewers, options.rounds, options.seed))


if __name__ == "__main__":
    main()
