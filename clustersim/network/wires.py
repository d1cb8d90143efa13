"""What could not be delivered, and when TCP sends it again.

A cut loses packets, it resets nothing. What could not be delivered is sent again at `u + 0.21 * (2^k - 1)`
seconds, `u` being its first sending; the first such moment after the heal delivers it, in order
(network-and-power.md, measured on v1.7.5, v1.8.0). A new connection dialled during the cut retries its SYN
after 1, 3, 7, ... seconds.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.engine.engine import ANY_INCARNATION
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, SECOND, Micros

if TYPE_CHECKING:
    from clustersim.network.network import Call, Network, NetworkState

UP: Final = "up"
DOWN: Final = "down"
"""Directions of a connection that is shared by all a client exchanges with its server."""

SERVER_SOONER: Final[Micros] = 3 * MILLISECOND
"""What a server sends is sent again so much sooner: 0.2083 to 0.2093 s recorded of the API server, 0.2100 to
0.2157 s of kubelets."""

DIAL_TIMEOUT: Final[Micros] = 30 * SECOND
"""How long a dial goes on, also when the request it was made for is given up (client-go rest transport)."""

Held = tuple[str, str]
"""The wire on which something has to wait, and the machine whose cut is why."""


class Stalled(State):
    """A connection with undelivered data: when its first piece was sent, and all that waits behind it, in
    order.

    Each message: (target, incarnation, method, args, cause).
    """

    node: str
    first: Micros
    base: Micros
    messages: list[tuple[str, int, str, tuple[Any, ...], int]] = msgspec.field(default_factory=list)


class Wires:
    """The connections of a network, each with a clock of retransmission of its own."""

    def __init__(self, network: "Network") -> None:
        self.network = network

    @property
    def state(self) -> "NetworkState":
        """The network's memory."""
        return self.network.state

    # --- what has to wait -------------------------------------------------------------------------

    def held(self, sender: Process, receiver: Process, client: Process, stream: str) -> Held | None:
        """Where a piece of a stream of that client, which is one of the two, has to wait; None if it
        passes."""
        state = self.state
        if not state.cut and not state.stalled:
            return None
        direction = UP if sender is client else DOWN
        wire = f"{client.name}/{direction if self.network.multiplexed else stream}"
        machine = self._blocked(sender, receiver, wire)
        return None if machine is None else (wire, machine)

    def _blocked(self, sender: Process, receiver: Process, wire: str) -> str | None:
        """The machine whose cut keeps data from passing, or kept it and what was sent then must go first."""
        if (machine := self.network.is_cut(sender, receiver)) is not None:
            return machine
        if not self.state.stalled or sender.machine == receiver.machine:
            return None
        stalled = self.state.stalled.get(wire)
        return None if stalled is None else stalled.node

    def ask(self, held: Held, client: Process, target: str, args: tuple[Any, ...]) -> None:
        """A request waits: for its connection, or for a new one where the client gave the last one up."""
        network = self.network
        dials = not network.multiplexed and self.state.redialled.get(client.name)
        if network.connections is not None and network.connections.is_dialling(client.name):
            network.connections.dial(client.name)
            dials = True
        base = network.flags.connect_retry if dials else network.flags.retransmission_timeout
        self._stall(held, base, target, ANY_INCARNATION, "arrive", args)

    def serve(self, held: Held, target: str, life: int, method: str, args: tuple[Any, ...]) -> None:
        """What a server sends waits."""
        self._stall(
            held, self.network.flags.retransmission_timeout - SERVER_SOONER, target, life, method, args
        )

    def _stall(
        self, held: Held, base: Micros, target: str, life: int, method: str, args: tuple[Any, ...]
    ) -> None:
        key, machine = held
        stalled = self.state.stalled.get(key)
        if stalled is None:
            stalled = self.state.stalled[key] = Stalled(machine, self.network.now, base)
        stalled.messages.append((target, life, method, args, self.network.engine.cause))

    def is_free(self, client: str) -> bool:
        """Nothing that this client exchanges on its one connection waits."""
        return f"{client}/{UP}" not in self.state.stalled and f"{client}/{DOWN}" not in self.state.stalled

    # --- sending again ----------------------------------------------------------------------------

    def healed(self, machine: str) -> None:
        """Packets pass again; what is stalled arrives with its next retransmission."""
        state = self.state
        for key, stalled in state.stalled.items():
            if stalled.node == machine:
                self._schedule(key, stalled)
        for name in list(state.connections.dials):
            if self.network.process(name).machine == machine and f"{name}/{UP}" not in state.stalled:
                state.connections.dials.pop(name)

    def _schedule(self, key: str, stalled: Stalled) -> None:
        network = self.network
        due = self._next_sending(stalled.first, stalled.base)
        client = key.partition("/")[0]
        if network.connections is not None and network.connections.is_dialling(client):
            due = network.connections.through_at(client)
        elif stalled.base == network.flags.connect_retry:
            due = min((due, *self._dials_through(client)))
        network.engine.post(due, network.name, 0, "retransmit", (key, stalled.first))

    def _next_sending(self, first: Micros, base: Micros) -> Micros:
        """When what was first sent then gets through, now that packets pass again."""
        longest = self.network.flags.retransmission_maximum
        return next_retransmission(first, base, longest, self.network.now)

    def next_syn(self, began: Micros) -> Micros:
        """When a dial that began then sends its next SYN."""
        return self._next_sending(began, self.network.flags.connect_retry)

    def _dials_through(self, client: str) -> Iterator[Micros]:
        """When earlier dials of that client get through: the first to do so serves the request that waits."""
        for first in self.state.dials.pop(client, ()):
            due = self.next_syn(first)
            if due <= first + DIAL_TIMEOUT:
                yield due

    def retransmit(self, key: str, first: Micros) -> None:
        """TCP sends stalled data again: it gets through unless the link was cut anew."""
        network, state = self.network, self.state
        stalled = state.stalled.get(key)
        if stalled is None or stalled.first != first or stalled.node in state.cut:
            return
        del state.stalled[key]
        if network.connections is not None:
            network.connections.connected(key.partition("/")[0])
        if stalled.base == network.flags.connect_retry:
            self._dialled(stalled.node)
        for target, life, method, args, cause in stalled.messages:
            network.engine.cause = cause
            network.engine.post(network.now, target, life, method, args)

    def _dialled(self, machine: str) -> None:
        """A new connection from a machine got through: what was kept for it on others is sent again at once.

        Recorded once: in v1.8.0 network-cut-and-eviction all watches spoke when a heartbeat had dialled."""
        network = self.network
        for key, stalled in self.state.stalled.items():
            if stalled.node == machine:
                network.engine.post(network.now, network.name, 0, "retransmit", (key, stalled.first))

    # --- giving up --------------------------------------------------------------------------------

    def give_up(self, call: "Call") -> None:
        """Nobody waits for the answer to a call any more: what is stalled of it is given up with its
        connection, and the client dials anew."""
        state = self.state
        if self.network.multiplexed:
            return
        abandoned = state.stalled.pop(f"{call.client}/call/{call.id}", None)
        if abandoned is not None and abandoned.base == self.network.flags.connect_retry:
            state.dials.setdefault(call.client, []).append(abandoned.first)
        state.stalled.pop(f"{call.client}/answer/{call.id}", None)
        state.redialled[call.client] = call.client_life

    def drop(self, client: str) -> None:
        """What was not delivered on a client's connections is lost with them."""
        for key in [key for key in self.state.stalled if key.startswith(f"{client}/")]:
            del self.state.stalled[key]

    def ended(self, client: str) -> None:
        """The process is gone, and with it its connections."""
        self.state.redialled.pop(client, None)
        self.state.dials.pop(client, None)
        self.drop(client)


def next_retransmission(first: Micros, base: Micros, longest: Micros, after: Micros) -> Micros:
    """The first moment not before `after` at which TCP sends again what it first sent at `first`.

    Waits double from `base`; no single wait is longer than `longest`.
    """
    moment, wait = first, base
    while moment < after or moment == first:
        moment += min(wait, longest)
        wait *= 2
    return moment
