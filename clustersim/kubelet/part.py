"""Parts: the kubelet's goroutines and managers, each with memory of its own, that find their way back by
name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec

from clustersim.api.status import Reply
from clustersim.engine.actor import Then
from clustersim.engine.state import State
from clustersim.engine.time import Micros

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet

P = ParamSpec("P")


class Part:
    """One part of a kubelet. `name` is its key in the kubelet's memory; `memory` makes what it remembers."""

    name: ClassVar[str]

    def __init__(self, kubelet: "Kubelet") -> None:
        self.kubelet = kubelet
        kubelet.parts[self.name] = self

    def memory(self) -> State:
        """Fresh memory."""
        return State()

    @property
    def state(self) -> Any:
        """What the part remembers."""
        parts: dict[str, Any] = self.kubelet.state.parts
        if (state := parts.get(self.name)) is None:
            state = parts[self.name] = self.memory()
        return state

    @property
    def now(self) -> Micros:
        """Simulated time."""
        return self.kubelet.now

    def go_on(self, method: Callable[Concatenate[Reply, P], None], *args: P.args, **_: P.kwargs) -> Then:
        """Go on with `method(reply, *args)` of this part when the answer comes."""
        return Then("answered", (self.name, method.__name__, *args))

    def post(self, delay: Micros, method: Callable[P, None], *args: P.args, **_: P.kwargs) -> None:
        """Call a method of this part after `delay`."""
        self.kubelet.post(delay, self.kubelet.resumed, self.name, method.__name__, args)

    def ask_runtime(
        self,
        method: str,
        *args: Any,
        then: Callable[..., None],
        extra: tuple[Any, ...] = (),
        timeout: bool = True,
    ) -> None:
        """Call docker; `then(reply, *extra)` follows. Pulls have no time limit, all else
        --runtime-request-timeout."""
        kubelet = self.kubelet
        limit = kubelet.flags.runtime_request_timeout if timeout else None
        kubelet.call(
            kubelet.runtime,
            f"serve_{method}",
            *args,
            then=Then("answered", (self.name, then.__name__, *extra)),
            timeout=limit,
        )

    def log(self, source: str, text: str, level: str = "I") -> None:
        """A line in the kubelet's log."""
        self.kubelet.log(text, level, source)
