"""The ES modules of a page: which of them it loads, so that the browser fetches all at once instead of
finding one in the other.

The source has no bundler. Where ``collectstatic`` has been run the files have names that change with their
content, imports included, and may be cached for ever; the preloads name them as they are served.
"""

import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Final

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

IMPORT: Final = re.compile(r"""^(?:import|export)\b[^;'"]*?["'](\.[^"']+)["'];""", re.MULTILINE)

register = template.Library()


@register.simple_tag
def module_preloads(entry: str) -> SafeString:
    """Preloads of everything that a module imports, directly or not; `entry`: as of the tag static."""
    modules = _of_release(entry) if not settings.DEBUG else modules_of(entry)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(one),) for one in modules))


def modules_of(entry: str) -> tuple[str, ...]:
    """The paths of the modules that one imports, in the order in which they are found."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        path = waiting.pop(0)
        for imported in IMPORT.findall(_source(path)):
            module = posixpath.normpath(posixpath.join(posixpath.dirname(path), imported))
            if module not in found and module != entry:
                found[module] = None
                waiting.append(module)
    return tuple(found)


_of_release = cache(modules_of)


def _source(path: str) -> str:
    file = finders.find(path)
    if file is None:
        raise FileNotFoundError(f"no static file {path}, which a module imports")
    return Path(str(file)).read_text(encoding="utf-8")
