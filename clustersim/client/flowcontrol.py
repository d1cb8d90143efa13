"""Token buckets: the client's own rate limit, and the bucket behind the queue of lost nodes."""

from functools import lru_cache

from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros


@lru_cache(maxsize=256)
def interval_of(rate: float) -> Micros:
    """Time between two tokens."""
    return max(1, round(SECOND / rate))


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
        return interval_of(self.rate)

    def count(self, now: Micros) -> int:
        """Tokens a take would find; looking changes nothing."""
        if self.available >= self.capacity or self.rate <= 0:
            return self.available
        tick = (now - self.created) // self.interval
        return min(self.capacity, self.available + tick - self.tick)

    def _adjust(self, now: Micros) -> None:
        if self.available >= self.capacity:
            return  # and the tick stays behind: a bucket that was full for a while gives two tokens at once
        tick = (now - self.created) // interval_of(self.rate)
        if tick != self.tick:
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
        """When `try_take` will next succeed, None for never; looking changes nothing."""
        if self.rate <= 0:
            return None
        missing = 1 - self.count(now)
        if missing <= 0:
            return now
        return self.created + ((now - self.created) // self.interval + missing) * self.interval


def full_bucket(rate: float, capacity: int, now: Micros) -> TokenBucket:
    """A new bucket is full."""
    return TokenBucket(rate, capacity, now, capacity)


class RateLimiter(State):
    """golang.org/x/time/rate, which today's client-go uses: filled continuously, never above the burst.

    full_at: when the bucket will be full again, if nothing is taken.
    """

    rate: float
    capacity: int
    full_at: Micros

    @property
    def interval(self) -> Micros:
        """Time between two tokens."""
        return max(1, round(SECOND / self.rate))

    def count(self, now: Micros) -> int:
        """Tokens a take would find; looking changes nothing."""
        missing = max(0, self.full_at - now)
        return self.capacity - (missing + self.interval - 1) // self.interval

    def try_take(self, now: Micros) -> bool:
        """Take a token if one is there (AllowN)."""
        if self.count(now) < 1:
            return False
        self.full_at = max(self.full_at, now) + self.interval
        return True

    def next_token(self, now: Micros) -> Micros | None:
        """When `try_take` will next succeed; looking changes nothing."""
        return max(now, self.full_at - (self.capacity - 1) * self.interval)


def full_rate_limiter(rate: float, capacity: int, now: Micros) -> RateLimiter:
    """A new limiter is full."""
    return RateLimiter(rate, capacity, now)
