"""Lessons checked without a browser: what they say is true of the model, in every release they name."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from clustersim.engine.time import in_seconds
from clustersim.lesson import timeline
from clustersim.lesson.asks import MISCONCEPTIONS
from clustersim.lesson.errors import LessonError
from clustersim.lesson.loader import load_lesson
from clustersim.lesson.play import play
from clustersim.lesson.runner import Entry, LessonRun
from clustersim.lesson.schema import LESSON, AskKind, Lesson
from clustersim.lesson.timeline import differences
from clustersim.lesson.writing import complaints, misconceptions

USAGE: Final = """usage: python -m clustersim check FILE... | --all
       python -m clustersim check --record FILE... | --all    (write the timelines beside the lessons)"""


class Result(msgspec.Struct, frozen=True):
    """What the check found. `failures`: each a line; empty: the lesson passes."""

    name: str
    failures: tuple[str, ...]
    releases: tuple[str, ...] = ()
    misconceptions: tuple[int, ...] = ()
    right_places: tuple[int, ...] = ()
    form: str = ""
    asks: tuple[str, ...] = ()


def shipped() -> tuple[Path, ...]:
    """The files of the lessons that come with the model, in their order."""
    folder = Path(str(files("clustersim.lesson").joinpath("lessons")))
    return tuple(sorted(folder.glob("*.yaml")))


def check_file(path: Path, *, record: bool = False) -> Result:
    """Read a lesson and check it, its timeline too, or write that down."""
    try:
        lesson = load_lesson(path)
    except LessonError as error:
        return Result(str(path), tuple(str(error).splitlines()))
    except OSError as error:
        return Result(str(path), (f"{path}: {error.strerror}",))
    return check(lesson, timeline.read(path) if not record else {}, path if record else None)


def check(
    lesson: Lesson, timelines: Mapping[str, Sequence[str]] | None = None, record: Path | None = None
) -> Result:
    """Everything that can be wrong with a lesson that can be read. `timelines`: those it had, by release;
    `record`: write them beside that file."""
    failures = [text for text in complaints(lesson) if not (lesson.draft and text.endswith("(a draft may)"))]
    runs = {release: play(lesson, release) for release in lesson.releases}
    transcripts = {release: run.progress.transcript for release, run in runs.items()}
    for release, run in runs.items():
        failures += [f"{release}: {text}" for text in run_failures(run)]
        if lesson.kind == LESSON:
            failures += [f"{release}: {text}" for text in _idle_failures(lesson, release)]
        before = (timelines or {}).get(release)
        if before is not None:
            failures += [f"{release}: {text}" for text in differences(before, transcripts[release])]
    if record is not None:
        timeline.write(record, transcripts)
    places = right_places(next(iter(runs.values()))) if runs else ()
    asks = tuple(ask.id for _index, ask in lesson.asks())
    return Result(
        lesson.id, tuple(failures), lesson.releases, misconceptions(lesson), places, lesson.form, asks
    )


def run_failures(run: LessonRun) -> Iterator[str]:
    """What went otherwise than the lesson says, and choices without a right or with an unanswered wrong
    one."""
    for entry in run.progress.transcript:
        if not entry.ok:
            yield failure(entry)
    for _index, ask in run.lesson.asks():
        truth = run.progress.truths.get(ask.id)
        if truth is None:
            yield f"{ask.id}: never judged"
        elif ask.kind is AskKind.CHOICE and truth.known:
            wrong = [o.id for o in ask.options if o.id not in truth.right and o.reply is None]
            yield from (f"{ask.id}: {name} is wrong and has no reply" for name in wrong)


def failure(entry: Entry) -> str:
    """A line of the transcript that did not go well."""
    what = {
        "run": "not reached before the limit",
        "check": "not true",
        "act": "refused",
        "answer": "the run has no answer",
        "task": "the task",
    }.get(entry.what, entry.what)
    return f"{entry.step} at {in_seconds(entry.t):.1f} s: {what}: {entry.text}"


def _idle_failures(lesson: Lesson, release: str) -> Iterator[str]:
    """A lesson whose checks are all true although nothing is done checks nothing."""
    entries = play(lesson, release, acting=False).progress.transcript
    if all(entry.ok for entry in entries if entry.what == "check"):
        yield "every check is true even if nothing is done"


def lines(result: Result) -> Iterator[str]:
    """A result for people."""
    word = "FAIL" if result.failures else "ok  "
    releases = f" ({', '.join(result.releases)})" if result.releases else ""
    yield f"{word} {result.name}{releases}"
    yield from (f"     {text}" for text in result.failures)


MOST_IN_ONE_PLACE: Final = 0.6
"""Of a course's choices, at most this share has its right answer in the same place."""


def one_place(results: Sequence[Result]) -> str:
    """What is wrong with where right answers stand in a course; empty if nothing is."""
    places = [place for result in results for place in result.right_places]
    if len(places) < 10:
        return ""
    most = max(places.count(place) for place in places)
    if most <= MOST_IN_ONE_PLACE * len(places):
        return ""
    where = next(place for place in places if places.count(place) == most)
    return f"{most} of {len(places)} right answers stand in place {where}: spread them"


def unpaired(results: Sequence[Result]) -> str:
    """The questions that stand in one form of an inventory only, in words; empty if there are none."""
    forms = {result.form: result.asks for result in results if result.form}
    if len(forms) < 2:
        return ""
    alone = [
        ask for asks in forms.values() for ask in asks if not all(ask in form for form in forms.values())
    ]
    return f"in one form of the inventory only: {', '.join(alone)}" if alone else ""


def right_places(run: LessonRun) -> tuple[int, ...]:
    """Where the right option of each choice stands, from 1."""
    found = []
    for _index, ask in run.lesson.asks():
        truth = run.progress.truths.get(ask.id)
        if ask.kind is AskKind.CHOICE and truth is not None and len(truth.right) == 1:
            found += [place for place, option in enumerate(ask.options, 1) if option.id == truth.right[0]]
    return tuple(found)


def last_line(results: Sequence[Result]) -> str:
    """All results in one line."""
    failed = sum(1 for result in results if result.failures)
    covered = {number: True for result in results for number in result.misconceptions}
    return f"lessons: {len(results)} checked, {failed} failed, misconceptions {len(covered)}/{MISCONCEPTIONS}"


def main_check(argv: Sequence[str]) -> int:
    """Check files, or with --all the shipped lessons; 0 when none failed, 2 when called without any."""
    record = argv[:1] == ["--record"]
    paths = chosen(argv[1:] if record else argv, USAGE)
    if paths is None:
        return 2
    results = []
    for path in paths:
        result = check_file(path, record=record)
        sys.stdout.writelines(f"{line}\n" for line in lines(result))
        sys.stdout.flush()
        results.append(result)
    complaints_of_all = [text for text in (one_place(results), unpaired(results)) if text]
    sys.stdout.writelines(f"{text}\n" for text in complaints_of_all)
    sys.stdout.write(last_line(results) + "\n")
    return 1 if complaints_of_all or any(result.failures for result in results) else 0


def chosen(argv: Sequence[str], usage: str) -> tuple[Path, ...] | None:
    """The files a command line names; None, with the usage on standard error, where it names none."""
    if list(argv) == ["--all"]:
        return shipped()
    if not argv or any(argument.startswith("-") for argument in argv):
        sys.stderr.write(usage + "\n")
        return None
    return tuple(Path(argument) for argument in argv)
