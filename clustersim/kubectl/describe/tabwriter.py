"""Elastic tab stops: cells of consecutive lines share a column's width.

Source: Go text/tabwriter; v1.7.5 pkg/printers/internalversion/describe.go tabbedString pads with tabs of
eight, v1.8.0 with two spaces. The last cell of a line belongs to no column.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

TAB: Final = 8


class Style(NamedTuple):
    """How columns are padded."""

    padding: int
    tabs: bool


STYLES: Final = {"v1.7": Style(1, True), "v1.8": Style(2, False), "v1.36": Style(2, False)}


def tabbed(lines: Sequence[str], release: str) -> str:
    """Lines whose cells end with tabs, aligned; each line ends with a newline. A text of several lines, such
    as what apply leaves in an annotation, ends the columns that it stands in."""
    style = STYLES[release]
    cells = [part.split("\t") for line in lines for part in line.split("\n")]
    widths: list[list[int]] = [[0] * (len(row) - 1) for row in cells]
    _measure(cells, widths, style, 0, len(cells), 0)
    return "".join(
        "".join(_padded(cell, width, style) for cell, width in zip(row, own, strict=False)) + row[-1] + "\n"
        for row, own in zip(cells, widths, strict=True)
    )


def _measure(
    cells: list[list[str]], widths: list[list[int]], style: Style, first: int, last: int, column: int
) -> None:
    """The widths of a column and those right of it, block by block of lines that have it."""
    start = first
    while start < last:
        if len(cells[start]) - 1 <= column:
            start += 1
            continue
        end = start
        while end < last and len(cells[end]) - 1 > column:
            end += 1
        width = max(len(cells[line][column]) for line in range(start, end)) + style.padding
        if style.tabs:
            width = -(-width // TAB) * TAB
        for line in range(start, end):
            widths[line][column] = width
        _measure(cells, widths, style, start, end, column + 1)
        start = end


def _padded(cell: str, width: int, style: Style) -> str:
    if not style.tabs:
        return cell.ljust(width)
    return cell + "\t" * -(-(width - len(cell)) // TAB)
