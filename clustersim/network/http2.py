"""Clients that look after their HTTP/2 connection, as client-go does today (golang.org/x/net/http2 with
ReadIdleTimeout 30 s and PingTimeout 15 s; recorded on v1.36.2).

```
            45 s after the last frame came in             a SYN gets through
 connected ----------------------------------> dialling -------------------> connected
```
When a connection is given up, its requests fail and its watches end. Every request dials anew then; a dial
goes on for 30 s, also when its request is given up, and the first to get through serves all that wait.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

if TYPE_CHECKING:
    from clustersim.network.network import Network

READ_IDLE: Final[Micros] = 30 * SECOND
PING: Final[Micros] = 15 * SECOND
DIAL: Final[Micros] = 30 * SECOND
REDIAL: Final[Micros] = DIAL + SECOND
"""How long after a dial that failed the next one begins where only a reflector asks."""


class ConnectionsState(State):
    """heard: when the last frame came in, and from which server; dials: when those began that a client
    without a connection makes."""

    heard: dict[str, tuple[Micros, str]] = msgspec.field(default_factory=dict)
    dials: dict[str, list[Micros]] = msgspec.field(default_factory=dict)


class Connections:
    """The connections of all clients of a network."""

    def __init__(self, network: "Network") -> None:
        self.network = network

    @property
    def state(self) -> ConnectionsState:
        """In the network's memory."""
        return self.network.state.connections

    def frame(self, client: Process, server: Process) -> None:
        """Something came in."""
        if client.machine != server.machine:
            self.state.heard[client.name] = (self.network.now, server.name)

    def cut(self, machine: str) -> None:
        """No frame comes in any more: when will each client of that machine notice? An idle connection was
        kept fresh by pings."""
        network = self.network
        for name, (heard, _) in self.state.heard.items():
            client = network.process(name)
            if client.machine == machine and name not in self.state.dials:
                last = heard + (network.now - heard) // READ_IDLE * READ_IDLE
                due = last + READ_IDLE + PING
                network.engine.post(due, network.name, 0, "connection_given_up", (name, heard))

    def last_frame(self, client: Process) -> tuple[Micros, str] | None:
        """When the last frame came in, and from which server."""
        return self.state.heard.get(client.deputy)

    def hear_as(self, client: str, other: str) -> None:
        """What came in to one has come in to the other, too."""
        if (heard := self.state.heard.get(other)) is not None:
            self.state.heard[client] = heard

    def given_up(self, name: str, heard: Micros) -> None:
        """A ping was not answered: requests fail, watches end, unless something came in after all."""
        network = self.network
        client = network.process(name)
        last, server = self.last_frame(client) or (0, "")
        if last != heard or not client.running:
            return
        client.go_alone()
        self.state.dials[name] = []
        network.wires.drop(name)
        lost = Reply.transport("ConnectionLost", "http2: client connection lost")
        network.process(server).forget_client(name)
        network.fail_calls(name, server, lost)
        client.log("http2: client connection lost", "W", "transport.go")
        client.connection_lost()

    def is_dialling(self, client: str) -> bool:
        """It has no connection."""
        return client in self.state.dials

    def dial(self, client: str) -> None:
        """A request needs a connection."""
        self.state.dials[client].append(self.network.now)

    def through_at(self, client: str) -> Micros:
        """When the first dial gets through, now that packets pass: at its next SYN."""
        network = self.network
        dues = []
        for began in self.state.dials.get(client, ()):
            age = network.now - began
            start = began if age <= DIAL else began + age // REDIAL * REDIAL
            due = network.wires.next_syn(start)
            if due <= start + DIAL:
                dues.append(due)
        return min(dues, default=network.now + self.network.flags.connect_retry)

    def connected(self, client: str) -> None:
        """A dial got through."""
        self.state.dials.pop(client, None)

    def ended(self, client: str) -> None:
        """The process is gone, and with it its connection."""
        self.state.heard.pop(client, None)
        self.state.dials.pop(client, None)
