"""Drills of a server that cannot write, or whose clock goes wrong: what the page says meanwhile, and what is
left afterwards. They make the fault itself: a lock, files that may not be written (chattr), a disk that is
full (a small tmpfs), a clock that is set back. Those that need Linux and root say so elsewhere.
"""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.equal import equal
from benchmarks.quiet import lines_above_info
from tests.conftest import Server
from tests.wire.client import watching

SMALL = "64m"
"""The disk that fills up."""
BACK = -3 * 3600
"""Seconds by which the clock is set back."""
WRONG_CLOCK = Path(__file__).parent / "wrong_clock"
COMMANDS = """
import json
from visualizer.rooms.models import CommandEntry
print(json.dumps([one.command["do"] for one in CommandEntry.objects.filter(branch__room__code={code!r})]))
"""
Fault = Callable[[Path], AbstractContextManager[None]]


class NotHere(Exception):
    """This machine cannot make that fault."""


async def through(server: Server, fault: Fault, seconds: float) -> dict[str, Any]:
    """A room plays, somebody acts, and for so many seconds nothing can be written."""
    server.start()
    code = server.new_room(playing=True, speed=10.0)
    server.end_shell()
    told: list[str] = []
    meanwhile: dict[str, Any] = {}
    async with watching(server, code) as viewer:
        await viewer.hear("tick")
        try:
            with fault(server.directory):
                ends = time.monotonic() + seconds
                await viewer.say(type="command", id="1", seenT=0, do="cordon", target="n1", now=True)
                told.append((await viewer.hear("trouble"))["text"]["en"])
                stands = viewer.latest
                for path in ("/healthz", "/", "/lessons/"):
                    meanwhile[path] = await asyncio.to_thread(answer_of, server, path)
                while (left := ends - time.monotonic()) > 0:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(left):
                            await viewer.hear("tick")
                stood = viewer.latest == stands
        except NotHere as why:
            return {"left out": str(why)}
        answer = await viewer.hear("accepted", "rejected")
        began = time.monotonic()
        while (await viewer.hear("tick"))["t"] <= stands:
            pass
        goes_on = time.monotonic() - began
        well = await asyncio.to_thread(answer_of, server, "/healthz")
        seen = viewer.latest
    kept = json.loads(server.shell(COMMANDS.format(code=code)))
    same = await equal(server, code)
    server.kill()
    server.start()
    async with watching(server, code) as viewer:
        back = seen - (await viewer.hear("snapshot"))["t"]
    server.kill()
    loud = lines_above_info(server.log)
    return {
        "the page says": told,
        "answers meanwhile": meanwhile,
        "time stood": stood,
        "the command": answer["type"],
        "in the log": kept,
        "goes on after, s": round(goes_on, 1),
        "/healthz afterwards": well,
        "hashes equal": same,
        "time went back after a kill": back > 0,
        "errors in the log": sum("[error" in line or "Traceback" in line for line in loud),
        "warnings in the log": sum("[warning" in line.partition("\n")[0] for line in loud),
    }


def answer_of(server: Server, path: str) -> Any:
    """The status of a page; of `/healthz` what is wrong as well."""
    try:
        with urllib.request.urlopen(server.url + path, timeout=30) as answer:
            status, body = int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    except OSError as error:
        return str(error)
    return (status, json.loads(body)["wrong"]) if path == "/healthz" else status


# --- faults ------------------------------------------------------------------------------------------------


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Somebody holds the database."""
    connection = sqlite3.connect(directory / "db.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def read_only(directory: Path) -> Iterator[None]:
    """Nobody, not even root, may write to the database's files, except for the one that processes share as
    memory: writing to that would kill them.
    """
    files = [str(directory / f"db.sqlite3{end}") for end in ("", "-wal")]
    if not _done("chattr", "+i", files[0]):
        raise NotHere("chattr needs Linux and root")
    _done("chattr", "+i", files[1])
    try:
        yield
    finally:
        for file in files:
            _done("chattr", "-i", file)


@contextmanager
def full(directory: Path) -> Iterator[None]:
    """Not a byte is left on the disk."""
    filler = directory / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    try:
        yield
    finally:
        filler.unlink()


async def full_disk(server: Server, seconds: float) -> dict[str, Any]:
    """The same with the server's folder on a disk of its own, which fills up."""
    server.end_shell()
    small = server.directory / "small"
    small.mkdir()
    if not _done("mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(small)):
        return {"left out": "a disk of its own needs root"}
    other = Server(small)
    try:
        for file in (*server.directory.glob("db.sqlite3*"), server.directory / "secret-key"):
            shutil.copy(file, small)
        return await through(other, full, seconds)
    finally:
        other.kill()
        other.end_shell()
        _done("umount", "--lazy", str(small))


async def clock_set_back(server: Server) -> dict[str, Any]:
    """The clock is set back by hours while a room plays, and again while nobody serves."""
    clock = server.directory / "clock"
    clock.write_text("0")
    server.environment |= {"PYTHONPATH": str(WRONG_CLOCK), "CLOCK_IS_WRONG_BY": str(clock)}
    server.end_shell()
    server.start()
    code = server.new_room(playing=True, speed=10.0)
    async with watching(server, code) as viewer:
        await viewer.hear("tick")
        clock.write_text(str(BACK))
        ticks = len(await viewer.watch(5.0))
        await viewer.say(type="command", id="1", seenT=0, do="cordon", target="n1", now=True)
        answer = await viewer.hear("accepted", "rejected")
        well = await asyncio.to_thread(answer_of, server, "/healthz")
        server.kill()
        seen = viewer.latest
    clock.write_text(str(2 * BACK))
    server.start()
    began = time.monotonic()
    async with watching(server, code) as viewer:
        back = seen - (await viewer.hear("snapshot"))["t"]
        opened = time.monotonic() - began
    same = await equal(server, code)
    server.kill()
    return {
        "ticks in the five seconds after it": ticks,
        "the command": answer["type"],
        "/healthz": well,
        "opening after it was set back again, s": round(opened, 1),
        "time went back": back > 0,
        "hashes equal": same,
        "lines above info": len(lines_above_info(server.log)),
    }


def _done(*command: str) -> bool:
    """Whether a command of the system did what it should."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
