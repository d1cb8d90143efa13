"""What the taint-eviction controller remembers: taints and timers. After a restart all timers begin anew."""

import msgspec

from clustersim.api.core_v1 import Taint
from clustersim.engine.state import State
from clustersim.engine.time import Micros

NAME = "taint-eviction-controller"


class Timer(msgspec.Struct, frozen=True):
    """When a pod began to be tolerated, and until when; `fired`: it has been deleted."""

    created: Micros
    due: Micros
    fired: bool = False


class TaintEvictionState(State):
    """NoExecute taints by node, with the write that brought them; timers by pod."""

    tainted: dict[str, tuple[Taint, ...]] = msgspec.field(default_factory=dict)
    causes: dict[str, int] = msgspec.field(default_factory=dict)
    timers: dict[str, Timer] = msgspec.field(default_factory=dict)
