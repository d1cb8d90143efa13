"""A class of which everybody opens a private copy at once and does its task there.

    python -m benchmarks.copies [--students 30] [--seconds 20] [--lesson kubelet-dies] [--step 7]

Daphne runs in a process of its own; teacher and students are connections of this one. What is timed is
the way from the click to the first picture of the copy; then all copies run side by side, each with a viewer,
at the speed of a task, and the simulated seconds that passed say whether the server keeps up.
"""

import argparse
import asyncio
import contextlib
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import websockets

from benchmarks.classroom import LONGEST, PREPARE, Person, cookies, memory_of
from benchmarks.delivery import cpu_of, daphne, port_of
from benchmarks.managing import prepared
from benchmarks.timing import machine, row


class Student:
    """A browser with its cookies, which asks for its own copy."""

    def __init__(self, origin: str, code: str) -> None:
        self.origin = origin
        self.path = f"/rooms/{code}/"
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.page = self.opener.open(f"{origin}{self.path}").read().decode()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def copy(self) -> str:
        """The code of the copy, once its page has come."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)[0]
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
        address = f"{self.origin}{self.path}copy/"
        request = urllib.request.Request(address, form, {"Referer": self.origin + self.path})
        return str(re.findall("/rooms/([A-Z0-9]+)/", self.opener.open(request).url)[0])


@contextlib.asynccontextmanager
async def connected(origin: str, code: str, cookie: str):  # type: ignore[no-untyped-def]
    """A person in a room."""
    url = f"{origin.replace('http', 'ws')}/ws/rooms/{code}/"
    async with websockets.connect(
        url,
        origin=origin,
        additional_headers={"Cookie": cookie},
        max_size=None,
        compression=None,  # type: ignore[arg-type]
    ) as socket:
        person = Person(socket)
        listening = asyncio.create_task(person.listen())
        yield person
        listening.cancel()


async def copies(
    origin: str, code: str, asked: argparse.Namespace, process: subprocess.Popen[bytes]
) -> dict[str, float]:
    """The figures of one class."""
    async with contextlib.AsyncExitStack() as stack, asyncio.timeout(LONGEST):
        lead = cookies(origin, f"/rooms/{code}/", sign_in=True)
        teacher = await stack.enter_async_context(connected(origin, code, lead))
        await teacher.say(type="lesson", step=asked.step)
        await teacher.until(lambda last: last.get("lesson", {}).get("step") == asked.step)
        students = [await asyncio.to_thread(Student, origin, code) for _ in range(asked.students)]
        for student in students:
            await stack.enter_async_context(connected(origin, code, student.cookie))
        await teacher.until(lambda last: len(last.get("class", {}).get("students", ())) == asked.students)
        memory, opened = memory_of(process), []

        async def open_copy(student: Student) -> Person:
            since = time.perf_counter()
            own = await asyncio.to_thread(student.copy)
            person: Person = await stack.enter_async_context(connected(origin, own, student.cookie))
            await person.until(lambda last: "snapshot" in last)
            opened.append(time.perf_counter() - since)
            return person

        began = time.monotonic()
        people = await asyncio.gather(*(open_copy(student) for student in students))
        all_open = time.monotonic() - began
        grown, cpu, since = memory_of(process) - memory, cpu_of(process), time.monotonic()
        before = [person.last["snapshot"]["t"] for person in people]
        await asyncio.sleep(asked.seconds)
        passed = time.monotonic() - since
        busy = (cpu_of(process) - cpu) / passed
        simulated = [
            (person.last.get("tick", person.last["snapshot"])["t"] - t) / 1e6
            for person, t in zip(people, before, strict=True)
        ]
        return {
            "all open after s": all_open,
            "to the first picture, p50 s": statistics.median(opened),
            "to the first picture, slowest s": max(opened),
            "server memory MB": memory + grown,
            "of them for the copies MB": grown,
            "one copy MB": grown / len(people),
            "server CPU, share of a core": busy,
            "simulated s per second, slowest copy": min(simulated) / passed,
            "simulated s per second, median": statistics.median(simulated) / passed,
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--lesson", default="kubelet-dies")
    parser.add_argument("--step", type=int, default=7)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        environment = {"VAR_DIR": directory}
        code = prepared(directory, PREPARE.format(lesson=asked.lesson))
        with daphne("visualizer.asgi:application", port_of(2), **environment) as process:
            origin = f"http://127.0.0.1:{port_of(2)}"
            found = asyncio.run(copies(origin, code, asked, process))
    for name, value in found.items():
        row(name, f"{value:.1f}")


if __name__ == "__main__":
    main()
