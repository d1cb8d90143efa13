"""Token buckets: the client's own rate limit, and the bucket the node controller evicts with."""

from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros


class TokenBucket(State):
    """client-go util/flowcontrol over juju/ratelimit 5b9ff866: filled by whole ticks that are aligned to
    its creation.

    rate: tokens per second (0: never any); capacity: the burst. A take first adds the ticks that have passed.
    """

    rate: float
    capacity: int
    created: Micros
    available: int
    tick: int = 0

    @property
    def interval(self) -> Micros:
        """Time between two tokens."""
        return round(SECOND / self.rate)

    def _adjust(self, now: Micros) -> None:
        if self.available >= self.capacity:
            return  # and the tick stays behind: a bucket that was full for a while gives two tokens at once
        tick = (now - self.created) // self.interval
        self.available = min(self.capacity, self.available + tick - self.tick)
        self.tick = tick

    def try_take(self, now: Micros) -> bool:
        """Take a token if one is there (TryAccept)."""
        if self.rate <= 0:
            return False
        self._adjust(now)
        if self.available <= 0:
            return False
        self.available -= 1
        return True

    def take(self, now: Micros) -> Micros:
        """Take a token now or in advance; returns how long its owner must wait (Accept)."""
        if self.rate <= 0:
            return 0
        self._adjust(now)
        self.available -= 1
        if self.available >= 0:
            return 0
        return self.created + (self.tick - self.available) * self.interval - now

    def next_token(self, now: Micros) -> Micros | None:
        """When `try_take` will next succeed, None for never."""
        if self.rate <= 0:
            return None
        self._adjust(now)
        return now if self.available > 0 else self.created + (self.tick + 1 - self.available) * self.interval


def full_bucket(rate: float, capacity: int, now: Micros) -> TokenBucket:
    """A new bucket is full."""
    return TokenBucket(rate, capacity, now, capacity)
