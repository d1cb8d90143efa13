"""Variables in a line that is no script: their values are written into it, so that what it runs may wait, go
on and be entered like that of any other line (POSIX, Shell Command Language 2.2 and 2.6.2)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

_NAMED: Final = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_ANY: Final = re.compile(r"\$(?:[A-Za-z_]|\{)")
_SPECIAL: Final = re.compile(r"([^\w\s./:=,@%+-])", re.ASCII)
_SPECIAL_QUOTED: Final = re.compile(r'([\\"$`])')


def names_variables(text: str) -> bool:
    """The text has a variable that a shell would expand."""
    return any(_ANY.match(text, index) for index, _quoted in _expandable(text))


def with_values(text: str, variables: Mapping[str, str]) -> str | None:
    """The text with the values of its variables; None where that takes a script: ${X:-y}, or several lines
    between quotes."""
    told, begin = "", 0
    for index, quoted in _expandable(text):
        if not _ANY.match(text, index):
            continue
        found = _NAMED.match(text, index)
        value = "" if found is None else variables.get(found[1] or found[2], "")
        if found is None or (quoted and "\n" in value):
            return None
        special = _SPECIAL_QUOTED if quoted else _SPECIAL
        told += text[begin:index] + special.sub(r"\\\1", value if quoted else " ".join(value.split("\n")))
        begin = found.end()
    return told + text[begin:]


def _expandable(text: str) -> Iterator[tuple[int, bool]]:
    """Where a "$" stands that is no text, and whether between double quotes."""
    quoted, index = [False], 0
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 2
            continue
        if char == "'" and not quoted[-1]:
            end = text.find("'", index + 1)
            index = len(text) if end < 0 else end
        elif char == '"':
            quoted[-1] = not quoted[-1]
        elif text.startswith("$(", index):
            quoted.append(False)
            index += 1
        elif char == ")" and len(quoted) > 1 and not quoted[-1]:
            quoted.pop()
        elif char == "$":
            yield index, quoted[-1]
        index += 1
