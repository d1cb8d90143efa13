"""The page's own modules, styles and words in one piece: what a file needs that nobody serves.

A module becomes a `data:` address, and an import map says which name stands for which. The wire to the room
is left out: a recording takes its place.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog

MAIN: Final = "room/main.js"
INSTEAD: Final = {"room/socket.js": "recorded/socket.js"}
"""Modules that stand in for others."""
STYLES: Final = (
    "tokens", "base", "room", "node", "pane", "console", "time", "why", "lesson", "layouts", "recording",
)  # fmt: skip
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'"
)
"""Nothing is fetched from anywhere."""

_IMPORT: Final = re.compile(r'(\bfrom\s*|\bimport\s*)"(\.{1,2}/[^"]+)"')


class Bundle(msgspec.Struct, frozen=True):
    """Pieces of the page, ready to stand between tags."""

    styles: str
    theme: str
    catalogue: str
    modules: str
    main: str
    icon: str


def bundle() -> Bundle:
    """For the language of the present thread."""
    return Bundle(
        styles=_styles(),
        theme=_inline(_source("theme.js")),
        catalogue=_inline(_catalogue()),
        modules=_modules(),
        main=json.dumps(_name(MAIN)),
        icon=_address("image/svg+xml", _source("icon.svg")),
    )


@cache
def _styles() -> str:
    return "\n".join(_source(f"css/{name}.css") for name in STYLES)


@cache
def _modules() -> str:
    imports = {_name(path): _address("text/javascript", source) for path, source in _reached(MAIN)}
    return json.dumps({"imports": imports})


def _reached(main: str) -> Iterator[tuple[str, str]]:
    """Every module that is imported, by the path it is known by, its own imports by name."""
    waiting, known = [main], {main: True}
    while waiting:
        path = waiting.pop()
        found = INSTEAD.get(path, path)

        def named(match: re.Match[str], found: str = found) -> str:
            target = _joined(found, match[2])
            if target not in known:
                known[target] = True
                waiting.append(target)
            return f"{match[1]}{json.dumps(_name(target))}"

        yield path, _IMPORT.sub(named, _source(found))


def _joined(path: str, relative: str) -> str:
    """The path that an import means, from where it stands."""
    parts = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(relative).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _name(path: str) -> str:
    return f"clustersim/{path}"


def _source(path: str) -> str:
    found = finders.find(path)
    assert isinstance(found, str), path
    return Path(found).read_text("utf-8")


def _catalogue() -> str:
    """The words of the page in the present language."""
    request = HttpRequest()
    request.method = "GET"
    response = JavaScriptCatalog().get(request)
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def _address(kind: str, source: str) -> str:
    return f"data:{kind};base64,{b64encode(source.encode()).decode()}"


def _inline(script: str) -> str:
    """A script that cannot end its own tag."""
    return script.replace("</", "<\\/")
