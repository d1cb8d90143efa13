"""sed, as far as people use it on what kubectl prints."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from clustersim.console.answer import Said
from clustersim.console.shell.filtered import Filtered, lines_of, pattern_of
from clustersim.console.shell.regex import Regex
from clustersim.digits import is_whole
from clustersim.i18n import _


def sed(words: Sequence[str], text: str) -> Filtered:
    """sed s/A/B/[g], /A/d, N d, -n /A/p, -n N,Mp. Raises Said."""
    quiet = "-n" in words
    extended = "-E" in words or "-r" in words
    scripts = [word for word in words if word not in ("-n", "-E", "-r", "-e")]
    if len(scripts) != 1:
        raise Said(note=_("Of sed this console knows s/A/B/g, /A/d, Nd and -n /A/p."))
    edit = _sed_edit(scripts[0], extended, quiet)
    lines = lines_of(text)
    return Filtered(
        "\n".join(told for index, line in enumerate(lines, 1) for told in edit(index, len(lines), line))
    )


def _sed_edit(script: str, extended: bool, quiet: bool) -> Callable[[int, int, str], list[str]]:
    unknown = Said(f"sed: -e expression #1, char 1: unknown command: `{script[:1]}'")
    if script[:1] == "s" and len(script) > 1:
        parts = script[2:].split(script[1])
        if len(parts) != 3:
            raise Said(f"sed: -e expression #1, char {len(script)}: unterminated `s' command")
        pattern = pattern_of(parts[0], "sed", extended=extended, ignore_case="i" in parts[2].lower())
        return lambda _i, _n, line: [_replaced(pattern, line, parts[1], every="g" in parts[2])]
    command = script[-1:]
    if command not in ("d", "p") or (command == "p" and not quiet):
        raise unknown
    chosen = _addressed(script[:-1].strip(), extended)
    if chosen is None:
        raise unknown
    return lambda i, n, line: [line] if chosen(i, n, line) is (command == "p") else []


_ADDRESS: Final = re.compile(r"([0-9]+|\$|/(?:[^/\\]|\\.)+/)(?:,([0-9]+|\$|/(?:[^/\\]|\\.)+/))?\Z", re.ASCII)


def _addressed(address: str, extended: bool) -> Callable[[int, int, str], bool] | None:
    """Which lines an address means: a line, a pattern, or from one to another; None if it is none."""
    found = _ADDRESS.match(address)
    if found is None:
        return None
    first = _at_line(found[1], extended)
    if found[2] is None:
        return first
    last = _at_line(found[2], extended)
    inside, end = [False], _number(found[2]) if is_whole(found[2]) else 0

    def chosen(index: int, count: int, line: str) -> bool:
        if inside[0]:
            inside[0] = not last(index, count, line)
            return True
        begins = first(index, count, line)
        inside[0] = begins and not (end and index >= end) and not (found[2] == "$" and index == count)
        return begins

    return chosen


def _number(text: str) -> int:
    """Of a line; one with more digits than any text has lines is none of its lines."""
    return int(text) if len(text) < 10 else 10**9


def _at_line(text: str, extended: bool) -> Callable[[int, int, str], bool]:
    if text.startswith("/"):
        pattern = pattern_of(text[1:-1], "sed", extended=extended)
        return lambda _index, _count, line: pattern.search(line) is not None
    return lambda index, count, _line: index == (count if text == "$" else _number(text))


def _replaced(pattern: Regex, line: str, by: str, *, every: bool) -> str:
    found: list[str] = []
    index = 0
    while (match := pattern.search(line, index)) is not None:
        found += (line[index : match[0]], by.replace("&", line[match[0] : match[1]]))
        index = match[1]
        if match[1] == match[0]:
            found.append(line[index : index + 1])
            index += 1
        if not every or index > len(line):
            break
    return "".join([*found, line[index:]])
