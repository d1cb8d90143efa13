"""`"%s is %d".format([name, count])` and quoted texts (cel-go ext/formatting.go, ext/strings.go)."""

import re
from typing import Any, Final

from clustersim.cel.durations import duration_text, moment_text
from clustersim.cel.syntax import CelError
from clustersim.cel.values import Duration, Timestamp, TypeName, double_text, is_number, type_name

_VERB: Final = re.compile(r"%(?:%|(?:\.(\d{1,3}))?([a-zA-Z]))")
_ESCAPES: Final = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def quoted(text: str) -> str:
    """In quotes, with what cannot be seen behind backslashes."""
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'


def formatted(pattern: str, args: tuple[Any, ...]) -> str:
    """Raises CelError where a verb has no argument or the wrong one."""
    parts: list[str] = []
    place = index = 0
    for found in _VERB.finditer(pattern):
        parts.append(_plain(pattern[place : found.start()]))
        place = found.end()
        if found[0] == "%%":
            parts.append("%")
            continue
        if index >= len(args):
            raise CelError(f"index {index} out of range")
        parts.append(_written(found[2], found[1], args[index]))
        index += 1
    parts.append(_plain(pattern[place:]))
    return "".join(parts)


def _plain(text: str) -> str:
    if "%" in text:
        raise CelError("could not parse formatting clause: unexpected end of string")
    return text


def _written(verb: str, digits: str | None, value: Any) -> str:
    match verb:
        case "s":
            return shown(value)
        case "d" if isinstance(value, int) and not isinstance(value, bool):
            return str(int(value))
        case "d" if isinstance(value, float) and not value.is_integer():
            return double_text(value)
        case "f" if is_number(value):
            return f"{float(value):.{digits or 6}f}"
        case "e" if is_number(value):
            return f"{float(value):.{digits or 6}e}"
        case "b" if isinstance(value, int):
            return f"{int(value):b}"
        case "o" if isinstance(value, int) and not isinstance(value, bool):
            return f"{int(value):o}"
        case "x" | "X" if isinstance(value, int) and not isinstance(value, bool):
            return f"{int(value):{verb}}"
        case "x" | "X" if isinstance(value, str | bytes):
            octets = value.encode() if isinstance(value, str) else value
            return octets.hex() if verb == "x" else octets.hex().upper()
    if verb not in ("s", "d", "f", "e", "b", "o", "x", "X"):
        raise CelError(f'could not parse formatting clause: unrecognized formatting clause "{verb}"')
    told = {
        "d": "decimal clause can only be used on integers",
        "b": "binary clause can only be used on integers",
    }
    why = told.get(verb, f"clause %{verb} cannot be used on this type")
    raise CelError(f"error during formatting: {why}, was given {type_name(value)}")


def shown(value: Any) -> str:
    """A value in a text, as %s shows it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case bytes():
            return value.decode("utf-8", "replace")
        case float():
            return double_text(value)
        case int():
            return str(int(value))
        case Timestamp():
            return moment_text(value)
        case Duration():
            return duration_text(value)
        case TypeName():
            return value.name
        case list() | tuple():
            return "[" + ", ".join(_inside(one) for one in value) + "]"
        case dict():
            pairs = sorted((_inside(key), _inside(one)) for key, one in value.items())
            return "{" + ", ".join(f"{key}: {one}" for key, one in pairs) + "}"
    raise CelError(
        "error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, "
        f"maps, lists, types, durations, and timestamps, was given {type_name(value)}"
    )


def _inside(value: Any) -> str:
    return shown(value)
