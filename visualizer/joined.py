"""The files of a page joined to one of each kind, so that a page is there after a few requests instead of
ninety.

The source has no bundler and needs none: its modules name what they import and export in a few plain forms.
Each becomes a function that is called once and returns what it exports, after those that it imports; that is
the order in which a browser would run them. What is written in another form is refused, never guessed.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.i18n import JavaScriptCatalog

PREFIX: Final = "/joined/"
MODULES: Final = {
    "room.js": "room/main.js",
    "class.js": "class/main.js",
    "compare.js": "compare/main.js",
}
"""The module that a page begins with, by the name of what is joined."""
STYLES: Final = {
    "room.css": (
        "tokens", "base", "room", "node", "pane", "notices", "console", "time", "why", "lesson", "medium",
        "layouts",
    ),
}  # fmt: skip
"""The style sheets of a page, in their order."""

_IMPORT: Final = re.compile(
    r"""^import\s+(?:(?P<what>\{[^}]*\}|\*\s+as\s+\w+)\s*from\s+)?"(?P<path>\.[^"]+)";""", re.MULTILINE
)
_EXPORT: Final = re.compile(r"^export (?=(?:(?:async )?function\*?|class|const) (?P<name>\w+))", re.MULTILINE)
_OTHER: Final = re.compile(r"^(?:import|export)\b.*|\bimport\.meta\b", re.MULTILINE)


class File(msgspec.Struct, frozen=True):
    """What a browser gets: as it is, compressed, and what it is called."""

    body: bytes
    compressed: bytes
    kind: str
    address: str


class NotJoined(ValueError):
    """A module is written in a form that cannot be joined, or modules import each other in a circle."""


def file_of(name: str) -> File:
    """What has this name: of MODULES, of STYLES, or `words.LANGUAGE.js`. Raises KeyError."""
    return _file(name) if settings.DEBUG else _kept(name)


def _file(name: str) -> File:
    body = _text(name).encode()
    digest = hashlib.sha256(body).hexdigest()[:16]
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return File(body, gzip.compress(body, mtime=0), kind, f"{PREFIX}{digest}/{name}")


_kept = cache(_file)


def _text(name: str) -> str:
    if name in MODULES:
        return modules(MODULES[name])
    if name in STYLES:
        return styles(*STYLES[name])
    for language, _called in settings.LANGUAGES:
        if name == f"words.{language}.js":
            return words(language)
    raise KeyError(name)


def styles(*names: str) -> str:
    """Style sheets one after the other."""
    return "\n".join(source_of(f"css/{name}.css") for name in names)


def words(language: str) -> str:
    """The words of the scripts in a language."""
    request = HttpRequest()
    request.method = "GET"
    with translation.override(language):
        response = JavaScriptCatalog().get(request)
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def modules(entry: str, instead: Mapping[str, str] | None = None) -> str:
    """A module and everything that it imports as one script. instead: modules that stand in for others.

    Raises NotJoined.
    """
    return "\n".join(_called_once(path, source) for path, source in _in_order(entry, instead or {}))


def source_of(path: str) -> str:
    """The text of a static file of ours."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(f"no static file {path}")
    return Path(found).read_text("utf-8")


def _in_order(entry: str, instead: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every module by its path, with its imports' paths made whole, those that are imported first."""
    done: dict[str, bool] = {}

    def visit(path: str) -> Iterator[tuple[str, str]]:
        if path in done:
            if not done[path]:
                raise NotJoined(f"{path} imports itself, by way of others")
            return
        done[path] = False
        found = instead.get(path, path)
        source = source_of(found)
        folder = posixpath.dirname(found)
        for match in _IMPORT.finditer(source):
            yield from visit(posixpath.normpath(posixpath.join(folder, match["path"])))
        yield path, _IMPORT.sub(lambda match: _taken(match, folder), source)
        done[path] = True

    yield from visit(entry)


def _taken(match: re.Match[str], folder: str) -> str:
    """An import as what it takes out of the other module's exports."""
    what = match["what"]
    if what is None:
        return ""
    name = _name(posixpath.normpath(posixpath.join(folder, match["path"])))
    if what.startswith("*"):
        return f"const {what.split()[-1]} = {name};"
    return f"const {re.sub(r' as ', ': ', what)} = {name};"


def _called_once(path: str, source: str) -> str:
    exported = [match["name"] for match in _EXPORT.finditer(source)]
    body = _EXPORT.sub("", source)
    if (other := _OTHER.search(body)) is not None:
        raise NotJoined(f"{path}: {other[0]}")
    return f"// {path}\nconst {_name(path)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();"


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
