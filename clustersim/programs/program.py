"""The program of a container: what it does by itself after each start, step by step.

    what       value
    exit       the exit code                    it ends
    answers                                     from now on it answers requests; before, it does not
    silent     an HTTP status, or nothing       it answers no more
    file       a path, and a text               the file is there (`touch`, `echo`)
    no-file    a path                           and is not (`rm`)
    memory     bytes                            so much it takes from now on
    cpu        thousandths of a CPU             so much it computes from now on

Its pod says so in an annotation, `program.clustersim/CONTAINER: answers after 30s; exit 1 after 5m`, also of
CPU, `cpu 400m after 1m`, of memory that grows, `memory from 20Mi to 300Mi in 2m`, and of its end when it is
told to, `stops with 0`, of what a request costs it, `cpu 40ms per request`; or its command does, as far as
that is plain (`script.py`); or it is known from its image (`known.py`).
"""

import re
from functools import lru_cache
from signal import SIGTERM
from typing import Final, Literal

import msgspec

from clustersim.api.quantity import byte_count, millicores
from clustersim.programs.calling import Calls
from clustersim.programs.clients.client import ApiClient

PROGRAM: Final = "program.clustersim/"
"""Annotation prefix of a pod: what the program of one of its containers does by itself."""
RUNS: Final = "runs"
"""It runs, and answers, until it is told to stop, whatever its image and its command are."""
LONGEST_MS: Final = 7 * 24 * 3_600_000

What = Literal["exit", "answers", "silent", "file", "no-file", "memory", "cpu"]


class Exits(msgspec.Struct, frozen=True):
    """The program ends by itself `after_ms` milliseconds after each start, with that exit code."""

    after_ms: int
    code: int


class Step(msgspec.Struct, frozen=True):
    """What it does so many milliseconds after it began. text: of a file; blank: bytes behind it."""

    after_ms: int
    what: What
    value: str = ""
    text: str = ""
    blank: int = 0


class Program(msgspec.Struct, frozen=True):
    """What a program does by itself; without steps it runs, and answers, until it is told to stop.

    awaits: the name of a Service that it looks up every `every_ms` milliseconds until it is there; the steps
    begin then. asks: the name of a Service that it asks once for a page: it ends with 0 where somebody serves
    it, with `fails_with` otherwise. scripted: its files are known, those of the steps and no others. listens:
    it may take connections; what only sleeps does not. stops: it ends when it is told to; a shell or a sleep
    that is the first process of its container has no handler for SIGTERM, and then the kernel sends it none.
    stop_code: its exit code then, None where its image tells. said: what it has printed when it ends by
    itself, as far as that is known. calls: what it asks others for, over and over. request_us: microseconds
    of CPU that a request takes it, 0 where its pod does not say so. goes_on_ms: after so many milliseconds
    something comes of which nothing is known; None: nothing of that kind comes. client: it works with the
    API, and ends when that is done or fails. missing: it is not in its image, as its runtime says so.
    """

    steps: tuple[Step, ...] = ()
    awaits: str = ""
    every_ms: int = 2000
    asks: str = ""
    fails_with: int = 1
    scripted: bool = False
    listens: bool = True
    stops: bool = True
    stop_code: int | None = None
    said: str = ""
    calls: Calls | None = None
    request_us: int = 0
    goes_on_ms: int | None = None
    client: ApiClient | None = None
    missing: str = ""

    @property
    def answers_at_once(self) -> bool:
        """It answers requests as soon as it runs."""
        first = next((step for step in self.steps if step.what in ("answers", "silent")), None)
        return first is None or first.what == "silent"

    @property
    def ends(self) -> Exits | None:
        """Its end, if it comes by itself."""
        end = next((step for step in self.steps if step.what == "exit"), None)
        return None if end is None else Exits(end.after_ms, int(end.value))


def program_annotation(container: str, exits: Exits) -> dict[str, str]:
    """The annotation of a pod whose container ends by itself."""
    return {f"{PROGRAM}{container}": f"exit {exits.code} after {exits.after_ms}ms"}


_CLAUSE: Final = re.compile(
    r"(exit (?P<code>\d{1,3})|answers|silent|memory (?P<bytes>\S+)|cpu (?P<cpu>\S+))"
    r" after (?P<n>\d{1,9})(?P<u>ms|s|m|h)"
)
_GROWTH: Final = re.compile(
    r"memory from (?P<first>\S+) to (?P<last>\S+) in (?P<n>\d{1,9})(?P<u>ms|s|m|h)"
    r"(?: after (?P<later>\d{1,9})(?P<v>ms|s|m|h))?"
)
_STOPS: Final = re.compile(r"stops with (?P<code>\d{1,3})")
_COSTS: Final = re.compile(r"cpu (?P<n>\d{1,7})(?P<u>us|ms|s) per request")
_DEAREST: Final = 60_000_000
"""Microseconds of a request."""
_MICROSECONDS: Final = {"us": 1, "ms": 1000, "s": 1_000_000}
MOST_STEPS: Final = 100
"""Of memory that grows."""
_UNITS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def milliseconds(number: str, unit: str) -> int:
    """Of a number and its unit, a week at most."""
    return min(int(float(number) * _UNITS[unit]), LONGEST_MS)


@lru_cache(maxsize=256)
def told_by(text: str) -> Program | None:
    """What an annotation says; None where it says nothing that can be understood."""
    steps: list[Step] = []
    stop_code, request_us = None, 0
    for clause in re.split(r"[;,]", text):
        if clause.strip() == RUNS:
            stop_code = 128 + SIGTERM if stop_code is None else stop_code
            continue
        if (stops := _STOPS.fullmatch(clause.strip())) is not None:
            stop_code = min(int(stops["code"]), 255)
            continue
        if (costs := _COSTS.fullmatch(clause.strip())) is not None:
            request_us = min(int(costs["n"]) * _MICROSECONDS[costs["u"]], _DEAREST)
            continue
        if (grows := _GROWTH.fullmatch(clause.strip())) is not None:
            growth = _growth(grows)
            if not growth:
                return None
            steps += growth
            continue
        told = _CLAUSE.fullmatch(clause.strip())
        if told is None:
            return None
        after = milliseconds(told["n"], told["u"])
        if told["code"] is not None:
            steps.append(Step(after, "exit", str(min(int(told["code"]), 255))))
        elif told["bytes"] is not None or told["cpu"] is not None:
            try:
                steps.append(_taking(after, told["bytes"], told["cpu"]))
            except ValueError:
                return None
        else:
            steps.append(Step(after, "silent" if told[1] == "silent" else "answers"))
    in_order = tuple(sorted(steps, key=lambda step: step.after_ms))
    return Program(in_order, stop_code=stop_code, request_us=request_us)


def _taking(after: int, memory: str | None, cpu: str | None) -> Step:
    """From when on it takes so much. Raises ValueError where that is no amount."""
    if memory is not None:
        return Step(after, "memory", str(byte_count(memory)))
    return Step(after, "cpu", str(max(0, millicores(cpu or "0"))))


def _growth(told: re.Match[str]) -> list[Step]:
    """Memory that grows evenly, in a hundred steps at most and none shorter than a second; none where an
    amount is none."""
    try:
        first, last = byte_count(told["first"]), byte_count(told["last"])
    except ValueError:
        return []
    after = milliseconds(told["later"], told["v"]) if told["later"] else 0
    span = milliseconds(told["n"], told["u"])
    count = max(1, min(MOST_STEPS, span // 1000))
    return [
        Step(after + span * number // count, "memory", str(first + (last - first) * number // count))
        for number in range(count + 1)
    ]
