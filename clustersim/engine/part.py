"""Parts of a process: what runs inside it and is called back by name, since queue entries are plain data."""

from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from clustersim.engine.actor import Then
from clustersim.engine.process import Process
from clustersim.engine.time import Micros

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ANSWERED: Final = Process.part_answered.__name__
DUE: Final = Process.part_due.__name__


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
        return Then(ANSWERED, (self.name, method.__name__, args))

    def post(self, delay: Micros, method: Callable[P, None], *args: P.args, **_: P.kwargs) -> None:
        """Call a method of this part after `delay`, if the process still lives then."""
        process, engine = self.process, self.engine
        call = (self.name, method.__name__, args)
        engine.post(engine.state.now + delay, process.name, process.status.incarnation, DUE, call)

    def remember(self, make: Callable[[], T]) -> T:
        """This part's memory, kept in that of the process; made when it is first asked for.

        What is asked for with every message looks into `parts` itself, to be spared this call.
        """
        parts: dict[str, Any] = self.process.state.parts
        if (found := parts.get(self.name)) is None:
            found = parts[self.name] = make()
        return found
