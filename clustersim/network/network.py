"""The network: calls and streams between processes, over links that can be slow or cut.

What a cut keeps from arriving waits on its wire (`wires`). With `http/2 over tls` all that a client process
exchanges with a server shares one connection and one clock.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.actor import Actor, Then
from clustersim.engine.engine import ANY_INCARNATION, Engine
from clustersim.engine.process import HUNG, RUNNING, STOPPED, Process
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.flags.node import NetworkFlags
from clustersim.network.http2 import Connections, ConnectionsState
from clustersim.network.wires import Stalled, Wires


class Call(msgspec.Struct, frozen=True, gc=False):
    """A request that waits for its answer."""

    id: int
    client: str
    client_life: int
    server: str
    method: str
    args: tuple[Any, ...]
    then: Then
    deadline: Micros | None


EVERYTHING: Final = "everything"
OUTWARD: Final = "to-apiserver"
INWARD: Final = "to-kubelet"
"""What a cut takes: every packet, what belongs to connections that the machine opens to the control plane, or
that are opened to its kubelet."""


class NetworkState(State):
    """Open calls, cut machines, stalled connections.

    cut: machines whose programs cannot talk to the control plane, since when; walls: those that are cut off
    in one direction alone, and in which.

    redialled: clients that gave their connection up and dial; dials: when they began those whose request is
    given up but which still go on.
    """

    next_call: int = 1
    calls: dict[int, Call] = msgspec.field(default_factory=dict)
    cut: dict[str, Micros] = msgspec.field(default_factory=dict)
    walls: dict[str, str] = msgspec.field(default_factory=dict)
    delay: dict[str, Micros] = msgspec.field(default_factory=dict)
    stalled: dict[str, Stalled] = msgspec.field(default_factory=dict)
    connections: ConnectionsState = msgspec.field(default_factory=ConnectionsState)
    redialled: dict[str, int] = msgspec.field(default_factory=dict)
    dials: dict[str, list[Micros]] = msgspec.field(default_factory=dict)


class Network(Actor):
    """Delivers between processes. `multiplexed`: HTTP/2 over TLS, one connection for all that two processes
    exchange. `looked_after`: clients notice that such a connection is dead."""

    def __init__(
        self,
        engine: Engine,
        flags: NetworkFlags,
        *,
        multiplexed: bool = False,
        looked_after: bool = False,
    ) -> None:
        super().__init__(engine, "network")
        self.flags = flags
        self.multiplexed = multiplexed
        self.connections = Connections(self) if looked_after else None
        self.state: NetworkState = NetworkState()
        self.wires = Wires(self)
        self._processes = cast("dict[str, Process]", engine.actors)
        """All that ever talk."""
        self.before_change: list[Callable[[str], None]] = []
        """Called with a machine before its link is cut or slowed."""

    # --- links -------------------------------------------------------------------------------------

    def cut(self, machine: str, what: str = EVERYTHING) -> None:
        """From now on every packet from and to this machine vanishes, or only what a firewall takes."""
        if self.is_disturbed(machine):
            return
        self._prepare(machine)
        if what != EVERYTHING:
            self.state.walls[machine] = what
        self.emit("network", "cut" if what == EVERYTHING else f"cut-{what}", machine)
        self.engine.tell_onlookers(machine)
        if what == INWARD:
            return
        self.state.cut[machine] = self.now
        for call in list(self.state.calls.values()):
            if self._crosses(call) == machine:
                self._expire_later(call)
        if self.connections is not None:
            self.connections.cut(machine)

    def heal(self, machine: str) -> None:
        """Packets pass again; what is stalled arrives with its next retransmission."""
        if not self.is_disturbed(machine):
            return
        was_cut = self.state.cut.pop(machine, None) is not None
        self.state.walls.pop(machine, None)
        self.emit("network", "healed", machine)
        self.engine.tell_onlookers(machine)
        if was_cut:
            self.wires.healed(machine)

    def is_disturbed(self, machine: str) -> bool:
        """Something of what belongs to this machine vanishes."""
        return machine in self.state.cut or machine in self.state.walls

    def is_away(self, machine: str) -> bool:
        """Every packet from and to this machine vanishes."""
        return machine in self.state.cut and machine not in self.state.walls

    def is_kubelet_away(self, machine: str) -> bool:
        """Nobody gets through to the ports of its kubelet."""
        return self.is_away(machine) or self.state.walls.get(machine) == INWARD

    def set_delay(self, machine: str, delay: Micros) -> None:
        """Make the machine's link slower by so much each way (0: as before)."""
        self._prepare(machine)
        self.state.delay[machine] = delay
        self.emit("network", "delayed", machine, after=delay)

    def disturb(self, machine: str) -> None:
        """What a program of this machine exchanges may go another way from now on."""
        self._prepare(machine)

    def _prepare(self, machine: str) -> None:
        for prepare in self.before_change:
            prepare(machine)

    def is_free(self, client: Process, server: Process) -> bool:
        """What a client exchanges with a server passes at once, and with the usual latency."""
        state, name = self.state, client.name
        return (
            self.is_cut(client, server) is None
            and not state.delay.get(client.machine)
            and not state.delay.get(server.machine)
            and self.wires.is_free(name)
            and (self.connections is None or not self.connections.is_dialling(name))
        )

    def is_like(self, client: Process, other: Process, server: Process) -> bool:
        """What a server sends reaches two clients at once, as far as this depends on what was before: nothing
        waits for either, and both heard the last frame at the same time."""
        stalled, connections = self.state.stalled, self.connections
        waiting = [key for key in stalled if key.startswith((f"{client.name}/", f"{other.name}/"))]
        return (
            not waiting
            and self.is_free(client, server)
            and self.is_free(other, server)
            and (connections is None or connections.last_frame(client) == connections.last_frame(other))
        )

    def hear_as(self, client: str, other: str) -> None:
        """What came in to the one client came in to the other, too."""
        if self.connections is not None:
            self.connections.hear_as(client, other)

    def exchanged(self, client: Process, server: Process, calls: int) -> None:
        """So many calls were made and answered, of which nothing is left but their numbers."""
        self.state.next_call += calls
        if self.connections is not None:
            self.connections.frame(client, server)

    def is_cut(self, one: Process, other: Process) -> str | None:
        """The machine whose cut separates two processes, if any; a machine always reaches itself."""
        if one.machine == other.machine or not self.state.cut:
            return None
        for machine in (one.machine, other.machine):
            if machine in self.state.cut:
                return machine
        return None

    def latency_between(self, one: Process, other: Process) -> Micros:
        """One-way latency."""
        if one.machine == other.machine:
            return self.flags.local_latency
        delay = self.state.delay
        if delay:
            return self.flags.latency + delay.get(one.machine, 0) + delay.get(other.machine, 0)
        return self.flags.latency

    # --- calls -------------------------------------------------------------------------------------

    def call(
        self,
        client: Process,
        server: str,
        method: str,
        args: tuple[Any, ...],
        then: Then,
        timeout: Micros | None,
        late: Micros = 0,
    ) -> int:
        """Send a request, `late` ago; returns the call's id."""
        state, engine = self.state, self.engine
        number = state.next_call
        state.next_call = number + 1
        sent = engine.state.now - late
        deadline = None if timeout is None else sent + timeout
        call = Call(number, client.name, client.status.incarnation, server, method, args, then, deadline)
        state.calls[number] = call
        target = self._processes[server]
        disturbed = state.cut or state.stalled
        if disturbed and (held := self.wires.held(client, target, client, f"call/{number}")) is not None:
            self._expire_later(call)
            self.wires.ask(held, client, server, (number,))
            return number
        if client.machine == target.machine:
            way = self.flags.local_latency
        elif not state.delay:
            way = self.flags.latency
        else:
            self._expire_later(call)
            way = self.latency_between(client, target)
        engine.post(sent + way, server, ANY_INCARNATION, "arrive", (number,))
        return number

    def arrived(self, server: Process, number: int) -> None:
        """A request reached the server's machine: hand it over, or refuse it where nobody listens."""
        call = self.state.calls.get(number)
        if call is None:
            return
        if not server.listening:
            refused = Reply.transport("ConnectionRefused", f"dial {server.name}: connection refused")
            self.reply(server, number, refused, 0)
            return
        getattr(server, call.method)(number, *call.args)

    def reply(self, server: Process, number: int, body: Any, delay: Micros) -> None:
        """Send the answer back, if its client still waits for it."""
        state, engine = self.state, self.engine
        if (call := state.calls.get(number)) is None:
            return
        client = self._processes[call.client]
        disturbed = state.cut or state.stalled
        if disturbed and (held := self.wires.held(server, client, client, f"answer/{number}")) is not None:
            self.wires.serve(held, self.name, 0, "answered", (number, body))
            return
        if client.machine == server.machine:
            way = self.flags.local_latency
        else:
            way = self.latency_between(server, client) if state.delay else self.flags.latency
        due = engine.state.now + delay + way
        if call.deadline is not None and due > call.deadline:
            self._expire_later(call)  # it would come too late
            return
        del state.calls[number]
        if self.connections is not None:
            self.connections.frame(client, server)
        then = call.then
        engine.post(due, call.client, call.client_life, then.method, (body, *then.args))

    def pending(self, number: int) -> Call | None:
        """The call, if its client still waits for it."""
        return self.state.calls.get(number)

    def stays_unanswered(self, number: int) -> None:
        """The server cannot answer for now: the client's time-out, if it has one, starts to matter."""
        if (call := self.state.calls.get(number)) is not None:
            self._expire_later(call)

    def answered(self, number: int, body: Any) -> None:
        """An answer that was stalled got through."""
        if (call := self.state.calls.pop(number, None)) is not None:
            self.engine.post(
                self.now, call.client, call.client_life, call.then.method, (body, *call.then.args)
            )

    def expired(self, number: int) -> None:
        """A call's time is over: its client goes on with a time-out."""
        call = self.state.calls.get(number)
        if call is None or call.deadline is None or self.now < call.deadline:
            return
        del self.state.calls[number]
        self.wires.give_up(call)
        reply = Reply.transport(
            "Timeout", "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
        )
        self.engine.post(self.now, call.client, call.client_life, call.then.method, (reply, *call.then.args))

    def _expire_later(self, call: Call) -> None:
        if call.deadline is not None:
            self.engine.post(max(call.deadline, self.now), self.name, 0, "expired", (call.id,))

    # --- streams (watches) -------------------------------------------------------------------------

    def push(
        self, server: Process, client: Process, life: int, stream: str, method: str, args: tuple[Any, ...]
    ) -> bool:
        """A piece of a watch of that name arrives at its client now, or is stalled by a cut; False if the
        client has ended meanwhile."""
        status, state = client.status, self.state
        if status.incarnation != life:
            return False
        if (state.cut or state.stalled) and (
            held := self.wires.held(server, client, client, f"watch/{stream}")
        ):
            self.wires.serve(held, client.name, life, method, args)
            return True
        if self.connections is not None:
            self.connections.frame(client, server)
        if status.phase == HUNG:
            client.hold(method, args, self.engine.cause)
        else:
            getattr(client, method)(*args)
        return True

    # --- cuts --------------------------------------------------------------------------------------

    @property
    def undisturbed(self) -> bool:
        """No link is cut, and nothing waits to be sent again."""
        return not (self.state.cut or self.state.stalled)

    def holds_back(self, server: Process, client: Process, stream: str) -> bool:
        """A piece of the watch of that name would not arrive now."""
        return self.wires.held(server, client, client, f"watch/{stream}") is not None

    def retransmit(self, key: str, first: Micros) -> None:
        """TCP sends again what is stalled on a wire."""
        self.wires.retransmit(key, first)

    # --- ends --------------------------------------------------------------------------------------

    def process_ended(self, process: Process) -> None:
        """Its sockets are closed: peers that can be reached learn it at once, unless the machine lost
        power."""
        state = self.state
        if self.connections is not None:
            self.connections.ended(process.name)
        self.wires.ended(process.name)
        for call in list(state.calls.values()):
            if call.client == process.name:
                del state.calls[call.id]
            elif call.server == process.name:
                reset = Reply.transport("ConnectionReset", f"{process.name}: connection reset by peer")
                self.reply(process, call.id, reset, 0)

    # --- connections that are looked after --------------------------------------------------------

    def connection_given_up(self, client: str, heard: Micros) -> None:
        """A ping of that client, which last heard something at that time, had no answer."""
        if self.connections is not None:
            self.connections.given_up(client, heard)

    def is_awaited(self, call: int) -> bool:
        """Whoever sent this request is still there to hear the answer."""
        found = self.state.calls.get(call)
        if found is None:
            return False
        status = self._processes[found.client].status
        return status.phase != STOPPED and status.incarnation == found.client_life

    def fail_calls(self, client: str, server: str, reply: Reply) -> None:
        """All that a client still waits for from a server ends like this."""
        for call in list(self.state.calls.values()):
            if call.client == client and call.server == server:
                del self.state.calls[call.id]
                args = (reply, *call.then.args)
                self.engine.post(self.now, call.client, call.client_life, call.then.method, args)

    def _crosses(self, call: Call) -> str | None:
        return self.is_cut(self.process(call.client), self.process(call.server))

    def process(self, name: str) -> Process:
        """The process of that name."""
        return self._processes[name]

    def processes(self) -> Iterator[Process]:
        """All processes, in the order they were added."""
        return (
            actor
            for actor in self.engine.actors.values()
            if isinstance(actor, Process) and actor.status.phase == RUNNING
        )
