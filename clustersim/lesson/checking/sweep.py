"""Lessons under other accidents: the same steps with 20 seeds, whose phases of all periodic things differ.

An answer that is right with the lesson's own seed must be right with every other, within its tolerance.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.i18n import Message, _
from clustersim.lesson.checking.check import run_failures
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.file.schema import Ask, AskKind, Lesson
from clustersim.lesson.judging import Truth, scale
from clustersim.lesson.play import play

SEEDS: Final = range(1, 21)


class Sweep(msgspec.Struct, frozen=True):
    """What the seeds made of a lesson in a release. `bands`: the least and the most of each number asked for,
    in the question's unit; `outside`: answers that moved beyond their tolerance;
    `failures`: what else failed.
    """

    name: str
    release: str
    bands: dict[str, tuple[float, float]] = {}
    outside: tuple[Finding, ...] = ()
    failures: tuple[Finding, ...] = ()

    @property
    def ranges(self) -> tuple[str, ...]:
        """The bands for people to read."""
        return tuple(f"{name}: {low:.1f} .. {high:.1f}" for name, (low, high) in self.bands.items())

    def joined(self, other: "Sweep") -> "Sweep":
        """With what other seeds made of the same."""
        bands = dict(self.bands)
        for name, (low, high) in other.bands.items():
            least, most = bands.get(name, (low, high))
            bands[name] = (min(least, low), max(most, high))
        outside, failures = (*self.outside, *other.outside), (*self.failures, *other.failures)
        return Sweep(self.name, self.release, bands, outside, failures)


def sweep(lesson: Lesson, release: str, seeds: Iterable[int] = SEEDS) -> Sweep:
    """Play a lesson with every seed."""
    own = play(lesson, release).progress.truths
    outside: list[Finding] = []
    failures: list[Finding] = []
    seen: dict[str, list[float]] = {}
    for seed in seeds:
        run = play(lesson, release, seed=seed)
        where = {"release": release, "seed": seed}
        failures += [msgspec.structs.replace(finding, **where) for finding in run_failures(run)]
        for _index, ask in lesson.asks():
            found = run.progress.truths.get(ask.id, Truth())
            if found.number is not None:
                seen.setdefault(ask.id, []).append(found.number)
            if differs(ask, own.get(ask.id, Truth()), found):
                moved = {"found": found.shown or "–", "own": own[ask.id].shown or "–"}
                message = Message(_("{found} instead of {own}"), moved)
                outside.append(Finding(message=message, where=ask.id, release=release, seed=seed))
    bands = {name: (min(values), max(values)) for name, values in seen.items()}
    return Sweep(lesson.id, release, bands, tuple(outside), tuple(failures))


def differs(ask: Ask, one: Truth, other: Truth) -> bool:
    """Whether an answer right for the one would be wrong for the other; a chain of causes is each run's
    own.
    """
    if ask.chain is not None:
        return not other.known
    if ask.kind is not AskKind.NUMBER or one.number is None or other.number is None:
        return one != other
    return abs(one.number - other.number) * scale(ask) > ask.tolerance
