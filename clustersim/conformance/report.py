"""The comparison as text: a row for each milestone, a line for each file, and the sum."""

from statistics import median
from typing import Final

import msgspec

from clustersim.conformance.score import Row
from clustersim.engine.time import Micros, in_seconds

WRONG_TIME: Final = ("outside", "value")
WRONG_SET: Final = ("missing", "extra")


class FileResult(msgspec.Struct, frozen=True):
    """How one file came out. `unsupported`, `broken`: why it was not compared; `nevers`: those violated."""

    path: str
    rows: tuple[Row, ...] = ()
    nevers: tuple[str, ...] = ()
    fitted: bool = False
    unsupported: str = ""
    broken: str = ""
    note: str = ""

    def count(self, verdicts: tuple[str, ...]) -> int:
        """How many rows came out in one of these ways."""
        return sum(1 for row in self.rows if row.verdict in verdicts)

    @property
    def milestones(self) -> int:
        """How many recorded milestones there are to compare, unscored ones left out."""
        return sum(
            1
            for row in self.rows
            if row.verdict not in ("extra", "unscored") and not row.name.startswith("final-")
        )

    @property
    def failures(self) -> int:
        """How much is missing, too many, outside tolerance or violated."""
        return self.count(WRONG_TIME + WRONG_SET) + len(self.nevers)

    @property
    def passes(self) -> bool:
        """Nothing of that, and everything was understood."""
        return not (self.unsupported or self.broken or self.failures)

    def errors(self) -> list[Micros]:
        """The absolute time errors that count."""
        return [abs(row.error) for row in self.rows if row.counts and row.error is not None]


def lines(result: FileResult) -> list[str]:
    """The rows of one file, and its own line last."""
    if result.broken:
        return [f"{result.path}: broken: {result.broken}"]
    if result.unsupported:
        return [f"{result.path}: unsupported: {result.unsupported}"]
    rows = [_row(row) for row in result.rows]
    rows += [f"  never violated: {never}" for never in result.nevers]
    verdict = "pass" if result.passes else "FAIL"
    fitted = ", phase fitted" if result.fitted else ""
    note = f", {result.note}" if result.note else ""
    rows.append(
        f"{result.path}: {verdict}: {result.milestones} milestones, {result.count(WRONG_SET)} missing, "
        f"{result.count(WRONG_TIME)} outside tolerance, {len(result.nevers)} nevers violated"
        f"{_errors(result.errors())}{fitted}{note}"
    )
    return rows


def _row(row: Row) -> str:
    of = row.of if row.action is None else f"{row.of} (action {row.action})"
    times = f"{_seconds(row.recorded):>9} {_seconds(row.simulated):>9} {_signed(row.error):>8}"
    note = f"  {row.note}" if row.note else ""
    return f"  {row.verdict:<9} {row.name:<36} {of:<24} {times}{note}"


def _seconds(t: Micros | None) -> str:
    return "-" if t is None else f"{in_seconds(t):.3f}"


def _signed(t: Micros | None) -> str:
    return "" if t is None else f"{in_seconds(t):+.3f}"


def _errors(errors: list[Micros]) -> str:
    if not errors:
        return ""
    return (
        f", median |error| {in_seconds(round(median(errors))):.3f} s, worst {in_seconds(max(errors)):.3f} s"
    )


def last_line(results: list[FileResult]) -> str:
    """The sum over all files. Milestones too many are counted with the missing ones, broken files with the
    unsupported ones."""
    errors = [error for result in results for error in result.errors()]
    middle, worst = (round(median(errors)), max(errors)) if errors else (0, 0)
    return (
        f"conformance: {len(results)} files, {sum(r.milestones for r in results)} milestones, "
        f"{sum(r.count(WRONG_SET) for r in results)} missing, "
        f"{sum(r.count(WRONG_TIME) for r in results)} outside tolerance, "
        f"{sum(len(r.nevers) for r in results)} nevers violated, "
        f"{sum(1 for r in results if r.unsupported or r.broken)} unsupported, "
        f"median |error| {in_seconds(middle):.3f} s, worst {in_seconds(worst):.3f} s"
    )
