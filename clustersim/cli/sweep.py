"""The command `sweep` for a scenario file: many seeds and settings, on all cores or on other machines, as
tables and pictures."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from clustersim.cli.elsewhere import run_on
from clustersim.cli.seeds import Outcome, Variant, as_csv, as_json, bands, bands_svg, outcome, variants
from clustersim.flags import FlagError
from clustersim.i18n import Message, _
from clustersim.scenario.loader import load_scenario

MOST_RUNS: Final = 100_000
BAR: Final = 30


def sweep(options: argparse.Namespace) -> None:
    """Run the scenario with every seed and setting, print the bands, write what is asked for.

    Raises ScenarioError, FlagError or OSError for what is wrong with the file or the options.
    """
    scenario = load_scenario(Path(options.file))
    wanted = variants(scenario, range(1, options.seeds + 1), options.vary)
    if len(wanted) > MOST_RUNS:
        values = {"runs": len(wanted), "most": MOST_RUNS}
        raise FlagError(Message(_("{runs} runs are more than {most}: fewer seeds or settings"), values))
    runs = _run(wanted, options.jobs) if options.on is None else run_on(options.on, wanted)
    outcomes = list(_with_bar(runs, len(wanted)))
    title = scenario.title.get(options.language) or scenario.title.get("en") or scenario.name
    if options.csv is not None:
        _write(options.csv, as_csv(outcomes))
    if options.json is not None:
        _write(options.json, as_json(outcomes))
    if options.svg is not None:
        head = f"{title} · {options.seeds} × {scenario.release}"
        _write(options.svg, bands_svg(outcomes, head, options.language))
    for band in bands(outcomes):
        sys.stdout.write(f"{band.settings:<20}  {band.name:<44}  {band.words}\n")


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


def _run(wanted: Sequence[Variant], jobs: int) -> Iterator[Outcome]:
    """In the order of the variants, whichever ends first: the same files come of it on every machine."""
    if jobs == 1:
        yield from map(outcome, wanted)
        return
    with ProcessPoolExecutor(jobs or os.cpu_count()) as pool:
        yield from pool.map(outcome, wanted, chunksize=max(1, min(8, len(wanted) // 64)))


def _with_bar(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """A progress bar where somebody looks at it."""
    shown = sys.stderr.isatty()
    for done, found in enumerate(outcomes, 1):
        if shown:
            filled = BAR * done // total
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}")
            sys.stderr.flush()
        yield found
    if shown:
        sys.stderr.write("\n")
