"""Lessons under other accidents: the same steps with 20 seeds, whose phases of all periodic things differ.

An answer that is right with the lesson's own seed must be right with every other, within its tolerance.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from clustersim.lesson.check import chosen, run_failures
from clustersim.lesson.errors import LessonError
from clustersim.lesson.judging import Truth, scale
from clustersim.lesson.loader import load_lesson
from clustersim.lesson.play import play
from clustersim.lesson.schema import Ask, AskKind, Lesson

USAGE: Final = "usage: python -m clustersim sweep FILE... | --all"
SEEDS: Final = range(1, 21)


class Sweep(msgspec.Struct, frozen=True):
    """What the seeds made of a lesson in a release. `ranges`: of each number asked for, `outside`: answers
    that moved beyond their tolerance; `failures`: what else failed with some seed."""

    name: str
    release: str
    ranges: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def sweep(lesson: Lesson, release: str) -> Sweep:
    """Play a lesson with every seed."""
    own = play(lesson, release).progress.truths
    outside: list[str] = []
    failures: list[str] = []
    seen: dict[str, list[float]] = {}
    for seed in SEEDS:
        run = play(lesson, release, seed=seed)
        failures += [f"seed {seed}: {text}" for text in run_failures(run)]
        for _index, ask in lesson.asks():
            found = run.progress.truths.get(ask.id, Truth())
            if found.number is not None:
                seen.setdefault(ask.id, []).append(found.number)
            if differs(ask, own.get(ask.id, Truth()), found):
                outside.append(
                    f"seed {seed}: {ask.id}: {found.shown or '-'} instead of {own[ask.id].shown or '-'}"
                )
    ranges = tuple(f"{name}: {min(values):.1f} .. {max(values):.1f}" for name, values in seen.items())
    return Sweep(lesson.id, release, ranges, tuple(outside), tuple(failures))


def differs(ask: Ask, one: Truth, other: Truth) -> bool:
    """Whether an answer right for the one would be wrong for the other."""
    if ask.kind is not AskKind.NUMBER or one.number is None or other.number is None:
        return one != other
    return abs(one.number - other.number) * scale(ask) > ask.tolerance


def main_sweep(argv: Sequence[str]) -> int:
    """Sweep files, or with --all the shipped lessons; 0 when every answer stays right, 2 without files."""
    paths = chosen(argv, USAGE)
    if paths is None:
        return 2
    sweeps: list[Sweep] = []
    unread = 0
    for path in paths:
        found = _sweeps(path)
        unread += not found
        sweeps += found
    outside = sum(len(each.outside) for each in sweeps)
    failures = sum(len(each.failures) for each in sweeps)
    sys.stdout.write(
        f"sweep: {len(paths)} lessons, {len(SEEDS)} seeds, {outside} answers outside tolerance, "
        f"{failures + unread} failures\n"
    )
    return 1 if outside or failures or unread else 0


def _sweeps(path: Path) -> list[Sweep]:
    try:
        lesson = load_lesson(path)
    except (LessonError, OSError) as error:
        sys.stdout.write(f"FAIL {error}\n")
        return []
    found = [sweep(lesson, release) for release in lesson.releases]
    for each in found:
        sys.stdout.writelines(f"{line}\n" for line in _lines(each))
        sys.stdout.flush()
    return found


def _lines(each: Sweep) -> Iterator[str]:
    word = "FAIL" if each.outside or each.failures else "ok  "
    yield f"{word} {each.name} ({each.release}) {'; '.join(each.ranges)}".rstrip()
    yield from (f"     {text}" for text in (*each.outside, *each.failures))
