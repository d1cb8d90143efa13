"""How often callers that wait for each answer come round, and how busy that keeps those who answer.

A caller does one thing after another: it sleeps, asks, waits, and begins again. So it is the slower the
longer answers take, and answers take the longer the less CPU a server is left with by its limit (CFS
throttling). Both are found together, as averages: each server is slowed down until what comes to it fits into
what it has. (Mean values of a closed queueing network.)
"""

from collections.abc import Sequence
from typing import Final

import msgspec

ROUNDS: Final = 40
"""Until what is found changes no more."""
SLOWEST: Final = 1e6
"""Times longer than without a limit."""


class Server(msgspec.Struct, frozen=True):
    """cost: microseconds of CPU for a request; most: thousandths of a CPU that it can have."""

    cost: int
    most: int


class Trip(msgspec.Struct, frozen=True):
    """Where a request of a turn may go: to that server, with that chance; None: nobody serves it, and after
    so many microseconds that is known."""

    chance: float
    server: int | None
    waits: int = 0


class Caller(msgspec.Struct, frozen=True):
    """pause: microseconds of a turn in which it does not wait for an answer; trips: of all requests of a turn
    together; alike: how many callers are like that."""

    pause: int
    trips: tuple[Trip, ...]
    alike: int = 1


class Steady(msgspec.Struct, frozen=True):
    """Requests that come so often in a second, whatever becomes of them."""

    rate: float
    trips: tuple[Trip, ...]


class Flow(msgspec.Struct, frozen=True):
    """turns: of each caller, in a second; busy: thousandths of a CPU that each server takes for them; wanted:
    what it would have a use for, the time in which its limit makes requests wait counted as well."""

    turns: tuple[float, ...]
    busy: tuple[float, ...]
    wanted: tuple[float, ...]


def flow_of(callers: Sequence[Caller], servers: Sequence[Server], steady: Sequence[Steady] = ()) -> Flow:
    """What all of them come to together. steady: those who do not wait; they come first."""
    taken = [0.0] * len(servers)
    for one in steady:
        for trip in one.trips:
            if trip.server is not None:
                taken[trip.server] += one.rate * trip.chance * servers[trip.server].cost / 1000
    left = [
        Server(server.cost, max(1, server.most - round(used)))
        for server, used in zip(servers, taken, strict=True)
    ]
    flow = _of_callers(callers, left)
    busy = (min(own + more, one.most) for own, more, one in zip(flow.busy, taken, servers, strict=True))
    wanted = (own + more for own, more in zip(flow.wanted, taken, strict=True))
    return Flow(flow.turns, tuple(busy), tuple(wanted))


def _of_callers(callers: Sequence[Caller], servers: Sequence[Server]) -> Flow:
    slower = [1.0] * len(servers)
    turns, busy = _with(callers, servers, slower)
    for _round in range(ROUNDS):
        again = [
            min(SLOWEST, max(1.0, slow * used / server.most))
            for slow, used, server in zip(slower, busy, servers, strict=True)
        ]
        if all(abs(new - old) <= 0.001 * old for new, old in zip(again, slower, strict=True)):
            break
        slower = again
        turns, busy = _with(callers, servers, slower)
    within = tuple(min(used, server.most) for used, server in zip(busy, servers, strict=True))
    wanted = tuple(used * slow for used, slow in zip(within, slower, strict=True))
    return Flow(tuple(turns), within, wanted)


def _with(
    callers: Sequence[Caller], servers: Sequence[Server], slower: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Turns and CPU if each server is so many times slower than it could be."""
    turns, busy = list[float](), [0.0] * len(servers)
    for caller in callers:
        length = float(max(1, caller.pause))
        for trip in caller.trips:
            waits = trip.waits if trip.server is None else servers[trip.server].cost * slower[trip.server]
            length += trip.chance * waits
        rate = 1e6 / length
        turns.append(rate)
        for trip in caller.trips:
            if trip.server is not None:
                busy[trip.server] += caller.alike * rate * trip.chance * servers[trip.server].cost / 1000
    return turns, busy
