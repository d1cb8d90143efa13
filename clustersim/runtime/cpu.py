"""The CPU time that a container has spent, as its cgroup counts it: stretches of an even rate, one after
another."""

from typing import Final

import msgspec

from clustersim.engine.time import Micros

MOST_STRETCHES: Final = 64
"""That are kept of a container; the oldest become one."""


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """From `since` on so much is spent, in thousandths of a CPU; `before`: what was spent until then, in
    thousandths of a CPU times microseconds."""

    since: Micros
    before: int
    rate: int


Stretches = tuple[Stretch, ...]


def turned(known: Stretches, now: Micros, rate: int) -> Stretches:
    """The same, at another rate from now on."""
    before = spent(known, now)
    kept = known[:-1] if known and known[-1].since == now else known
    return (*kept[-MOST_STRETCHES + 1 :], Stretch(now, before, rate))


def spent(known: Stretches, moment: Micros) -> int:
    """Up to a moment, in thousandths of a CPU times microseconds. Of what was before the first stretch
    nothing is known but its sum."""
    for one in reversed(known):
        if moment >= one.since:
            return one.before + one.rate * (moment - one.since)
    return known[0].before if known else 0
