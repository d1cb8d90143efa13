"""Lessons checked without a browser: what they say is true of the model, in every release they name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from clustersim.i18n import Message, _
from clustersim.lesson import timeline
from clustersim.lesson.checking import blind_check, branches
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.checking.writing import (
    Needs,
    complaints,
    misconceptions,
    objection,
    without_notes,
    wrong_needs,
)
from clustersim.lesson.file.asks import MISCONCEPTIONS
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.file.loader import load_lesson
from clustersim.lesson.file.schema import LESSON, AskKind, Lesson
from clustersim.lesson.judging import Truth
from clustersim.lesson.play import play
from clustersim.lesson.progress import Entry
from clustersim.lesson.runner import LessonRun
from clustersim.lesson.timeline import differences


class Answered(msgspec.Struct, frozen=True):
    """What a release's run made of a question. shown: for people to read; right: ids of what was right;
    number: in the question's unit.
    """

    ask: str
    release: str
    shown: str = ""
    right: tuple[str, ...] = ()
    number: float | None = None


class Result(msgspec.Struct, frozen=True):
    """What the check found. `failures`: what is wrong; none: the lesson passes. `answers`: what is right."""

    name: str
    failures: tuple[Finding, ...]
    releases: tuple[str, ...] = ()
    misconceptions: tuple[int, ...] = ()
    right_places: tuple[int, ...] = ()
    form: str = ""
    asks: tuple[str, ...] = ()
    answers: tuple[Answered, ...] = ()


class Checked(msgspec.Struct, frozen=True):
    """What the check of one release found, and the run it saw."""

    failures: tuple[Finding, ...]
    answers: tuple[Answered, ...]
    transcript: tuple[Entry, ...]
    right_places: tuple[int, ...]


def shipped() -> tuple[Path, ...]:
    """The files of the lessons that come with the model, in their order."""
    folder = Path(str(files("clustersim.lesson").joinpath("lessons")))
    return tuple(sorted(folder.glob("*.yaml")))


def shipped_ids() -> tuple[str, ...]:
    """The ids of these lessons: a file is called by its number and the lesson's id."""
    return tuple(path.stem.partition("-")[2] for path in shipped())


@cache
def shipped_needs() -> dict[str, tuple[str, ...]]:
    """These lessons, each with those that it needs, as one line of its file says."""
    found = (_NEEDS.search(path.read_text("utf-8-sig")) for path in shipped())
    needs = (tuple(one[1].split(", ")) if one is not None else () for one in found)
    return dict(zip(shipped_ids(), needs, strict=True))


_NEEDS: Final = re.compile(r"^needs: \[([^\]]+)\]$", re.MULTILINE)


def check_file(path: Path, *, record: bool = False) -> Result:
    """Read a lesson and check it, its timeline too, or write that down."""
    try:
        lesson = load_lesson(path)
    except LessonError as error:
        return Result(
            str(path),
            tuple(
                Finding(message=one.message, where=f"{path}:{one.line}:{one.column}", nearest=one.nearest)
                for one in error.errors
            ),
        )
    except OSError as error:
        return Result(str(path), (Finding(message=Message(str(error.strerror)), where=str(path)),))
    result = check(lesson, timeline.read(path) if not record else {}, path if record else None)
    if path.resolve() not in [one.resolve() for one in shipped()]:
        return result
    return msgspec.structs.replace(result, failures=(*result.failures, *without_notes(lesson)))


def check(
    lesson: Lesson, timelines: Mapping[str, Sequence[str]] | None = None, record: Path | None = None
) -> Result:
    """Everything that can be wrong with a lesson that can be read. `timelines`: those it had, by release;
    `record`: write them beside that file."""
    checked = {
        release: check_release(lesson, release, (timelines or {}).get(release)) for release in lesson.releases
    }
    if record is not None:
        timeline.write(record, {release: each.transcript for release, each in checked.items()})
    return Result(
        lesson.id,
        (
            *written(lesson, shipped_needs()),
            *(failure for each in checked.values() for failure in each.failures),
        ),
        lesson.releases,
        misconceptions(lesson),
        next((each.right_places for each in checked.values()), ()),
        lesson.form,
        tuple(ask.id for _index, ask in lesson.asks()),
        tuple(answer for each in checked.values() for answer in each.answers),
    )


def written(lesson: Lesson, known: Needs) -> tuple[Finding, ...]:
    """What is wrong with how a lesson is written. known: the lessons there are, which may be needed."""
    found = (*complaints(lesson), *wrong_needs(lesson, known))
    return tuple(finding for finding in found if not finding.excused)


def check_release(lesson: Lesson, release: str, before: Sequence[str] | None = None) -> Checked:
    """Play it in one release, and once more without acting. `before`: the lines of the timeline it had."""
    run = play(lesson, release)
    transcript = tuple(run.progress.transcript)
    failures = list(run_failures(run))
    for drawn, untold in blind_check.runs(lesson, release):
        failures += [*untold, *(one for one in run_failures(drawn) if one not in failures)]
    others = tuple(branches.runs(lesson, release))
    for other in others:
        failures += [one for one in run_failures(other) if one not in failures]
    failures += branches.without_way(lesson, (run, *others))
    if lesson.kind == LESSON:
        failures += _idle_failures(lesson, release)
    if before is not None:
        failures += [_differs(before, transcript)] * any(differences(before, transcript))
    marked = tuple(msgspec.structs.replace(failure, release=release) for failure in failures)
    return Checked(marked, tuple(answers(run, release)), transcript, right_places(run))


def answers(run: LessonRun, release: str) -> Iterator[Answered]:
    """What a run made of every question."""
    for _index, ask in run.lesson.asks():
        truth = run.progress.truths.get(ask.id, Truth())
        yield Answered(ask.id, release, truth.shown, truth.right, truth.number)


def run_failures(run: LessonRun) -> Iterator[Finding]:
    """What did not go as the lesson says, and choices without a right or with an unanswered wrong
    one."""
    for entry in run.progress.transcript:
        if not entry.ok:
            yield failure(entry)
    for _index, ask in run.lesson.asks():
        truth = run.progress.truths.get(ask.id)
        if ask.id not in run.progress.asked:
            continue
        if truth is None:
            yield objection(ask.id, _("never judged"))
        elif ask.kind in (AskKind.CHOICE, AskKind.SELECT) and truth.known:
            wrong = [o.id for o in ask.options if o.id not in truth.right and o.reply is None]
            yield from (objection(ask.id, _("{name} is wrong and has no reply"), name=name) for name in wrong)


_FAILURES: Final = {
    "run": _("not reached before the limit: {text}"),
    "check": _("not true: {text}"),
    "act": _("refused: {text}"),
    "answer": _("the run has no answer: {text}"),
    "task": _("the task: {text}"),
    "why": _("nothing to explain: {text}"),
}


def failure(entry: Entry) -> Finding:
    """A line of the transcript that did not go well."""
    said: Message | str = entry.text
    if entry.what == "answer":  # the question, and what the run made of it
        where, _colon, said = entry.text.partition(": ")
        message = Message(_FAILURES[entry.what], {"text": said})
        return Finding(message=message, where=where, at=entry.t, why=entry.why)
    if entry.what in ("task", "why") and entry.message is not None:
        said = entry.message
    message = Message(_FAILURES[entry.what], {"text": said})
    return Finding(message=message, where=entry.step, at=entry.t, why=entry.why)


def _idle_failures(lesson: Lesson, release: str) -> Iterator[Finding]:
    """A lesson whose checks are all true although nothing is done checks nothing."""
    entries = play(lesson, release, acting=False).progress.transcript
    if all(entry.ok for entry in entries if entry.what == "check"):
        yield objection("", _("every check is true even if nothing is done"))


def _differs(before: Sequence[str], transcript: Sequence[Entry]) -> Finding:
    lines = tuple(differences(before, transcript))
    return Finding(message=Message(_("the timeline is not what it was")), lines=lines)


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
