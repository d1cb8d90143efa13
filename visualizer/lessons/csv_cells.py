"""Cells of tables that leave the server: no spreadsheet takes one for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.http import HttpResponse

UTF8: Final = "\ufeff"
"""What a file begins with so that Excel reads names of all languages."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text) else text


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A file for a spreadsheet; None is an empty cell."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(UTF8)
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([["" if one is None else cell(str(one)) for one in row] for row in rows])
    return response
