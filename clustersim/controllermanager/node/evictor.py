"""The queue of nodes of one zone whose pods are to be deleted, behind a rate limiter.

A node is queued once: it stays in `seen` after its pods were deleted, until it is Ready again or the
controller restarts. Source: v1.7.5 pkg/controller/node/rate_limited_queue.go, v1.8.0
.../scheduler/rate_limited_queue.go.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.client.flowcontrol import RateLimiter, TokenBucket
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.state import State
from clustersim.engine.time import Micros

NEVER_RATE: Final = 1.0
"""What the limiter that never gives a token says its rate is; so with a rate of 1 it is never replaced."""


class Queued(msgspec.Struct, frozen=True):
    """A node that waits. `process_at`: its place in the order; `cause`: the decision that queued it."""

    node: str
    uid: str
    process_at: Micros
    cause: int = 0


AnyLimiter = TokenBucket | RateLimiter
NewLimiter = Callable[[float, int, Micros], AnyLimiter]
"""A full limiter of that rate and burst."""


class ZoneQueue(msgspec.Struct, frozen=True):
    """What people see of a zone's queue. `first`: when its limiter lets the first through, None for never."""

    zone: str
    waiting: int
    first: Micros | None


class ZoneEvictor(State):
    """One zone. `limiter`: None never gives a token."""

    limiter: AnyLimiter | None
    queue: dict[str, Queued] = msgspec.field(default_factory=dict)
    seen: dict[str, bool] = msgspec.field(default_factory=dict)

    def add(self, node: str, uid: str, now: Micros, cause: int = 0) -> bool:
        """Queue a node; False if it was queued or processed before and has not been removed since."""
        if node in self.seen:
            return False
        self.seen[node] = True
        self.queue[node] = Queued(node, uid, now, cause)
        return True

    def remove(self, node: str) -> bool:
        """Forget a node, so that it may be queued again; False if it was not known."""
        self.queue.pop(node, None)
        return self.seen.pop(node, False)

    def processed(self, node: str) -> None:
        """The node's pods are deleted: it waits no longer, and is not queued again."""
        self.queue.pop(node, None)

    def failed(self, node: str, now: Micros) -> None:
        """The node's turn failed: it goes to the end of the queue, unless it was removed meanwhile."""
        if (queued := self.queue.pop(node, None)) is not None:
            self.queue[node] = Queued(node, queued.uid, now, queued.cause)

    @property
    def head(self) -> Queued | None:
        """The node whose turn is next."""
        return min(self.queue.values(), key=_place, default=None)

    def take(self, now: Micros) -> bool:
        """Take a token if there is one."""
        return self.limiter is not None and self.limiter.try_take(now)

    def told(self, zone: str, now: Micros) -> ZoneQueue:
        """The queue as people see it."""
        first = None if self.limiter is None else self.limiter.next_token(now)
        return ZoneQueue(zone, len(self.queue), first)

    @property
    def rate(self) -> float:
        """Nodes per second as the limiter says it."""
        return NEVER_RATE if self.limiter is None else self.limiter.rate

    def limit(self, new_limiter: NewLimiter, rate: float, burst: int, now: Micros) -> None:
        """Replace the limiter by one of another rate; one that takes the place of an exhausted one starts
        empty."""
        if self.rate == rate:
            return
        new = new_limiter(rate, burst, now) if rate > 0 else None
        if new is not None:
            while self._saturation(self.limiter, now) > self._saturation(new, now):
                new.try_take(now)
        self.limiter = new

    @staticmethod
    def _saturation(limiter: AnyLimiter | None, now: Micros) -> float:
        return 1.0 if limiter is None else (limiter.capacity - limiter.count(now)) / limiter.capacity


def new_evictor(new_limiter: NewLimiter, rate: float, burst: int, now: Micros) -> ZoneEvictor:
    """The queue of a new zone: empty, its limiter full."""
    return ZoneEvictor(new_limiter(rate, burst, now) if rate > 0 else None)


def token_verdict(rule: Rule, evictor: ZoneEvictor, queued: Queued, now: Micros) -> Verdict:
    """Whether the limiter lets a node through now, and if not, when it will."""
    limiter = evictor.limiter
    due = None if limiter is None else limiter.next_token(now)
    rate = 0.0 if limiter is None else limiter.rate
    return rule.holds(due is not None and due <= now, due=due, node=queued.node, rate=rate)


def _place(queued: Queued) -> Micros:
    return queued.process_at
