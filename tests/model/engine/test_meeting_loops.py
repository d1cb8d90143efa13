"""Loops whose passes meet at a microsecond."""

from hypothesis import given
from hypothesis import strategies as st

from clustersim.engine.engine import Engine
from clustersim.engine.loop import Loop
from clustersim.engine.process import Process
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import NetworkFlags
from clustersim.network import Network


class Watcher(Process):
    """Three loops of 2, 5 and 10 seconds, all begun at once; what one finds is what was told to it."""

    def __init__(self, engine: Engine, network: Network) -> None:
        super().__init__(engine, network, "watcher", "n1")
        self.told: dict[str, bool] = {}
        self.found: list[tuple[Micros, str]] = []
        for period in (2, 5, 10):
            self._loop(str(period), period * SECOND)

    def _loop(self, name: str, period: Micros) -> None:
        def look() -> None:
            if self.told.pop(name, False):
                self.found.append((self.now, name))

        Loop(self, name, look, period)

    def boot(self) -> None:
        for loop in self.loops.values():
            loop.start()

    def tell(self, name: str) -> None:
        self.told[name] = True
        self.loops[name].wake()


def _found(ticking: bool, told: list[tuple[int, str]]) -> list[tuple[Micros, str]]:
    engine = Engine(1, 0, ticking=ticking)
    watcher = Watcher(engine, Network(engine, NetworkFlags()))
    engine.add(watcher)
    watcher.start()
    for second, name in told:
        engine.post(second * SECOND + SECOND // 2, "watcher", watcher.incarnation(), "tell", (name,))
    engine.run_until(40 * SECOND)
    return watcher.found


@given(st.lists(st.tuples(st.integers(0, 29), st.sampled_from(["2", "5", "10"])), max_size=12))
def test_passes_that_meet_come_in_the_same_order_whether_those_before_were_left_out_or_not(
    told: list[tuple[int, str]],
) -> None:
    assert _found(False, told) == _found(True, told)


def test_of_two_that_meet_the_one_that_was_armed_earlier_comes_first() -> None:
    found = [(10 * SECOND, "10"), (10 * SECOND, "2")]
    assert _found(False, [(8, "2"), (9, "10")]) == found == _found(False, [(8, "10"), (8, "2")])
