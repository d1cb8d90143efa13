"""What a table is: its columns and how a row's cells come about; and how rows are laid out as lines.

The console and the API server's Table answers (meta.k8s.io) print from the same. Sources: v1.7.5 and v1.8.0
pkg/printers/internalversion/printers.go, pkg/printers/tabwriter.go; v1.36 pkg/printers/internalversion and
cli-runtime pkg/printers/tabwriter.go.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.engine.time import Micros

Cell = str | int
Cells = Callable[[Any, Micros], tuple[Cell, ...]]

PADDING: Final = 3
_LINE_ENDS: Final = re.compile(r"[\f\n\r]")
MINIMUM_WIDTHS: Final = {"v1.7": 10, "v1.8": 10, "v1.36": 6}


class Column(msgspec.Struct, frozen=True):
    """A column. type: string, integer, boolean; format: "name" for that of names; priority: 0 is always
    shown, 1 with -o wide only."""

    name: str
    type: str = "string"
    format: str = ""
    priority: int = 0
    description: str = ""

    @property
    def header(self) -> str:
        """As kubectl prints it."""
        return self.name.upper()


class Table(msgspec.Struct, frozen=True):
    """Columns of a kind, and the cells of one object now, as many as there are columns."""

    columns: tuple[Column, ...]
    cells: Cells

    def header(self, *, wide: bool = False) -> tuple[str, ...]:
        """The headers that are shown."""
        return tuple(column.header for column in self.columns if wide or not column.priority)

    def row(self, obj: Any, now: Micros, *, wide: bool = False) -> tuple[str, ...]:
        """The cells that are shown, as texts."""
        cells = zip(self.columns, self.cells(obj, now), strict=True)
        return tuple(str(cell) for column, cell in cells if wide or not column.priority)


def columns(shown: str, wide: str = "", *, integers: str = "") -> tuple[Column, ...]:
    """Columns from their names, separated by "|"; the first that is called Name has its format."""
    numbers = integers.split("|")
    found = []
    for names, priority in ((shown, 0), (wide, 1)):
        for name in names.split("|") if names else ():
            kind = "integer" if name in numbers else "string"
            found.append(Column(name, kind, "name" if name.lower() == "name" else "", priority))
    return tuple(found)


def align(rows: Sequence[tuple[str, ...]], minimum: int = 10) -> list[str]:
    """Rows of cells as lines: a column is as wide as its widest cell and three more, at least `minimum`; the
    last one is not padded. A cell of several lines is cut at the first, as tabwriter ends a row there."""
    flat = [tuple(cell.replace("\t", " ") for cell in row) for row in rows]
    widths = [max(len(cell) + PADDING for cell in column) for column in zip(*flat, strict=True)]
    padded = [max(width, minimum) for width in widths[:-1]]
    return [
        "".join(cell.ljust(width) for cell, width in zip(row, padded, strict=False)) + row[-1] for row in flat
    ]


def lines_of(rows: Sequence[tuple[str, ...]], release: str) -> list[str]:
    """The same as kubectl of that release lays them out."""
    if release == "v1.36":
        rows = [tuple(map(_safe, row)) for row in rows]
    return align(rows, MINIMUM_WIDTHS[release])


def _safe(cell: str) -> str:
    """As cli-runtime's tableprinter.go has it: of several lines the first, and nothing steers the
    terminal."""
    line, *more = _LINE_ENDS.split(cell, 1)
    return line.replace("\x1b", "^[") + ("..." if more else "")
