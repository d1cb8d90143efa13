"""A process that hung and goes on: its loops stand where their timers would stand."""

from hypothesis import given
from hypothesis import strategies as st

from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.loop import Loop
from clustersim.engine.process import Process
from clustersim.engine.time import MILLISECOND, SECOND, Micros, seconds
from clustersim.flags import NetworkFlags
from clustersim.network import Network

Seen = list[tuple[Micros, int]]


class World(Actor):
    """Something that changes, whoever looks."""

    number = 0

    def change(self) -> None:
        self.number += 1
        self.engine.signal("world")


class Watcher(Process):
    """Polls the world; notes when it saw what."""

    def __init__(self, engine: Engine, network: Network, world: World, period: Micros) -> None:
        super().__init__(engine, network, "watcher", "n1")
        self.world = world
        self.seen: Seen = [(0, 0)]
        self.loop = Loop(self, "poll", self.look, period, cost=3 * MILLISECOND)
        engine.observe("world", self.loop.wake)

    def boot(self) -> None:
        self.loop.start(17)

    def look(self) -> None:
        if self.seen[-1][1] != self.world.number:
            self.seen.append((self.now, self.world.number))


def _seen(ticking: bool, period: Micros, hung: Micros, length: Micros, changes: list[Micros]) -> Seen:
    engine = Engine(1, 0, ticking=ticking)
    network = Network(engine, NetworkFlags())
    world = World(engine, "world")
    watcher = Watcher(engine, network, world, period)
    for actor in (network, world, watcher):
        engine.add(actor)
    for t in changes:
        engine.post(2 * t + 1, "world", 0, "change", ())
    watcher.start()
    engine.run_until(2 * hung)
    watcher.hang()
    engine.run_until(2 * (hung + length))
    watcher.resume()
    engine.run_until(seconds(60))
    return watcher.seen


@given(
    st.integers(100 * MILLISECOND, 12 * SECOND),
    st.integers(SECOND, 10 * SECOND),
    st.integers(MILLISECOND, 10 * SECOND),
    st.lists(st.integers(1, 29 * SECOND), max_size=8),
)
def test_a_lazy_loop_that_hung_sees_what_its_ticking_twin_sees(
    period: Micros, hung: Micros, length: Micros, changes: list[Micros]
) -> None:
    lazy = _seen(False, period, hung, length, changes)
    ticking = _seen(True, period, hung, length, changes)
    moments = {2 * t + 1 for t in changes}
    if not moments & {t for t, _ in ticking}:
        assert lazy == ticking


def test_a_pass_that_fell_into_the_hang_runs_at_its_end_and_the_grid_begins_anew() -> None:
    hung, back = 4 * SECOND, 16 * SECOND
    seen = _seen(False, 10 * SECOND, hung // 2, (back - hung) // 2, [7 * SECOND, 9 * SECOND])
    grid = back + 10 * SECOND + 3 * MILLISECOND
    assert seen == [(0, 0), (back, 1), (grid, 2)]
