"""The event queue, random streams, snapshots of state, loops."""

import subprocess
import sys
from collections import deque

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.loop import Loop
from clustersim.engine.process import Memory, Process
from clustersim.engine.random import RandomStream
from clustersim.engine.state import State, copy_state, digest
from clustersim.engine.time import MILLISECOND, SECOND, seconds
from clustersim.flags import NetworkFlags
from clustersim.network import Network


class Listener(Actor):
    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "listener")
        self.heard: list[tuple[int, str]] = []

    def hear(self, word: str) -> None:
        self.heard.append((self.now, word))


@pytest.fixture
def listener() -> Listener:
    engine = Engine(1, 0)
    listener = Listener(engine)
    engine.add(listener)
    return listener


def test_messages_of_the_same_moment_arrive_in_the_order_they_were_posted(listener: Listener) -> None:
    for word in ("one", "two", "three"):
        listener.post(SECOND, listener.hear, word)
    listener.engine.run_until(SECOND)
    assert [word for _, word in listener.heard] == ["one", "two", "three"]


@given(st.lists(st.integers(0, 1 << 40), max_size=30))
def test_messages_come_by_their_time_however_far_ahead_they_were_posted(delays: list[int]) -> None:
    listener = Listener(Engine(1, -SECOND))
    listener.engine.add(listener)
    for index, delay in enumerate(delays):
        listener.post(delay, listener.hear, str(index))
    assert listener.engine.next_due() == min((delay - SECOND for delay in delays), default=None)
    listener.engine.run_until(1 << 41)
    due = sorted((delay - SECOND, index) for index, delay in enumerate(delays))
    assert listener.heard == [(at, str(index)) for at, index in due]


def test_what_is_posted_while_others_wait_for_long_comes_first(listener: Listener) -> None:
    listener.post(3600 * SECOND, listener.hear, "late")
    listener.engine.run_until(SECOND)
    listener.post(SECOND, listener.hear, "soon")
    listener.engine.run_until(2 * 3600 * SECOND)
    assert [word for _, word in listener.heard] == ["soon", "late"]


@given(st.lists(st.integers(0, 1000), max_size=30), st.integers(0, 1000))
def test_running_in_two_steps_is_running_in_one(delays: list[int], middle: int) -> None:
    def run(*stops: int) -> list[tuple[int, str]]:
        listener = Listener(Engine(1, 0))
        listener.engine.add(listener)
        for index, delay in enumerate(delays):
            listener.post(delay, listener.hear, str(index))
        for stop in stops:
            listener.engine.run_until(stop)
        return listener.heard

    assert run(middle, 2000) == run(2000)


def test_an_event_is_caused_by_what_was_being_handled(listener: Listener) -> None:
    act = listener.emit("act", "kick", "ball")
    listener.post(SECOND, listener.hear, "thud")
    listener.engine.run_until(0)
    listener.engine.run_until(SECOND)
    listener.engine.cause = act
    thud = listener.emit("process", "heard", "thud")
    event = listener.engine.record.get(thud)
    assert event is not None
    assert event.causes == (act,)


class Counters(State):
    total: int = 0
    names: dict[str, list[int]] = msgspec.field(default_factory=dict)
    recent: deque[int] = msgspec.field(default_factory=lambda: deque(maxlen=3))


def test_a_copied_state_does_not_see_later_changes() -> None:
    state = Counters(1, {"a": [1]}, deque([1, 2], maxlen=3))
    copied = copy_state(state)
    state.names["a"].append(2)
    state.recent.append(3)
    assert copied.names == {"a": [1]}
    assert list(copied.recent) == [1, 2]
    assert copied.recent.maxlen == 3


def test_the_digest_tells_different_content_and_different_order_apart() -> None:
    assert digest({"a": 1, 2: deque([3])}) == digest({"a": 1, 2: [3]})
    assert digest({"a": 1}) != digest({"a": 2})
    assert digest({"a": 1, "b": 2}) != digest({"b": 2, "a": 1})


class Known(msgspec.Struct, frozen=True):
    """Something that many components remember."""

    name: str


def test_the_digest_is_of_content_however_many_remember_it() -> None:
    shared = Known("tomcat")
    assert digest([shared, shared]) == digest([Known("tomcat"), Known("tomcat")])
    assert digest([shared, shared]) != digest([shared, Known("mysql")])


def test_the_same_bits_are_told_as_a_number_and_as_digits() -> None:
    number, digits = RandomStream(7, "ids", {}), RandomStream(7, "ids", {})
    assert [f"{number.bits():016x}" for _ in range(200)] == [digits.digits() for _ in range(200)]


def test_a_stream_goes_on_where_its_position_says() -> None:
    positions: dict[str, int] = {}
    stream = RandomStream(7, "dice", positions)
    first = [stream.below(6) for _ in range(5)]
    kept = dict(positions)
    later = [stream.below(6) for _ in range(5)]
    assert [RandomStream(7, "dice", kept).below(6) for _ in range(5)] == later
    assert [RandomStream(7, "dice", {}).below(6) for _ in range(1)] == first[:1]


def test_streams_are_equal_in_every_process_whatever_its_hash_seed() -> None:
    code = (
        "from clustersim.engine.random import RandomStream;"
        "s = RandomStream(3, 'names', {}); print(s.text('abcdef', 12), s.below(1000))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1


class Poller(Process):
    """Polls a number that others change; notes when it saw which."""

    def __init__(self, engine: Engine, network: Network, period: int, cost: int) -> None:
        super().__init__(engine, network, "poller", "n1")
        self.world = 0
        self.seen: list[tuple[int, int]] = []
        self.loop = Loop(self, "poll", self.look, period, cost=cost)
        engine.observe("world", self.loop.wake)

    def memory(self) -> Memory:
        return Memory()

    def boot(self) -> None:
        self.loop.start(17)

    def look(self) -> None:
        if not self.seen or self.seen[-1][1] != self.world:
            self.seen.append((self.now, self.world))
            self.loop.spend(self.world)

    def change(self) -> None:
        self.world += 1
        self.engine.signal("world")


@given(
    st.lists(st.integers(1, 20 * SECOND), max_size=12),
    st.integers(100 * MILLISECOND, 3 * SECOND),
    st.integers(0, 50 * MILLISECOND),
)
def test_a_lazy_loop_sees_what_its_ticking_twin_sees(changes: list[int], period: int, cost: int) -> None:
    def run(ticking: bool) -> list[tuple[int, int]]:
        engine = Engine(1, 0, ticking=ticking)
        network = Network(engine, NetworkFlags())
        poller = Poller(engine, network, period, cost)
        engine.add(network)
        engine.add(poller)
        for delay in changes:
            # Half a grid step off, so that no change falls on the very microsecond of a pass.
            engine.post(delay * 2 + 1, "poller", -1, "change", ())
        poller.start()
        engine.run_until(seconds(60))
        return poller.seen

    lazy, ticking = run(False), run(True)
    moments = {delay * 2 + 1 for delay in changes}
    if not moments & {t for t, _ in ticking}:
        assert lazy == ticking


def test_timers_of_an_earlier_life_never_fire() -> None:
    engine = Engine(1, 0)
    network = Network(engine, NetworkFlags())
    poller = Poller(engine, network, SECOND, 0)
    engine.add(network)
    engine.add(poller)
    poller.start()
    poller.kill()
    poller.start()
    engine.run_until(SECOND // 2)
    assert poller.seen == [(17, 0)]


def test_a_hung_process_handles_what_it_missed_when_it_is_resumed() -> None:
    engine = Engine(1, 0)
    network = Network(engine, NetworkFlags())
    poller = Poller(engine, network, SECOND, 0)
    engine.add(network)
    engine.add(poller)
    poller.start()
    poller.hang()
    engine.run_until(5 * SECOND)
    assert poller.seen == []
    poller.resume()
    engine.run_until(5 * SECOND)
    assert poller.seen == [(5 * SECOND, 0)]
