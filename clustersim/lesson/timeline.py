"""The timeline of a lesson as it was when its author last looked.

A change of the model that alters the lesson shows both, side by side.
It stands beside the lesson, `NAME.timeline`, and is written by `check --record`. Lines may move by
`TOLERANCE`; the numbers in answers follow from them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final

from clustersim.engine.time import SECOND, Micros, in_seconds, seconds
from clustersim.lesson.progress import Entry

TOLERANCE: Final[Micros] = 2 * SECOND

_LINE: Final = re.compile(r" *(?P<t>-?[\d.]+)  (?P<text>.*)")
_NUMBERS: Final = re.compile(r"\d[\d.]*")
_WIDTH: Final = 58


def line(entry: Entry) -> str:
    """An entry of a transcript as a line."""
    mark = "" if entry.ok else "FAILED "
    return f"{in_seconds(entry.t):8.1f}  {entry.step}: {mark}{entry.what} {entry.text}".rstrip()


def path_beside(lesson: Path) -> Path:
    """Where the timeline of a lesson file stands."""
    return lesson.with_suffix(".timeline")


def write(lesson: Path, timelines: Mapping[str, Sequence[Entry]]) -> None:
    """Write the timeline of each release beside the lesson."""
    parts = ["\n".join([release, *map(line, entries)]) for release, entries in timelines.items()]
    path_beside(lesson).write_text("\n\n".join(parts) + "\n", "utf-8")


def read(lesson: Path) -> dict[str, list[str]]:
    """The lines of each release; empty where none were ever written."""
    path = path_beside(lesson)
    if not path.exists():
        return {}
    parts = path.read_text("utf-8").strip().split("\n\n")
    return {part.splitlines()[0]: part.splitlines()[1:] for part in parts}


def differences(before: Sequence[str], entries: Sequence[Entry]) -> Iterator[str]:
    """Both timelines side by side if they differ, the lines that do marked; nothing otherwise."""
    pairs = [(old or "", new or "") for old, new in zip_longest(before, map(line, entries))]
    if all(_same(old, new) for old, new in pairs):
        return
    yield f"  {'the timeline was':{_WIDTH}} | and is"
    for old, new in pairs:
        yield f"{' ' if _same(old, new) else '!'} {old[:_WIDTH]:{_WIDTH}} | {new[:_WIDTH]}".rstrip()


def _same(old: str, new: str) -> bool:
    one, other = _LINE.fullmatch(old), _LINE.fullmatch(new)
    if one is None or other is None:
        return old == new
    near = abs(seconds(float(one["t"])) - seconds(float(other["t"]))) <= TOLERANCE
    return near and _NUMBERS.sub("#", one["text"]) == _NUMBERS.sub("#", other["text"])
