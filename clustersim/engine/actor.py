"""Actors: whatever the event queue can deliver to. Processes, machines and the network are actors."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

from clustersim.engine.engine import Engine
from clustersim.engine.random import RandomStream
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import Micros

P = ParamSpec("P")
R = TypeVar("R")


class Then(msgspec.Struct, frozen=True, gc=False):
    """A continuation as plain data: which method of the caller goes on, with which arguments after the
    result."""

    method: str
    args: tuple[Any, ...] = ()


def then(method: Callable[Concatenate[R, P], None], *args: P.args, **_: P.kwargs) -> Then:
    """Go on with `method(result, *args)`; the arguments must be plain data, since they are kept in the
    event queue."""
    return Then(method.__name__, args)


class Actor:
    """Something with a name, a State and a mailbox in simulated time."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self.state: Any = State()
        self.life = 0

    @property
    def address(self) -> str:
        """Under what the engine knows it: its name, unless names of its kind are people's choice."""
        return self.name

    @property
    def now(self) -> Micros:
        """Simulated time."""
        return self.engine.state.now

    def incarnation(self) -> int:
        """Which life of the actor a message is for; messages to an earlier one are lost."""
        return 0

    def is_deaf(self) -> bool:
        """Deaf actors get their messages later (a hung process)."""
        return False

    def hold(self, method: str, args: tuple[Any, ...], cause: int) -> None:
        """Keep a message that came while deaf."""
        raise AssertionError(f"{self.name} is never deaf")

    def save(self) -> dict[str, State]:
        """Everything about the actor that changes, for snapshots."""
        return {"state": self.state}

    def load(self, saved: dict[str, State]) -> None:
        """Go on from what `save` gave (a copy of it)."""
        for name, state in saved.items():
            setattr(self, name, state)

    def dissolve(self) -> None:
        """Let go of everybody: nobody will use this actor any more."""
        vars(self).clear()

    def post(self, delay: Micros, method: Callable[P, None], *args: P.args, **_: P.kwargs) -> None:
        """Call a method of this actor after `delay`; lost if this life of it ends before."""
        engine = self.engine
        engine.post(engine.state.now + delay, self.address, self.incarnation(), method.__name__, args)

    def emit(
        self,
        kind: str,
        verb: str,
        object_ref: str,
        *,
        before: Any = None,
        after: Any = None,
        rule: Verdict | None = None,
        causes: tuple[int, ...] = (),
    ) -> int:
        """Record an event; it becomes the cause of all that is posted and sent from now on in this turn."""
        return self.engine.emit(kind, self.name, verb, object_ref, before, after, rule, causes)

    def random(self, stream: str) -> RandomStream:
        """The actor's own stream of that name."""
        return self.engine.random(f"{self.name}/{stream}")
