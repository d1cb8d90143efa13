"""Parts of a process: what runs inside it and is called back by name, since queue entries are plain data."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from clustersim.engine.actor import Then, then
from clustersim.engine.process import Process
from clustersim.engine.time import Micros

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Part:
    """Something inside a process: a client, a cache, a queue, a controller.

    `name` is its own in the process, and the key of its memory.
    """

    def __init__(self, process: Process, name: str) -> None:
        self.process = process
        self.engine = process.engine
        self.name = name
        process.parts[name] = self

    @property
    def now(self) -> Micros:
        """Simulated time."""
        return self.engine.state.now

    def then(self, method: Callable[Concatenate[R, P], None], *args: P.args, **_: P.kwargs) -> Then:
        """Go on with `method(reply, *args)` of this part when the answer is there."""
        return then(self.process.part_answered, self.name, method.__name__, args)

    def post(self, delay: Micros, method: Callable[P, None], *args: P.args, **_: P.kwargs) -> None:
        """Call a method of this part after `delay`, if the process still lives then."""
        self.process.post(delay, self.process.part_due, self.name, method.__name__, args)

    def remember(self, make: Callable[[], T]) -> T:
        """This part's memory, kept in that of the process; made when it is first asked for."""
        parts: dict[str, Any] = self.process.state.parts
        if (found := parts.get(self.name)) is None:
            found = parts[self.name] = make()
        return found
