"""``@text``, ``@json``, ``@csv``, ``@tsv``, ``@html``, ``@uri``, ``@sh``, ``@base64``, ``@base64d``."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, shown, type_of, written

_HTML: Final = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", '"': "&quot;"})
_TSV: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def formatted(form: str, value: Json) -> str:
    """A value as text. Raises JqError."""
    if form not in _FORMS:
        raise JqError(f"{form} is not a valid format")
    return _FORMS[form](value)


def text(value: Json) -> str:
    """A string as it is, all else as JSON."""
    return value if isinstance(value, str) else written(value)


def _row(value: Json, form: str, joint: str, cell: Callable[[str], str]) -> str:
    if not isinstance(value, list):
        raise JqError(f"{shown(value)} cannot be {form}-formatted, only an array can be")
    cells: list[str] = []
    for one in value:
        match type_of(one):
            case "null":
                cells.append("")
            case "string":
                cells.append(cell(one))
            case "array" | "object":
                raise JqError(f"{shown(one)} is not valid in a csv row")
            case _:
                cells.append(written(one))
    return joint.join(cells)


def _quoted(value: Json) -> str:
    if isinstance(value, list | dict):
        raise JqError(f"{shown(value)} can not be escaped for shell")
    return "'" + value.replace("'", "'\\''") + "'" if isinstance(value, str) else written(value)


def _sh(value: Json) -> str:
    return " ".join(map(_quoted, value)) if isinstance(value, list) else _quoted(value)


def _decoded(value: Json) -> str:
    given = text(value).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(given + "=" * (-len(given) % 4), validate=True).decode("utf-8", "replace")
    except ValueError:
        raise JqError(f"{shown(value)} is not valid base64 data") from None


_FORMS: Final[dict[str, Callable[[Json], str]]] = {
    "text": text,
    "json": written,
    "csv": lambda value: _row(value, "csv", ",", lambda cell: '"' + cell.replace('"', '""') + '"'),
    "tsv": lambda value: _row(value, "tsv", "\t", lambda cell: cell.translate(_TSV)),
    "html": lambda value: text(value).translate(_HTML),
    "uri": lambda value: quote(text(value), safe="-_.~"),
    "sh": _sh,
    "base64": lambda value: b64encode(text(value).encode()).decode(),
    "base64d": _decoded,
}
