"""The TCP connections of a client to the API server, as `ss` would find them at either end.

HTTP/1.1 takes one for each watch and one for each request in flight; HTTP/2 takes one for all of a process.
A connection with undelivered data has the timer of its next retransmission, another that of its next
keepalive probe (Go's net.Dialer: 30 s; the listener of the API server: 3 min; recorded with the network cuts
of v1.7.5 and v1.8.0).
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from clustersim.engine.process import Process
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.network.network import Network
from clustersim.network.wires import DOWN, UP, Stalled

ESTABLISHED, DIALLING = "ESTAB", "SYN-SENT"
CLIENT_PROBES: Final[Micros] = 30 * SECOND
SERVER_PROBES: Final[Micros] = 3 * MINUTE
_FIRST_PORT, _PORTS = 32_768, 28_000


class Timer(NamedTuple):
    """kind: "on" (a retransmission) or "keepalive"; left: until it fires; times: how often it has."""

    kind: str
    left: Micros
    times: int


class Connection(NamedTuple):
    """One of them. up, down: what waits at the client's and at the server's end, in pieces."""

    client: Process
    port: int
    state: str
    up: int
    down: int
    of_client: Timer
    of_server: Timer


def connections_of(network: Network, client: Process, streams: Sequence[str]) -> list[Connection]:
    """Those of a process that runs. streams: the watches that it has."""
    stalled = network.state.stalled
    wires = list(_wires(network, client, streams))
    return [
        _connection(network, client, number, stalled.get(up), stalled.get(down))
        for number, (up, down) in enumerate(wires)
    ]


def _wires(network: Network, client: Process, streams: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a connection's two directions are called while something waits on them."""
    name = client.name
    if network.multiplexed:
        yield f"{name}/{UP}", f"{name}/{DOWN}"
        return
    for stream in streams:
        yield "", f"{name}/watch/{stream}"
    calls = {key.rpartition("/")[2] for key in network.state.stalled if key.startswith(_of_calls(name))}
    for call in sorted(calls, key=int) or ["0"]:
        yield f"{name}/call/{call}", f"{name}/answer/{call}"


def _of_calls(name: str) -> tuple[str, str]:
    return f"{name}/call/", f"{name}/answer/"


def _connection(
    network: Network, client: Process, number: int, up: Stalled | None, down: Stalled | None
) -> Connection:
    dials = up is not None and up.base == network.flags.connect_retry
    lives = client.status.since + number * SECOND
    return Connection(
        client,
        _FIRST_PORT + (client.status.since // SECOND * 7 + number * 6 + 20 * client.incarnation()) % _PORTS,
        DIALLING if dials else ESTABLISHED,
        0 if up is None else len(up.messages),
        0 if down is None else len(down.messages),
        _timer(network, up, lives, CLIENT_PROBES),
        _timer(network, down, lives, SERVER_PROBES),
    )


def _timer(network: Network, stalled: Stalled | None, since: Micros, probes: Micros) -> Timer:
    now = network.now
    if stalled is None:
        return Timer("keepalive", probes - (now - since) % probes, 0)
    moment, wait, count = stalled.first, stalled.base, -1
    while moment <= now:
        moment += min(wait, network.flags.retransmission_maximum)
        wait, count = wait * 2, count + 1
    return Timer("on", moment - now, max(count, 0))
