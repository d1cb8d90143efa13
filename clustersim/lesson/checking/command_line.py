"""python -m clustersim check | sweep | words: lessons checked where they are written."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from clustersim.faults import ACTIONS
from clustersim.lesson.checking.check import (
    Answered,
    Result,
    check_file,
    last_line,
    one_place,
    shipped,
    unpaired,
)
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.checking.sweep import SEEDS, Sweep, sweep
from clustersim.lesson.expressions.kinds import Type
from clustersim.lesson.expressions.names import POINTS, Names
from clustersim.lesson.expressions.vocabulary import (
    HAS,
    LAST,
    NODE,
    OUTCOMES,
    POD,
    POD_FILTERS,
    SERVICE,
    SERVICE_ON,
    WORKLOAD,
    Attribute,
)
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.file.loader import load_lesson
from clustersim.lesson.file.steps import POWERS

_FILES_WANTED: Final = 2


def main_check(argv: Sequence[str]) -> int:
    """Check files, or with --all the shipped lessons; 0 when none failed, 2 when called without any."""
    parser = _parser("check")
    parser.add_argument("--record", action="store_true", help="write the timelines beside the lessons")
    parser.add_argument("-v", "--verbose", action="store_true", help="also say which answers are right")
    options = _options(parser, argv)
    if options is None:
        return _FILES_WANTED
    results = []
    for path in options.files:
        result = check_file(path, record=options.record)
        bands = _bands(path, result) if options.verbose else {}
        _print(_checked(result, bands, options))
        results.append(result)
    complaints = [text for text in (one_place(results), unpaired(results)) if text]
    _print([*complaints, last_line(results)])
    return 1 if complaints or any(result.failures for result in results) else 0


def main_sweep(argv: Sequence[str]) -> int:
    """Sweep files, or with --all the shipped lessons; 0 when every answer stays right, 2 without files."""
    options = _options(_parser("sweep"), argv)
    if options is None:
        return _FILES_WANTED
    outside = failures = 0
    for path in options.files:
        try:
            lesson = load_lesson(path)
        except (LessonError, OSError) as error:
            _print([f"FAIL {error}"])
            failures += 1
            continue
        for release in lesson.releases:
            swept = sweep(lesson, release)
            _print(_swept(swept, options.language))
            outside += len(swept.outside)
            failures += len(swept.failures)
    _print(
        [
            f"sweep: {len(options.files)} lessons, {len(SEEDS)} seeds, {outside} answers outside tolerance, "
            f"{failures} failures"
        ]
    )
    return 1 if outside or failures else 0


def main_words(_argv: Sequence[str]) -> int:
    """Every word that a lesson may use."""
    _print(words())
    return 0


# --- arguments ---------------------------------------------------------------------------------------------


def _parser(command: str) -> ArgumentParser:
    parser = ArgumentParser(prog=f"python -m clustersim {command}")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--all", action="store_true", help="the shipped lessons")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="language of the sentences")
    return parser


def _options(parser: ArgumentParser, argv: Sequence[str]) -> Namespace | None:
    """What is asked for; None, with the usage on standard error, where that is wrong or no file is named."""
    try:
        options = parser.parse_args(argv)
    except SystemExit as stopped:
        if not stopped.code:
            raise
        return None
    if options.all:
        options.files = shipped()
    if not options.files:
        parser.print_usage(sys.stderr)
        return None
    return options


# --- printing ----------------------------------------------------------------------------------------------


def _print(lines: Sequence[str] | Iterator[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _checked(result: Result, bands: Mapping[str, Sweep], options: Namespace) -> Iterator[str]:
    word = "FAIL" if result.failures else "ok  "
    releases = f" ({', '.join(result.releases)})" if result.releases else ""
    yield f"{word} {result.name}{releases}"
    yield from _found(result.failures, options.language)
    if options.verbose:
        yield from (f"     {_right(answer, bands)}" for answer in result.answers)


def _found(findings: Sequence[Finding], language: str) -> Iterator[str]:
    for finding in findings:
        yield f"     {finding.text(language)}"
        yield from (f"     {line}" for line in finding.lines)


def _right(answer: Answered, bands: Mapping[str, Sweep]) -> str:
    """v1.7: q-notready: 38.2 s (20 seeds: 34.1 .. 42.0)"""
    text = f"{answer.release}: {answer.ask}: {answer.shown or '–'}"
    band = bands[answer.release].bands.get(answer.ask) if answer.release in bands else None
    return text if band is None else f"{text} ({len(SEEDS)} seeds: {band[0]:.1f} .. {band[1]:.1f})"


def _bands(path: Path, result: Result) -> dict[str, Sweep]:
    """What other seeds make of the numbers it asks for."""
    if not any(answer.number is not None for answer in result.answers):
        return {}
    lesson = load_lesson(path)
    return {release: sweep(lesson, release) for release in lesson.releases}


def _swept(each: Sweep, language: str) -> Iterator[str]:
    word = "FAIL" if each.outside or each.failures else "ok  "
    yield f"{word} {each.name} ({each.release}) {'; '.join(each.ranges)}".rstrip()
    yield from _found((*each.outside, *each.failures), language)


# --- words -------------------------------------------------------------------------------------------------


def words() -> Iterator[str]:
    """What expressions, actions and powers of a lesson can be called, by what they belong to."""
    yield from _section("nodes: n1.…, nodes.…", _attributes(NODE))
    yield from _section("of one node: n1.…", [f"{HAS}(image)"])
    yield from _section("pods: pods.of(web).…", [f"{name}({needs})" for name, needs in POD_FILTERS.items()])
    yield from _section("pods: their values", _attributes(POD))
    yield from _section("services: services.web.…", _attributes(SERVICE))
    yield from _section(
        "requests of the last time: services.web.…", [f"{outcome}.{LAST}(30s)" for outcome in OUTCOMES]
    )
    yield from _section("services on a node: services.web.on(n1).…", _attributes(SERVICE_ON))
    yield from _section("workloads: web.…", _attributes(WORKLOAD))
    yield from _section("points in time", POINTS)
    yield from _section("what learners do and say", LEARNERS)
    yield from _section("milestones: happened(…), elapsed(…, …)", Names().milestones)
    yield from _section("actions: do, solution", tuple(ACTIONS))
    yield from _section("powers: allow", POWERS)


LEARNERS: Final = (
    "did(verb[target])",
    "typed('command', node)",
    "answered(question[option])",
    "right(question)",
)


def _section(title: str, names: Sequence[str]) -> Iterator[str]:
    yield title
    yield from (f"  {name}" for name in names)
    yield ""


def _attributes(known: Mapping[str, Attribute]) -> list[str]:
    return [f"{name}: {_described(attribute.type)}" for name, attribute in known.items()]


def _described(of: Type) -> str:
    return ", ".join(repr(word) for word in of.words) if of.words else str(of.kind)
