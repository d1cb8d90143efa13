"""The queue of nodes to evict and its limiter."""

from hypothesis import given
from hypothesis import strategies as st

from clustersim.client.flowcontrol import TokenBucket, full_bucket, full_rate_limiter
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.evictor import Queued, new_evictor, token_verdict
from clustersim.engine.time import SECOND, Micros

TEN = 10 * SECOND
moments = st.lists(st.integers(0, 300 * SECOND), min_size=1, max_size=60).map(sorted)
capacities = st.integers(1, 4)


class NaiveBucket:
    """juju/ratelimit 5b9ff866 told as a story: tokens drop in one by one on the ticks since the last look.

    While the bucket is full nobody looks at the ticks, so they all count at the first look after a take.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.tokens = capacity
        self.looked: Micros = 0

    def try_take(self, now: Micros) -> bool:
        if self.tokens < self.capacity:
            tick = self.looked // TEN + 1
            while tick * TEN <= now:
                self.tokens = min(self.capacity, self.tokens + 1)
                tick += 1
            self.looked = now
        if self.tokens == 0:
            return False
        self.tokens -= 1
        return True


@given(moments, capacities)
def test_the_bucket_gives_what_a_naive_one_gives(times: list[Micros], capacity: int) -> None:
    bucket, naive = full_bucket(0.1, capacity, 0), NaiveBucket(capacity)
    assert [bucket.try_take(t) for t in times] == [naive.try_take(t) for t in times]


@given(moments, capacities)
def test_the_next_token_comes_when_it_is_said_to_and_not_before(times: list[Micros], capacity: int) -> None:
    bucket = full_bucket(0.1, capacity, 0)
    for t in times:
        due = bucket.next_token(t)
        assert due is not None
        if due > t:
            assert not copy_of(bucket).try_take(due - 1)
        assert copy_of(bucket).try_take(due)
        bucket.try_take(t)


@given(moments, capacities)
def test_looking_at_a_bucket_changes_nothing(times: list[Micros], capacity: int) -> None:
    watched, alone = full_bucket(0.1, capacity, 0), full_bucket(0.1, capacity, 0)
    for t in times:
        watched.next_token(t)
        watched.count(t)
        assert watched.try_take(t) == alone.try_take(t)


def copy_of(bucket: TokenBucket) -> TokenBucket:
    return TokenBucket(bucket.rate, bucket.capacity, bucket.created, bucket.available, bucket.tick)


def test_a_bucket_that_was_never_used_gives_two_tokens_at_once_later_ones_give_one() -> None:
    bucket = full_bucket(0.1, 1, 0)
    assert [bucket.try_take(35 * SECOND) for _ in range(3)] == [True, True, False]
    assert [bucket.try_take(95 * SECOND) for _ in range(2)] == [True, False]


def test_a_node_is_queued_once_until_it_is_removed() -> None:
    evictor = new_evictor(full_bucket, 0.1, 1, 0)
    assert evictor.add("n1", "u", 0)
    assert not evictor.add("n1", "u", 1)
    evictor.processed("n1")
    assert evictor.head is None
    assert not evictor.add("n1", "u", 2)
    assert evictor.remove("n1")
    assert not evictor.remove("n1")
    assert evictor.add("n1", "u", 3)


def test_nodes_come_in_the_order_they_were_queued_and_a_failed_one_goes_to_the_end() -> None:
    evictor = new_evictor(full_bucket, 0.1, 1, 0)
    for t, node in enumerate(("n3", "n1", "n2")):
        evictor.add(node, "u", t)
    evictor.failed("n3", 10)
    order = []
    while (head := evictor.head) is not None:
        order.append(head.node)
        evictor.processed(head.node)
    assert order == ["n1", "n2", "n3"]


def test_a_limiter_that_replaces_an_exhausted_one_starts_empty() -> None:
    evictor = new_evictor(full_bucket, 0.1, 1, 0)
    assert evictor.take(SECOND)
    evictor.limit(full_bucket, 0.01, 1, 2 * SECOND)
    assert not evictor.take(2 * SECOND)
    assert evictor.take(102 * SECOND)


def test_a_limiter_that_replaces_a_full_one_starts_full() -> None:
    evictor = new_evictor(full_bucket, 0.1, 1, 0)
    evictor.limit(full_bucket, 0.01, 1, 2 * SECOND)
    assert evictor.take(2 * SECOND)


def test_after_a_stop_the_first_token_comes_one_period_later() -> None:
    evictor = new_evictor(full_bucket, 0.1, 1, 0)
    evictor.limit(full_bucket, 0, 1, 20 * SECOND)
    assert not evictor.take(100 * SECOND)
    evictor.limit(full_bucket, 0.1, 1, 200 * SECOND)
    assert not evictor.take(209 * SECOND)
    assert evictor.take(210 * SECOND)


def test_with_a_rate_of_one_evictions_stay_stopped_after_a_stop() -> None:
    evictor = new_evictor(full_bucket, 1.0, 1, 0)
    evictor.limit(full_bucket, 0, 1, 20 * SECOND)
    evictor.limit(full_bucket, 1.0, 1, 200 * SECOND)
    assert not evictor.take(900 * SECOND)


@given(st.lists(st.integers(0, 15 * SECOND), min_size=1, max_size=60), st.integers(1, 3))
def test_todays_limiter_gives_the_burst_and_then_the_rate(gaps: list[Micros], burst: int) -> None:
    limiter = full_rate_limiter(0.1, burst, 0)
    now, taken = 0, 0
    for gap in gaps:
        now += gap
        due = limiter.next_token(now)
        assert due is not None
        took = limiter.try_take(now)
        assert took == (due <= now)
        taken += took
        assert taken <= burst + now // TEN


def test_todays_limiter_has_no_second_token_after_a_long_rest() -> None:
    limiter = full_rate_limiter(0.1, 1, 0)
    assert limiter.try_take(100 * SECOND)
    assert not limiter.try_take(100 * SECOND)
    assert limiter.next_token(100 * SECOND) == 110 * SECOND


def test_it_is_said_when_the_limiter_lets_a_node_through_and_that_none_never_does() -> None:
    evictor, queued = new_evictor(full_bucket, 0.1, 1, 0), Queued("n1", "u", 0)
    assert token_verdict(rules.LIMITER, evictor, queued, 0).holds
    evictor.take(0)
    waits = token_verdict(rules.LIMITER, evictor, queued, SECOND)
    assert (waits.holds, waits.due, waits.values["rate"]) == (False, TEN, 0.1)
    never = token_verdict(rules.LIMITER, new_evictor(full_bucket, 0, 1, 0), queued, SECOND)
    assert (never.holds, never.due, never.values["rate"]) == (False, None, 0.0)
