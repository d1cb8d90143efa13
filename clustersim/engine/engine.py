"""The engine: one queue of `(due, sent, sequence, target, incarnation, method, arguments, cause)`, plain
data, no closures. What is due at the same microsecond comes in the order in which it was sent."""

from collections.abc import Callable, Collection
from heapq import heapify, heappop, heappush
from typing import Any, Final, Protocol

import msgspec

from clustersim.bounds import MOST_AT_ONE_INSTANT
from clustersim.engine.calendar import OF_2017, Calendar, in_force
from clustersim.engine.random import RandomStream
from clustersim.engine.record import Record
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import END_OF_TIME, Micros

ANY_INCARNATION: Final = -1
"""For messages that find whichever life of the target is there, dead or alive (a packet at a port)."""

SPAN: Final = 18
"""A span of the queue is 2**18 us: a quarter of a second."""

DEAF: Final = -2
"""The life of who takes no messages now, and gets them later."""

Entry = tuple[Micros, Micros, int, str, int, str, tuple[Any, ...], int]


class Addressee(Protocol):
    """Whatever the queue can deliver to: an actor (`engine.actor`)."""

    life: int
    """Its incarnation, or DEAF: what can be told for every message without a call."""

    @property
    def address(self) -> str: ...
    def incarnation(self) -> int: ...
    def hold(self, method: str, args: tuple[Any, ...], cause: int) -> None: ...
    def save(self) -> dict[str, State]: ...
    def load(self, saved: dict[str, State]) -> None: ...
    def dissolve(self) -> None: ...


class EndlessError(RuntimeError):
    """So much happens at one instant that it will never end."""


class EngineState(State):
    """Clock, queue and stream positions.

    queue: a heap of what is due up to the end of the present `SPAN`; later: what is due in spans to come, by
    their numbers, in no order. So the heap stays small however much waits.
    """

    now: Micros = 0
    sequence: int = 0
    span: int = 0
    queue: list[Entry] = msgspec.field(default_factory=list)
    later: dict[int, list[Entry]] = msgspec.field(default_factory=dict)
    positions: dict[str, int] = msgspec.field(default_factory=dict)


class Engine:
    """Runs actors in simulated time.

    `ticking`: periodic loops run every pass instead of only those that find something (tests compare the
    two).
    """

    def __init__(
        self,
        seed: int,
        start: Micros,
        *,
        ticking: bool = False,
        record: bool = True,
        of_world: Calendar = OF_2017,
    ) -> None:
        self.seed = seed
        self.calendar = of_world
        self.ticking = ticking
        self.state = EngineState(now=start, span=start >> SPAN)
        self.record = Record(enabled=record)
        self.actors: dict[str, Addressee] = {}
        self.cause = 0
        self.onlookers: list[Callable[[Collection[str], bool], None]] = []
        """Called with machines when something on them is another: power or link, a process, a container, a
        rule in the kernel; and whether it was a process that began, ended or hangs."""
        self._topics: dict[str, list[Callable[[], None]]] = {}
        self._streams: dict[str, RandomStream] = {}

    @property
    def now(self) -> Micros:
        """Simulated time."""
        return self.state.now

    @property
    def handled(self) -> int:
        """How many entries of the queue have had their turn: all that were sent and do not wait."""
        state = self.state
        return state.sequence - len(state.queue) - sum(map(len, state.later.values()))

    def add(self, actor: Addressee) -> None:
        """Make an actor known by its address."""
        if actor.address in self.actors:
            raise ValueError(f"two actors are called {actor.address}")
        self.actors[actor.address] = actor

    def post(
        self,
        due: Micros,
        target: str,
        incarnation: int,
        method: str,
        args: tuple[Any, ...],
        sent: Micros | None = None,
    ) -> None:
        """Deliver at `due`, or at the end of time; the present cause goes with the message. sent: since
        when it waits, for its turn among others that are due at that microsecond; now if not told."""
        state = self.state
        if due > END_OF_TIME:
            due = END_OF_TIME
        state.sequence = sequence = state.sequence + 1
        if sent is None:
            sent = state.now
        entry = (due, sent, sequence, target, incarnation, method, args, self.cause)
        span = due >> SPAN
        if span <= state.span:
            heappush(state.queue, entry)
        elif (entries := state.later.get(span)) is None:
            state.later[span] = [entry]
        else:
            entries.append(entry)

    def run_until(self, until: Micros) -> None:
        """Handle everything due up to and including `until`."""
        until = int(until)
        with in_force(self.calendar):
            while self._open(until):
                self._run_span(until)
        self.state.now = max(self.state.now, until)
        self.cause = 0

    def _open(self, until: Micros) -> bool:
        """Make the next span the present one if the present one is over; whether something is due in it."""
        state = self.state
        if not state.queue and state.later and (span := min(state.later)) <= until >> SPAN:
            state.span = span
            state.queue = state.later.pop(span)
            heapify(state.queue)
        return bool(state.queue) and state.queue[0][0] <= until

    def _run_span(self, until: Micros) -> None:
        state, queue, actors = self.state, self.state.queue, self.actors
        pop, now = heappop, state.now
        left = MOST_AT_ONE_INSTANT
        while queue and queue[0][0] <= until:
            due, _, _, target, incarnation, method, args, cause = pop(queue)
            if due != now:
                state.now = now = due
                left = MOST_AT_ONE_INSTANT
            elif (left := left - 1) == 0:
                raise EndlessError(f"{target}.{method} goes on and on without time passing")
            actor = actors[target]
            life = actor.life
            if incarnation != life and (incarnation != ANY_INCARNATION or life == DEAF):
                if incarnation in (ANY_INCARNATION, actor.incarnation()):
                    actor.hold(method, args, cause)
                continue
            self.cause = cause
            getattr(actor, method)(*args)

    def next_due(self) -> Micros | None:
        """When the next queue entry is due, None when nothing is left to happen."""
        state = self.state
        if state.queue:
            return state.queue[0][0]
        return min(state.later[min(state.later)])[0] if state.later else None

    def emit(
        self,
        kind: str,
        actor: str,
        verb: str,
        object_ref: str,
        before: Any = None,
        after: Any = None,
        rule: Verdict | None = None,
        causes: tuple[int, ...] = (),
    ) -> int:
        """Record an event, caused by what is being handled (and by `causes`), and make it the present
        cause."""
        if self.cause and self.cause not in causes:
            causes = (self.cause, *causes)
        self.cause = self.record.add(
            self.state.now, kind, actor, verb, object_ref, before, after, causes, rule
        )
        return self.cause

    def random(self, name: str) -> RandomStream:
        """The stream of that name."""
        if (stream := self._streams.get(name)) is None:
            stream = self._streams[name] = RandomStream(self.seed, name, self.state.positions)
        return stream

    def reseed(self, seed: int) -> None:
        """Other accidents from now on."""
        self.seed = seed
        self._streams.clear()

    def observe(self, topic: str, wake: Callable[[], None]) -> None:
        """Call `wake` whenever the topic is signalled: how a lazy loop learns that its next pass would find
        something."""
        self._topics.setdefault(topic, []).append(wake)

    def signal(self, topic: str) -> None:
        """Something that loops may poll has changed."""
        for wake in self._topics.get(topic, ()):
            wake()

    def tell_onlookers(self, machine: str, *, lives: bool = False) -> None:
        """Something on that machine is another; lives: a process began, ended or hangs."""
        for look in self.onlookers:
            look((machine,), lives)

    def tell_onlookers_of(self, machines: Collection[str]) -> None:
        """The same is another on all of these machines."""
        for look in self.onlookers:
            look(machines, False)

    def dissolve(self) -> None:
        """Break the circles of all that knows one another here, so that it goes at once when nobody holds it:
        Python's collector would have to look through everything else that there is to find them."""
        for actor in self.actors.values():
            actor.dissolve()
        self.actors.clear()
        self._topics.clear()
        self._streams.clear()
        self.onlookers.clear()

    def restore(self, state: EngineState) -> None:
        """Go on from a copied state."""
        self.state = state
        self._streams.clear()
