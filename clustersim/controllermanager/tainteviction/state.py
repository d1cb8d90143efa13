"""What the taint-eviction controller remembers: taints and timers. After a restart all timers begin anew."""

import msgspec

from clustersim.api.core_v1 import Taint
from clustersim.controllermanager.taintedpods import Timer
from clustersim.engine.state import State

NAME = "taint-eviction-controller"


class TaintEvictionState(State):
    """NoExecute taints by node, with the write that brought them; timers by pod."""

    tainted: dict[str, tuple[Taint, ...]] = msgspec.field(default_factory=dict)
    causes: dict[str, int] = msgspec.field(default_factory=dict)
    timers: dict[str, Timer] = msgspec.field(default_factory=dict)
