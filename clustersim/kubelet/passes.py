"""When a lazy loop that watches docker last found it well: passes that the loop left out count as the ones
it ran."""

from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.engine.time import Micros


class Passes(State):
    """`good`: the last pass that ran succeeded, and so did those that were left out since, as nothing
    changed.

    began: start of the last good pass that ran, None before the first; current: start of the pass that runs
    now."""

    good: bool = False
    began: Micros | None = None
    current: Micros = 0


def begin(loop: Loop, passes: Passes, *, sure: bool) -> None:
    """A pass begins that really runs; unless docker is sure to answer, the main loop must look while its
    question is open. Should docker cease to answer meanwhile, `MachineChanges.runtime_stirred` is told."""
    passes.current = loop.began
    passes.began = last_good(loop, passes)
    if not sure:
        look_on(loop)


def look_on(loop: Loop) -> None:
    """The next passes of the main loop's tickers run."""
    for name in ("sync-ticker", "housekeeping"):
        loop.process.loops[name].wake()


def end(loop: Loop, passes: Passes, good: bool) -> None:
    """That pass ends. After a failure the next pass must run as well: nothing can be left out while docker
    is ill, and the main loop looks at it every second."""
    passes.good = good
    if good:
        passes.began = passes.current
    loop.done()
    if not good:
        loop.wake()
        look_on(loop)


def last_good(loop: Loop, passes: Passes) -> Micros | None:
    """When the last pass began that found docker well and is over."""
    if not passes.good or passes.began is None:
        return passes.began
    step = loop.period + loop.cost
    state = loop.state
    if state.running:
        return max(passes.began, passes.current - step)
    overdue = loop.process.engine.state.now - (state.anchor + step)
    if overdue < 0:
        return passes.began
    return max(passes.began, state.anchor + loop.period + overdue // step * step)
