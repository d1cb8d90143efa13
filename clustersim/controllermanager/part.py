"""Parts of the controller-manager: what runs inside the one process, and is called back by name."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar

import msgspec

from clustersim.api.meta import ApiObject
from clustersim.client.client import Client
from clustersim.client.recorder import EventRecorder
from clustersim.client.workqueue import QueueState, WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.references import reference_to
from clustersim.engine.part import Part as ProcessPart
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros

T = TypeVar("T")


class ControlLoop(msgspec.Struct, frozen=True):
    """What people see of a control loop: when it last did something, and how much waits for it."""

    name: str
    last_active: Micros | None
    queue: int


class Part(ProcessPart):
    """Something inside the process that makes decisions and writes to its log."""

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


class Controller(Part, ABC):
    """One controller: a part with its own API client, Event recorder and memory.

    `waits_for`: resources whose caches must be filled before it starts. `title`: its name in the log.
    """

    waits_for: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str] = ""

    def __init__(self, context: ControllerContext, name: str, source: str) -> None:
        super().__init__(context.process, name)
        self._memory = f"controller/{name}"
        self.context = context
        self.flags = flags = context.flags
        self.traits = context.traits
        self.shared = context.shared
        self.api = Client(self.process, qps=flags.kube_api_qps, burst=flags.kube_api_burst, name=name)
        self.recorder = EventRecorder(self.api, source, traits=self.traits.recorder)

    def memory(self, kind: type[T]) -> T:
        """This controller's part of the memory of the process, fresh when asked for the first time."""
        parts: dict[str, Any] = self.process.state.parts
        if (found := parts.get(self._memory)) is None:
            found = parts[self._memory] = kind()
        return found

    def peek(self, kind: type[T]) -> T:
        """The same for those who only look: nothing is kept of it."""
        return self.process.state.parts.get(self._memory) or kind()

    def tell(self, obj: ApiObject, kind: str, reason: str, message: str) -> None:
        """An Event of type `kind` (Normal or Warning) about an object."""
        self.recorder.event(reference_to(obj, self.traits.release), kind, reason, message)

    @abstractmethod
    def start(self) -> None:
        """The caches are filled: work."""

    @abstractmethod
    def control_loops(self) -> tuple[ControlLoop, ...]:
        """What people see of it."""

    def memory_renewed(self) -> None:
        """The process has another memory: that of a snapshot, or a fresh one."""

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """Of the rules of this controller those that would change an object, and do not yet."""
        return iter(())

    def loop_of(self, queue: WorkQueue) -> ControlLoop:
        """What people see of a controller that works through a queue."""
        state: QueueState | None = self.process.state.parts.get(queue.name)
        if state is None:
            return ControlLoop(queue.title, None, 0)
        return ControlLoop(queue.title, state.last_active, len(state.waiting) + len(state.processing))
