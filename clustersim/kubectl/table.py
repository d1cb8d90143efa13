"""`kubectl get` as lines: a header, rows, and what stands there where nothing is."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from clustersim.engine.time import Micros
from clustersim.kubectl.columns import PADDING, Table, lines_of
from clustersim.kubectl.pods import is_finished
from clustersim.kubectl.tables import table_of
from clustersim.kubectl.texts import NONE, labels_text

NOTHING: Final = "No resources found."
NOTHING_SHOWN: Final = "No resources found, use --show-all to see completed objects."


_WIDEST_EVENT: Final = len("MODIFIED")


class Extra(NamedTuple):
    """Columns on demand: the namespace before all others, those of single labels and of all labels after
    them. prefix: of the name, where objects of several kinds are listed ("po/"). headers: there is a first
    line. event: what happened to the object, in a column of its own before all others."""

    namespace: bool = False
    labels: bool = False
    label_columns: tuple[str, ...] = ()
    unlabelled: str = NONE
    prefix: str = ""
    headers: bool = True
    event: str = ""

    def around(
        self, cells: tuple[str, ...], namespace: str, labels: Sequence[str], every: str
    ) -> tuple[str, ...]:
        """The cells with those that are asked for."""
        before = (namespace,) if self.namespace else ()
        before = (self.event.ljust(_WIDEST_EVENT), *before) if self.event else before
        return (*before, *cells, *labels, *((every,) if self.labels else ()))


PLAIN: Final = Extra()


def hides_finished(release: str) -> bool:
    """Until v1.9 finished pods are not shown unless asked for (pkg/kubectl/resource_filter.go)."""
    return release in ("v1.7", "v1.8")


def print_table(
    resource: str,
    objects: Sequence[Any],
    release: str,
    now: Micros,
    *,
    wide: bool = False,
    show_all: bool = False,
    extra: Extra = PLAIN,
    table: Table | None = None,
) -> list[str]:
    """Header and rows as kubectl of the release ("v1.7") prints them; one sentence where there is nothing to
    print. table: where it is not that of the resource. Raises KeyError for an unknown release."""
    shown = list(objects)
    if resource == "pods" and hides_finished(release) and not show_all:
        shown = [pod for pod in shown if not is_finished(pod)]
    if not shown:
        return [NOTHING_SHOWN if objects else NOTHING]
    table = table or table_of(resource, release)
    rows = [cells_of(table, obj, now, wide=wide, extra=extra) for obj in shown]
    if extra.headers:
        rows.insert(0, header_of(table, wide=wide, extra=extra))
    return lines_of(rows, release)


def header_of(table: Table, *, wide: bool, extra: Extra) -> tuple[str, ...]:
    """The first line."""
    names = [key.rpartition("/")[2].upper() for key in extra.label_columns]
    extra = extra._replace(event="EVENT") if extra.event else extra
    return extra.around(table.header(wide=wide), "NAMESPACE", names, "LABELS")


def cells_of(table: Table, obj: Any, now: Micros, *, wide: bool, extra: Extra = PLAIN) -> tuple[str, ...]:
    """The cells of one row, with those on demand."""
    metadata = obj.metadata
    cells = table.row(obj, now, wide=wide)
    if extra.prefix:
        cells = tuple(
            extra.prefix + cell if column == "NAME" else cell
            for cell, column in zip(cells, table.header(wide=wide), strict=True)
        )
    labels = [metadata.labels.get(key, extra.unlabelled) for key in extra.label_columns]
    return extra.around(cells, metadata.namespace, labels, labels_text(metadata.labels))


def row_of(
    resource: str,
    obj: Any,
    release: str,
    now: Micros,
    *,
    wide: bool = False,
    extra: Extra = PLAIN,
    table: Table | None = None,
) -> str:
    """One line as `kubectl get -w` of v1.7 and v1.8 adds it: aligned by itself."""
    table = table or table_of(resource, release)
    return lines_of([cells_of(table, obj, now, wide=wide, extra=extra)], release)[0]


class Watched(NamedTuple):
    """Lines that `kubectl get -w` of today adds, and how wide each column but the last has been."""

    lines: list[str]
    widths: tuple[int, ...]


def watched(rows: Sequence[tuple[str, ...]], widths: tuple[int, ...], release: str) -> Watched:
    """Rows as wide as the widest cells until then (cli-runtime pkg/printers/tabwriter.go, RememberWidths)."""
    new = tuple(max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1])
    widths = tuple(map(max, zip(new, widths, strict=True))) if widths else new
    empty = (*(" " * width for width in widths), "")
    return Watched(lines_of([empty, *rows], release)[1:], widths)


_CELL: Final = re.compile(r"\S+(?: {1,2}\S+)*(?P<room> {3,}|$)")


def widths_of(line: str) -> tuple[int, ...]:
    """How wide the columns of a table are but the last, by one of its lines."""
    found = [len(cell[0]) - PADDING for cell in _CELL.finditer(line)]
    return tuple(found[:-1])
