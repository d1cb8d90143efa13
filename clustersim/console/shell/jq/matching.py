"""Functions of jq that look for patterns: as the console's grep does, in time that grows with the text."""

from collections.abc import Iterator
from typing import Final

from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, shown
from clustersim.regex import Regex, RegexError, compile_regex

_NAMED: Final = "(?<"


def is_found(value: Json, pattern: Json, flags: Json = None) -> bool:
    """Whether a pattern is found. Raises JqError."""
    return next(found(value, pattern, flags), None) is not None


def matches(value: Json, pattern: Json, flags: Json = None) -> list[Json]:
    """Each as jq describes it, without its groups: the first, or with the flag ``g`` all."""
    return [
        {"offset": begin, "length": end - begin, "string": value[begin:end], "captures": []}
        for begin, end in found(value, pattern, flags)
    ]


def scan(value: Json, pattern: Json, flags: Json = "") -> list[Json]:
    """All that is found."""
    return [value[begin:end] for begin, end in found(value, pattern, f"g{flags or ''}")]


def split(value: Json, pattern: Json, flags: Json = "") -> list[Json]:
    """What stands between."""
    parts, at = [], 0
    for begin, end in found(value, pattern, f"g{flags or ''}"):
        parts.append(value[at:begin])
        at = end
    return [*parts, value[at:]]


def found(value: Json, pattern: Json, flags: Json) -> Iterator[tuple[int, int]]:
    """Where a pattern is found: the first place, or with ``g`` all of them. Raises JqError."""
    if isinstance(pattern, list):
        pattern, flags = pattern[0] if pattern else None, pattern[1] if len(pattern) > 1 else None
    if not isinstance(value, str):
        raise JqError(f"{shown(value)} cannot be matched, as it is not a string")
    if not isinstance(pattern, str):
        raise JqError(f"{shown(pattern)} cannot be matched, as it is not a string")
    if not isinstance(flags, str | None) or set(flags or "") - set("ginxsl"):
        raise JqError(f"{flags} is not a valid modifier string")
    regex, at = _compiled(pattern, flags or ""), 0
    while at <= len(value) and (hit := regex.search(value, at)) is not None:
        if hit[1] > hit[0] or "n" not in (flags or ""):
            yield hit
        if "g" not in (flags or ""):
            return
        at = hit[1] + (hit[1] == hit[0])


def _compiled(pattern: str, flags: str) -> Regex:
    if _NAMED in pattern:
        raise JqError(f"{pattern} (at offset 0) is not a valid regex: this console knows no named groups")
    try:
        return compile_regex(pattern.replace("(?:", "("), extended=True, ignore_case="i" in flags)
    except RegexError as error:
        raise JqError(f"{pattern} (at offset 0) is not a valid regex: {error}") from None
