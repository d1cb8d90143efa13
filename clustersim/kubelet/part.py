"""Parts: the kubelet's goroutines and managers, each with memory of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clustersim.engine.actor import Then
from clustersim.engine.at_hand import AtHand
from clustersim.engine.journal import Phrase
from clustersim.engine.part import ANSWERED
from clustersim.engine.part import Part as ProcessPart
from clustersim.engine.state import State
from clustersim.engine.time import Micros

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet


class Part(ProcessPart):
    """One part of a kubelet. Subclasses name themselves; `memory` makes what a part remembers."""

    def __init__(self, kubelet: "Kubelet") -> None:
        super().__init__(kubelet, self.name)
        self.kubelet = kubelet

    def memory(self) -> State:
        """Fresh memory."""
        return State()

    @AtHand
    def state(self) -> Any:
        """What the part remembers."""
        return self.remember(self.memory)

    def ask_runtime(
        self,
        method: str,
        *args: Any,
        then: Callable[..., None],
        extra: tuple[Any, ...] = (),
        timeout: bool = True,
        late: Micros = 0,
    ) -> None:
        """Call the runtime; `then(reply, *extra)` follows. Pulls have no time limit, all else
        --runtime-request-timeout. late: the call was really made so long ago."""
        kubelet = self.kubelet
        limit = kubelet.flags.runtime_request_timeout if timeout else None
        answer = Then(ANSWERED, (self.name, then.__name__, extra))
        kubelet.network.call(kubelet, kubelet.runtime, f"serve_{method}", args, answer, limit, late)

    def log(self, source: str, said: str | Phrase, level: str = "I") -> None:
        """A line in the kubelet's log."""
        self.kubelet.log(said, level, source)
