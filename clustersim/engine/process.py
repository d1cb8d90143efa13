"""Processes: programs that run on machines, can be started, killed, hung and resumed, and lose their memory
when they end.

Which state leads to which is the table `PROCESS`.
"""

from collections.abc import Callable
from sys import intern
from typing import Any, ClassVar, Final, Protocol

import msgspec

from clustersim.engine.actor import Actor, P, Then
from clustersim.engine.engine import DEAF, Engine
from clustersim.engine.journal import Line, Phrase
from clustersim.engine.random import RandomStream
from clustersim.engine.serving import PING, Checks, Listener
from clustersim.engine.state import State
from clustersim.engine.statemachine import StateMachine, Transition
from clustersim.engine.time import Micros

STOPPED: Final = "stopped"
RUNNING: Final = "running"
HUNG: Final = "hung"

PROCESS: Final = StateMachine(
    "process",
    {
        STOPPED: "there is no such process; its memory is gone",
        RUNNING: "it works",
        HUNG: "SIGSTOP: it is there and does nothing; calls to it block",
    },
    Transition("started", (STOPPED,), RUNNING),
    Transition("hung", (RUNNING,), HUNG),
    Transition("resumed", (HUNG,), RUNNING),
    Transition("killed", (RUNNING, HUNG), STOPPED),
    Transition("exited", (RUNNING, HUNG), STOPPED),
)

DEPUTIES: Final = "deputies"
"""What is signalled when processes begin to do the same, or cease to."""

JOURNAL_LIMIT: Final = 400
JOURNAL_CUT: Final = JOURNAL_LIMIT // 4
"""So many of the oldest lines go when there are more than that."""


class Transport(Protocol):
    """What carries the calls of processes: the network."""

    def call(
        self,
        client: "Process",
        server: str,
        method: str,
        args: tuple[Any, ...],
        then: Then,
        timeout: Micros | None,
        late: Micros = 0,
    ) -> int: ...
    def arrived(self, server: "Process", number: int) -> None: ...
    def reply(self, server: "Process", number: int, body: Any, delay: Micros) -> None: ...
    def process_ended(self, process: "Process") -> None: ...


class Memory(State):
    """What a process remembers while it lives; each kind of process extends it. Helpers keep their part
    under their name."""

    loops: dict[str, Any] = msgspec.field(default_factory=dict)
    parts: dict[str, Any] = msgspec.field(default_factory=dict)


class Status(State):
    """What the machine's init system knows of a process; `held` are messages that wait for a hung one.

    exited: it ended by itself and was not killed. refusal: what it says of its command line, and ends,
    whenever it is started; "": it goes on.
    """

    phase: str = STOPPED
    incarnation: int = 0
    since: Micros = 0
    exited: bool = False
    refusal: str = ""
    held: list[tuple[str, tuple[Any, ...], int]] = msgspec.field(default_factory=list)
    journal: list[Line] = msgspec.field(default_factory=list)


class Process(Actor):
    """A program on a machine. Subclasses define `kind`, `memory()` and `boot()`, and answer calls by methods.

    Answering a call: a method `serve_x(call, *args)` gets the call's id and must `reply(call, body)` some
    time.
    """

    kind: ClassVar[str] = "process"
    chance: int = 0
    """Which way the races fall out that it takes part in; 0: the usual one."""

    def __init__(self, engine: Engine, network: "Transport", name: str, machine: str) -> None:
        super().__init__(engine, name)
        self.network = network
        self.machine = machine
        self.status = Status()
        self.state: Any = self.memory()
        self.parts: dict[str, Any] = {}
        """What runs inside it, by name (`engine.part.Part`)."""
        self.loops: dict[str, Any] = {}
        """Its loops, by name (`engine.loop.Loop`)."""
        self.holders: list[Any] = []
        """Those of them that have their memory at hand (`engine.at_hand`)."""
        self.before_interruption: list[Callable[[], None]] = []
        """Called before it ends or hangs."""

    def memory(self) -> Memory:
        """Fresh memory, as a program has it when it starts."""
        return Memory()

    @property
    def deputy(self) -> str:
        """Who is told what this process would be told: itself, unless others know and do the same."""
        return self.name

    def go_alone(self) -> None:
        """Something is about to happen to this process that does not happen to those that do the same."""

    @property
    def journal(self) -> list[Line]:
        """What it has logged, oldest first."""
        return self.status.journal

    @property
    def clock(self) -> Micros:
        """What the clock of its machine shows: what it writes as the time."""
        return self.engine.state.now

    def chancy_random(self, stream: str) -> RandomStream:
        """A stream for what is a race in the real program: another one for another `chance`."""
        return self.random(f"{stream}/{self.chance}" if self.chance else stream)

    def save(self) -> dict[str, State]:
        return {"state": self.state, "status": self.status}

    def load(self, saved: dict[str, State]) -> None:
        super().load(saved)
        self._renew_memory(self.state)
        self._live()

    def _renew_memory(self, state: Any) -> None:
        """From now on its memory is that one, and what its parts remember is in there."""
        self.state = state
        for holder in self.holders:
            del holder.state
        self.holders.clear()

    def dissolve(self) -> None:
        for part in self.parts.values():
            vars(part).clear()
        super().dissolve()

    def listeners(self) -> tuple[Listener, ...]:
        """The ports it listens on, as its flags say."""
        return ()

    def health_checks(self, path: str) -> Checks | None:
        """What it looks at when it is asked for its health at a path such as /healthz; None: no such path."""
        return PING if path == "/healthz" else None

    @property
    def listening(self) -> bool:
        """Calls are taken; otherwise they are refused, as where no process is."""
        return self.status.phase != STOPPED

    def boot(self) -> None:
        """The program's main: called right after it was started, with fresh memory."""

    # --- life --------------------------------------------------------------------------------------

    def incarnation(self) -> int:
        """Grows with every start and every end, so that timers and replies of an earlier life never
        arrive."""
        return self.status.incarnation

    @property
    def running(self) -> bool:
        """The process exists and is not hung."""
        return self.status.phase == RUNNING

    def is_deaf(self) -> bool:
        """A hung process reads its messages when it is resumed."""
        return self.status.phase == HUNG

    def hold(self, method: str, args: tuple[Any, ...], cause: int) -> None:
        """Keep a message until the process is resumed."""
        self.status.held.append((method, args, cause))

    def post(self, delay: Micros, method: Callable[P, None], *args: P.args, **_: P.kwargs) -> None:
        engine = self.engine
        engine.post(engine.state.now + delay, self.name, self.status.incarnation, method.__name__, args)

    def start(self) -> None:
        """Start the program; nothing happens if it already runs."""
        if self._become("started"):
            self._renew_memory(self.memory())
            if self.status.refusal:
                self.exit(self.status.refusal)
            else:
                self.boot()

    def kill(self) -> None:
        """SIGKILL: memory, timers and open connections are gone at once."""
        self._interrupt()
        if self._become("killed"):
            self._end()

    def exit(self, reason: str) -> None:
        """The program ends itself."""
        self._interrupt()
        self.log(reason, level="F")
        if self._become("exited", reason):
            self._end()

    def hang(self) -> None:
        """SIGSTOP: every call to it blocks, its own timers too."""
        self._interrupt()
        self._become("hung")

    def resume(self) -> None:
        """SIGCONT: what was held is handled now, in order."""
        since = self.status.since
        if not self._become("resumed"):
            return
        held, self.status.held = self.status.held, []
        for method, args, cause in held:
            self.engine.cause = cause or self.engine.cause
            self.engine.post(self.now, self.name, self.incarnation(), method, args)
        for loop in self.loops.values():
            loop.resumed(since)

    def _interrupt(self) -> None:
        self.go_alone()
        for prepare in self.before_interruption:
            prepare()

    def _become(self, verb: str, reason: str | None = None) -> bool:
        """Go where the verb leads by the table; False where it means nothing."""
        before = self.status.phase
        phase = PROCESS.after(before, verb)
        if phase is None:
            return False
        self.status.phase = phase
        self.status.since = self.now
        if verb in ("started", "killed", "exited"):
            self.status.incarnation += 1
            self.status.exited = verb == "exited"
        self._live()
        self.emit("process", verb, self.name, before=before, after=reason or phase)
        self.engine.tell_onlookers(self.machine, lives=True)
        return True

    def _live(self) -> None:
        self.life = DEAF if self.status.phase == HUNG else self.status.incarnation

    @property
    def is_authentic(self) -> bool:
        """What it shows of itself is valid; matters where the server asks for it."""
        return True

    def connection_lost(self) -> None:
        """The connection to its server was given up, and with it the streams that came over it."""

    def forget_client(self, client: str) -> None:
        """A client gave its connection up: what it was sent over it goes nowhere."""

    def hang_up(self) -> None:
        """Close the streams that this process serves, before its memory is gone."""

    def _end(self) -> None:
        self.hang_up()
        self.status.held = []
        self._renew_memory(self.memory())
        self.network.process_ended(self)
        self.engine.signal(f"process/{self.name}")

    # --- talking -----------------------------------------------------------------------------------

    def call(
        self,
        server: str,
        method: str,
        *args: Any,
        then: Then,
        timeout: Micros | None = None,
        late: Micros = 0,
    ) -> int:
        """Ask a process on this or another machine; `then` gets a `Reply`, also when it is refused or timed
        out. late: it was really asked so long ago, no longer than the way takes."""
        return self.network.call(self, server, method, args, then, timeout, late)

    def reply(self, call: int, body: Any, delay: Micros = 0) -> None:
        """Answer a call after `delay`."""
        self.network.reply(self, call, body, delay)

    def arrive(self, call: int) -> None:
        """A call reaches this process's port, whether anybody listens there or not."""
        self.network.arrived(self, call)

    def part_answered(self, reply: Any, part: str, method: str, args: tuple[Any, ...]) -> None:
        """An answer to something that one of the parts asked."""
        getattr(self.parts[part], method)(reply, *args)

    def part_due(self, part: str, method: str, args: tuple[Any, ...]) -> None:
        """A part's wait is over."""
        getattr(self.parts[part], method)(*args)

    def run_loop(self, name: str, token: int) -> None:
        """A pass of one of the process's loops is due."""
        self.loops[name].run(token)

    def log(self, said: str | Phrase, level: str = "I", source: str = "") -> None:
        """A line for the journal of this process; it survives the process, and is bounded."""
        journal = self.status.journal
        head = intern(f"{level} {source}]") if source else level
        journal.append(Line(self.engine.state.now, head, said))
        if len(journal) > JOURNAL_LIMIT:
            del journal[:JOURNAL_CUT]
