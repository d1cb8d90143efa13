"""Parts of the controller-manager: what runs inside the one process, and is called back by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar

import msgspec

from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.client.recorder import EventRecorder
from clustersim.client.workqueue import QueueState, WorkQueue
from clustersim.engine.actor import Then, then
from clustersim.engine.engine import Engine
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros

if TYPE_CHECKING:
    from clustersim.controllermanager.process import ControllerManager

P = ParamSpec("P")
T = TypeVar("T")


class ControlLoop(msgspec.Struct, frozen=True):
    """What people see of a control loop: when it last did something, and how much waits for it."""

    name: str
    last_active: Micros | None
    queue: int


class Part:
    """Something inside the process whose methods can be called later, by its name and theirs."""

    def __init__(self, process: "ControllerManager", name: str) -> None:
        self.process = process
        self.name = name
        process.handlers[name] = self

    @property
    def now(self) -> Micros:
        """Simulated time."""
        return self.process.now

    @property
    def engine(self) -> Engine:
        """The engine of the process."""
        return self.process.engine

    def then(self, method: Callable[Concatenate[Reply, P], None], *args: P.args, **_: P.kwargs) -> Then:
        """Go on with `method(reply, *args)` of this part when the answer is there."""
        return then(self.process.answer, self.name, method.__name__, args)

    def post(self, delay: Micros, method: Callable[P, None], *args: P.args, **_: P.kwargs) -> None:
        """Call a method of this part after `delay`, if the process still lives then."""
        self.process.post(delay, self.process.turn, self.name, method.__name__, args)

    def decide(
        self,
        verb: str,
        object_ref: str,
        verdict: Verdict,
        *,
        before: Any = None,
        after: Any = None,
        causes: tuple[int, ...] = (),
    ) -> int:
        """Write down a decision with the rule that made it, before anything is done about it."""
        return self.process.emit(
            "decision", verb, object_ref, before=before, after=after, rule=verdict, causes=causes
        )

    def log(self, text: str, source: str, level: str = "I") -> None:
        """A line in the log of the process."""
        self.process.log(text, level, source)


class Controller(Part):
    """One controller: a part with its own API client, Event recorder and memory.

    `waits_for`: resources whose caches must be filled before it starts. `title`: its name in the log.
    """

    waits_for: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str] = ""

    def __init__(self, process: "ControllerManager", name: str, source: str) -> None:
        super().__init__(process, name)
        flags = process.flags
        self.flags = flags
        self.traits = process.traits
        self.api = Client(process, qps=flags.kube_api_qps, burst=flags.kube_api_burst, name=name)
        self.recorder = EventRecorder(
            process, source, client=self.api, filter_spam=process.traits.filter_spam
        )
        process.controllers[name] = self

    def memory(self, kind: type[T]) -> T:
        """This controller's part of the memory of the process, fresh when asked for the first time."""
        parts: dict[str, Any] = self.process.state.parts
        key = f"controller/{self.name}"
        if (found := parts.get(key)) is None:
            found = parts[key] = kind()
        return found

    def peek(self, kind: type[T]) -> T:
        """The same for those who only look: nothing is kept of it."""
        return self.process.state.parts.get(f"controller/{self.name}") or kind()

    def start(self) -> None:
        """The caches are filled: work."""
        raise NotImplementedError

    def control_loops(self) -> tuple[ControlLoop, ...]:
        """What people see of it."""
        raise NotImplementedError

    def loop_of(self, queue: WorkQueue) -> ControlLoop:
        """What people see of a controller that works through a queue."""
        state: QueueState | None = self.process.state.parts.get(f"queue/{queue.name}")
        if state is None:
            return ControlLoop(queue.name, None, 0)
        return ControlLoop(queue.name, state.last_active, len(state.waiting) + len(state.processing))
