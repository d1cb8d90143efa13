"""The page's own modules, styles and words in one piece: what a file needs that nobody serves.

The wire to the room is left out: a recording takes its place.
"""

from base64 import b64encode
from functools import cache
from typing import Final

import msgspec
from django.conf import settings
from django.utils.translation import get_language

from visualizer import joined

MAIN: Final = joined.MODULES["room.js"]
INSTEAD: Final = {"room/socket.js": "recorded/socket.js"}
"""Modules that stand in for others."""
STYLES: Final = (*joined.STYLES["room.css"], "recording")
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'"
)
"""Nothing is fetched from anywhere."""


class Bundle(msgspec.Struct, frozen=True):
    """Pieces of the page, ready to stand between tags."""

    styles: str
    theme: str
    catalogue: str
    modules: str
    icon: str


def bundle() -> Bundle:
    """For the language of the present thread."""
    return Bundle(
        styles=joined.styles(*STYLES),
        theme=_inline(joined.source_of("theme.js")),
        catalogue=_inline(joined.words(get_language() or settings.LANGUAGE_CODE)),
        modules=_modules(),
        icon=_address("image/svg+xml", joined.source_of("icon.svg")),
    )


@cache
def _modules() -> str:
    return _inline(joined.modules(MAIN, INSTEAD))


def _address(kind: str, source: str) -> str:
    return f"data:{kind};base64,{b64encode(source.encode()).decode()}"


def _inline(script: str) -> str:
    """A script that cannot end its own tag."""
    return script.replace("</", "<\\/")
