"""What the node controller remembers. All of it is memory: after a restart it knows nothing."""

from collections import deque

import msgspec

from clustersim.api.core_v1 import Node, Taint
from clustersim.controllermanager.node.evictor import ZoneEvictor
from clustersim.controllermanager.node.health import NodeHealth
from clustersim.controllermanager.node.lookout import LookoutState
from clustersim.controllermanager.node.zones import ZoneCount
from clustersim.controllermanager.taintedpods import Timer
from clustersim.engine.state import State
from clustersim.engine.time import Micros


class TaintState(State):
    """NoExecute taints by node, and timers by pod."""

    tainted: dict[str, tuple[Taint, ...]] = msgspec.field(default_factory=dict)
    timers: dict[str, Timer] = msgspec.field(default_factory=dict)


class NodeControllerState(State):
    """known: names that were announced, with UIDs. health: by name, when last looked at. zones: states.
    evictors: queues by zone.

    heard: by name, the write that brought the last change of the node to the cache; flipped: the decision
    that marked it Unknown. They are the causes of what is decided later.
    lookout: which nodes a pass has to look at.
    todo, working, counts, flips: of the pass that is under way: nodes still to be looked at closely and how
    many are being looked at, what was counted, the writes and decisions that changed a node's Ready since
    the pass before.
    evicting: zones that the running eviction pass has still to look at.
    """

    known: dict[str, str] = msgspec.field(default_factory=dict)
    health: dict[str, NodeHealth] = msgspec.field(default_factory=dict)
    heard: dict[str, int] = msgspec.field(default_factory=dict)
    flipped: dict[str, int] = msgspec.field(default_factory=dict)
    zones: dict[str, str] = msgspec.field(default_factory=dict)
    evictors: dict[str, ZoneEvictor] = msgspec.field(default_factory=dict)
    lookout: LookoutState = msgspec.field(default_factory=LookoutState)
    todo: deque[Node] = msgspec.field(default_factory=deque)
    working: int = 0
    counts: dict[str, ZoneCount] = msgspec.field(default_factory=dict)
    flips: list[int] = msgspec.field(default_factory=list)
    taints: TaintState = msgspec.field(default_factory=TaintState)
    evicting: list[str] = msgspec.field(default_factory=list)
    last_pass: Micros | None = None
    last_active: Micros | None = None
    last_eviction: Micros | None = None
