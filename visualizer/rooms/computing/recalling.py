"""Runs about which questions are asked, in a worker: computed from their inputs and remembered, so that a
run is computed once while somebody scrubs through it. A large one begins at the nearest moment that is
kept on disk."""

from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import Any, Final, TypeVar

from clustersim.engine.collecting import made_to_stay
from clustersim.engine.time import SECOND, Micros
from clustersim.run import Inputs, Kept, Run
from clustersim.snapshots import pack
from visualizer import workers
from visualizer.rooms.computing import progress
from visualizer.rooms.kept import moments, saved
from visualizer.rooms.kept.sources import Moment, Source

R = TypeVar("R")

MOST: Final = 6
"""Runs that a worker remembers ..."""
MOST_NODES: Final = 5000
"""... and so many nodes of them together; at least one run."""
LARGE: Final = 50
"""Of more nodes than these a run is worth reading from disk."""
WORTH_READING: Final[Micros] = 30 * SECOND
"""So much sooner computing has to begin without it ..."""
WORTH_READING_A_NODE: Final[Micros] = SECOND // 10
"""... or so much for each node: both take longer the more there are."""
SLICE: Final[Micros] = 2 * SECOND
"""Of simulated time, after which it is told how far a large run has come."""

SECONDS_A_NODE: Final = 0.12

_remembered: OrderedDict[int, Run] = OrderedDict()
_numbers = count()
_teller = progress.Teller("")
"""Tells whoever waits for the present question."""


def is_large(run: Run | Inputs) -> bool:
    """Whether it is kept on disk at several moments and travels as a file, since computing or copying it
    takes long.
    """
    return len(run.scenario.nodes) > LARGE


def as_of(source: Source, t: Micros) -> Source:
    """The source of the run up to that time: a large one is computed no further than it is asked about."""
    if not is_large(source.inputs) or t >= source.until:
        return source
    return Source(source.inputs.until(t), max(t, 0))


def seconds_for(source: Source) -> float:
    """How long a question about the run may take: who waits for a large one sees how far it is."""
    nodes = len(source.inputs.scenario.nodes)
    return workers.SECONDS + (SECONDS_A_NODE * nodes if is_large(source.inputs) else 0)


def lane_for(source: Source) -> workers.Lane:
    """Whose workers answer questions about the run."""
    return workers.Lane.LARGE if is_large(source.inputs) else workers.Lane.QUESTIONS


def with_run(work: Callable[..., R], source: Source, *args: Any) -> R:
    """What `work` makes of the run of this source."""
    return work(recalled(source), *args)


async def in_worker(work: Callable[..., R], source: Source, *args: Any, owner: object) -> R:
    """What a worker makes of the run of this source. Raises workers.NotComputed."""
    seconds, lane = seconds_for(source), lane_for(source)
    return await workers.run(with_run, work, source, *args, owner=owner, seconds=seconds, lane=lane)


def with_runs(work: Callable[..., R], sources: tuple[Source, ...], *args: Any) -> R:
    """What `work` makes of several runs."""
    return work(tuple(recalled(source) for source in sources), *args)


def telling(told: str, work: Callable[..., R], *args: Any) -> R:
    """What `work` returns; meanwhile it is told there how far it has come."""
    global _teller  # noqa: PLW0603 a worker does one thing at a time
    _teller = progress.Teller(told)
    try:
        _teller.tell(progress.READ, 0)
        return work(*args)
    finally:
        _teller.done()


def moment(run: Run, t: Micros) -> Moment:
    """The run as it stood then, to go on from there."""
    return handed_over(run.fork(t))


def handed_over(run: Run, kept: str = "") -> Moment:
    """The run as it stands, to go on from in another process. kept: where it lies on disk already, if it
    does. A disk that is full leaves memory to go through.
    """
    inputs, snapshot = run.inputs, run.head.as_it_stands()
    if is_large(run):
        file = (kept and saved.hand_over_kept(kept)) or saved.hand_over(inputs, snapshot)
        if file:
            return Moment(inputs, run.now, file=file)
    return Moment(inputs, run.now, pack(snapshot))


def recalled(source: Source) -> Run:
    """The run of this source: one that is remembered, or a part of which is, or of a moment that is kept, or
    computed from its beginning. It stands exactly where it was asked for: of one that went further, in
    another room or for another question, what came later is nobody's business here.
    """
    run = _begun(source)
    commands = source.inputs.commands
    for given in commands[len(run.commands) :]:
        _go_on(run, given.t, source)
        run.apply(given.command, given.actor)
    _go_on(run, source.until, source)
    return run


def _begun(source: Source) -> Run:
    """A run that leads there, remembered from now on."""
    inputs = source.inputs
    further: Run | None = None
    for number, run in reversed(_remembered.items()):
        known = len(run.commands)
        if run.scenario != inputs.scenario or tuple(run.commands) != inputs.commands[:known]:
            continue
        if known == len(inputs.commands) or inputs.commands[known].t >= run.now:
            if run.now <= source.until and not _is_kept_later(source, run.now):
                _remembered.move_to_end(number)
                return run
            if run.now > source.until:
                further = further or run
    _forget(len(inputs.scenario.nodes))
    run = _remembered[next(_numbers)] = _made(source, further)
    return run


def _made(source: Source, further: Run | None) -> Run:
    """Of one that went further, or read, or from the beginning."""
    if further is not None:
        further.earlier = lambda t, after: _kept(Source(source.inputs, t), after)
        return further.fork(source.until)
    kept = _kept(source, None)
    if kept is None:
        run = Run(Inputs(source.inputs.scenario), along=lambda share: _teller.tell(progress.BOOT, share))
    else:
        run = Run.resumed(source.inputs.commands[: kept.commands], kept.snapshot)
    run.earlier = lambda t, after: _kept(Source(run.inputs, t), after)
    return run


def _forget(nodes: int) -> None:
    """Make room for a run of so many nodes, before there is one: the memory for both may be missing."""
    while _remembered and (
        len(_remembered) >= MOST
        or nodes + sum(len(one.scenario.nodes) for one in _remembered.values()) > MOST_NODES
    ):
        _remembered.popitem(last=False)


def _kept(source: Source, after: Micros | None) -> Kept | None:
    """The nearest moment on disk before the end of a large run, if it is later than that."""
    if not is_large(source.inputs):
        return None
    least = None if after is None else after + _worth_reading(source)
    _teller.tell(progress.READ, 0)
    with made_to_stay():
        return moments.nearest(source, least)


def _is_kept_later(source: Source, after: Micros) -> bool:
    return is_large(source.inputs) and moments.has_later(source, after + _worth_reading(source))


def _worth_reading(source: Source) -> Micros:
    return max(WORTH_READING, WORTH_READING_A_NODE * len(source.inputs.scenario.nodes))


def _go_on(run: Run, until: Micros, source: Source) -> None:
    if is_large(source.inputs):
        began = run.now
        while run.now < until - SLICE:
            run.run_until(run.now + SLICE)
            _teller.tell(progress.REPLAY, (run.now - began) / (source.until - began))
    run.run_until(until)
