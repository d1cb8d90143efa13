"""The CPU time that a container has spent, as its cgroup counts it: stretches of an even rate, one after
another."""

from typing import Final

import msgspec

from clustersim.engine.time import Micros

MOST_STRETCHES: Final = 64
"""That are kept of a container; the oldest become one."""


class Spent(msgspec.Struct, frozen=True, gc=False):
    """used, missed: CPU time that a container had, and that its limit or others kept from it, both in
    thousandths of a CPU times microseconds; held: how long its limit held it down, in microseconds."""

    used: int = 0
    missed: int = 0
    held: Micros = 0


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """From `since` on it has `rate` thousandths of a CPU, and would take `missed` more; held: that is its
    limit's doing. before: what was spent until then."""

    since: Micros
    before: Spent
    rate: int
    missed: int = 0
    held: bool = False

    def until(self, moment: Micros) -> Spent:
        """What was spent up to a moment of it."""
        span = moment - self.since
        used, missed = self.before.used + self.rate * span, self.before.missed + self.missed * span
        return Spent(used, missed, self.before.held + (span if self.held else 0))


Stretches = tuple[Stretch, ...]


def turned(known: Stretches, now: Micros, rate: int, missed: int, *, held: bool) -> Stretches:
    """The same, at another rate from now on."""
    before = spent(known, now)
    kept = known[:-1] if known and known[-1].since == now else known
    return (*kept[-MOST_STRETCHES + 1 :], Stretch(now, before, rate, missed, held))


def spent(known: Stretches, moment: Micros) -> Spent:
    """Up to a moment. Of what was before the first stretch nothing is known but its sum."""
    for one in reversed(known):
        if moment >= one.since:
            return one.until(moment)
    return known[0].before if known else Spent()
