"""Runs as they are sent to workers: by their inputs. A worker computes them and remembers a few, so that a
run through which somebody scrubs is computed once.
"""

from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import Any, Final, TypeVar

import msgspec

from clustersim.engine.time import Micros
from clustersim.run import Inputs, Run
from clustersim.snapshots import pack

R = TypeVar("R")

MOST: Final = 6
"""Runs that a worker remembers."""


class Source(msgspec.Struct, frozen=True):
    """Everything that a run up to `until` is computed from."""

    inputs: Inputs
    until: Micros


def source_of(run: Run) -> Source:
    """A run of this process, as it stands now."""
    return Source(run.inputs, run.now)


# --- in a worker -------------------------------------------------------------------------------------------


class Moment(msgspec.Struct, frozen=True):
    """A run to go on from in another process: what it had been given, and where it stood."""

    inputs: Inputs
    t: Micros
    snapshot: bytes


def with_run(work: Callable[..., R], source: Source, *args: Any) -> R:
    """What `work` makes of the run of this source."""
    return work(recalled(source), *args)


def with_runs(work: Callable[..., R], sources: tuple[Source, ...], *args: Any) -> R:
    """What `work` makes of several runs."""
    return work(tuple(recalled(source) for source in sources), *args)


def moment(run: Run, t: Micros) -> Moment:
    """The run as it stood then, to go on from there."""
    fork = run.fork(t)
    return Moment(fork.inputs, fork.now, pack(fork.head.snapshot()))


_remembered: OrderedDict[int, Run] = OrderedDict()
_numbers = count()


def recalled(source: Source) -> Run:
    """The run of this source: one that is remembered, or a part of which is, or computed from its beginning.
    It stands exactly where it was asked for: of one that went further, in another room or for another
    question, what came later is nobody's business here.
    """
    inputs = source.inputs
    further: Run | None = None
    for number, run in reversed(_remembered.items()):
        known = len(run.commands)
        if run.scenario != inputs.scenario or tuple(run.commands) != inputs.commands[:known]:
            continue
        if known == len(inputs.commands) or inputs.commands[known].t >= run.now:
            if run.now <= source.until:
                _remembered.move_to_end(number)
                break
            further = further or run
    else:
        run = Run(Inputs(inputs.scenario)) if further is None else further.fork(source.until)
        _remembered[next(_numbers)] = run
        while len(_remembered) > MOST:
            _remembered.popitem(last=False)
    for given in inputs.commands[len(run.commands) :]:
        run.run_until(given.t)
        run.apply(given.command, given.actor)
    run.run_until(source.until)
    return run
