"""sed, as far as people use it on what kubectl prints and on files (GNU sed 4.8)."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.console.shell.filtered import Filtered, lines_of, pattern_of
from clustersim.digits import is_whole
from clustersim.i18n import _
from clustersim.regex import Regex
from clustersim.shell.budget import MOST_PRINTED

Chosen = Callable[[int, int, str], bool]
"""Whether a command means a line: its number, how many there are, what it says."""

_KNOWN: Final = _(
    "Of sed this console knows s/A/B/g, d, p, a, i, c and q, each with lines or patterns before it."
)
_GROUPS: Final = _(
    "In what sed puts in, & stands for what was found; this console knows no groups such as \\1."
)
_ADDRESS: Final = re.compile(
    r"(?:([0-9]+|\$|/(?:[^/\\]|\\.)+/)(?:,([0-9]+|\$|/(?:[^/\\]|\\.)+/))?)?[ ]*(!?)[ ]*", re.ASCII
)
_OPTIONS: Final = re.compile(r"[gip]*", re.IGNORECASE)
_TEXTS: Final = ("a", "c", "i")
_OTHERS: Final = "{}=:DFGHNPRTWbeghlnrtvwxyz"
"""Commands of sed that are not known here."""
_LETTERS: Final = {"n": "\n", "t": "\t"}


class _Command(NamedTuple):
    """What a script does with the lines that it means. text: what a, c and i put there; pattern, by, every,
    told: of s, what is replaced, by what, whether every time, and whether the line is printed then."""

    name: str
    chosen: Chosen
    text: str = ""
    pattern: Regex | None = None
    by: Sequence[str] = ()
    every: bool = False
    told: bool = False


def sed(words: Sequence[str], text: str) -> Filtered:
    """A script, or several after -e. Raises Said."""
    scripts, quiet, extended = _read(words)
    commands = [one for script in scripts for one in _commands(script, extended)]
    out: list[str] = []
    lines, size = lines_of(text), 0
    for index, line in enumerate(lines, 1):
        told, ends = _edited(commands, index, len(lines), line, quiet)
        out += told
        size += sum(map(len, told))
        if size > MOST_PRINTED:
            raise Said("sed: memory exhausted")
        if ends:
            break
    return Filtered("\n".join(out))


def _read(words: Sequence[str]) -> tuple[list[str], bool, bool]:
    """Scripts, whether lines are printed only by p, whether patterns are extended. Raises Said."""
    given = iter(words)
    scripts, plain = [], []
    quiet = extended = False
    for word in given:
        match word:
            case "-n" | "--quiet" | "--silent":
                quiet = True
            case "-E" | "-r":
                extended = True
            case "-e":
                scripts.append(next(given, ""))
            case _:
                plain.append(word)
    if bool(scripts) == bool(plain) or len(plain) > 1:
        raise Said(note=_KNOWN)
    return scripts or plain, quiet, extended


def _edited(
    commands: Sequence[_Command], index: int, count: int, line: str, quiet: bool
) -> tuple[list[str], bool]:
    """What is printed for a line, and whether it is the last one that is read."""
    out: list[str] = []
    after: list[str] = []
    ends = False
    for command in commands:
        if not command.chosen(index, count, line):
            continue
        match command.name:
            case "s":
                before, line = line, _replaced(command, line)
                out += [line] if command.told and line != before else []
            case "p":
                out.append(line)
            case "a":
                after.append(command.text)
            case "i":
                out.append(command.text)
            case "q":
                ends = True
                break
            case name:
                return [*out, *([command.text] if name == "c" else []), *after], ends
    return [*out, *([] if quiet else [line]), *after], ends


def _commands(script: str, extended: bool) -> Iterator[_Command]:
    """One after another, with `;` or a new line between them. Raises Said."""
    at = 0
    while (at := _end_of(script, at, " \t\n;")) < len(script):
        found = _ADDRESS.match(script, at)
        assert found is not None  # it may be empty
        at = found.end()
        chosen, name = _addressed(found, extended), script[at : at + 1]
        if name == "s":
            command, at = _substitution(script, at + 1, chosen, extended)
        elif name in _TEXTS:
            line = _line_of(script, at + 1)
            command, at = _Command(name, chosen, _put_in(line)), at + 1 + len(line)
        elif name and name in "dpq":
            command, at = _Command(name, chosen), at + 1
        elif name and name in _OTHERS:
            raise Said(note=_KNOWN)
        else:
            what = f"unknown command: `{name}'" if name else "missing command"
            raise _wrong(at + bool(name), what)
        yield command
        at = _end_of(script, at, " \t")
        if script[at : at + 1] not in ("", ";", "\n"):
            raise _wrong(at + 1, "unknown option to `s'" if name == "s" else "extra characters after command")


def _end_of(script: str, at: int, signs: str) -> int:
    while script[at : at + 1] and script[at] in signs:
        at += 1
    return at


def _wrong(place: int, what: str) -> Said:
    return Said(f"sed: -e expression #1, char {place}: {what}")


def _line_of(script: str, at: int) -> str:
    """The rest of a line, and the next one after a backslash at its end."""
    line, new, rest = script[at:].partition("\n")
    return line + new + rest.partition("\n")[0] if line.endswith("\\") else line


def _put_in(line: str) -> str:
    """The text of a, c and i: without what stands before it, unless a backslash keeps that."""
    text = line.lstrip(" \t")
    return text[1:].removeprefix("\n") if text.startswith("\\") else text


def _substitution(script: str, at: int, chosen: Chosen, extended: bool) -> tuple[_Command, int]:
    """s with its parts, from the sign that divides them on, and where it ends. Raises Said."""
    sign, parts = script[at : at + 1], [""]
    at += 1
    while len(parts) < 3:
        if not sign or at >= len(script):
            raise _wrong(len(script), "unterminated `s' command")
        if script[at] == "\\" and at + 1 < len(script):
            escaped = script[at + 1]
            parts[-1] += escaped if escaped == sign else f"\\{escaped}"
            at += 2
        elif script[at] == sign:
            parts.append("")
            at += 1
        else:
            parts[-1] += script[at]
            at += 1
    options = _OPTIONS.match(script, at)
    given = "" if options is None else options[0]
    pattern = pattern_of(parts[0], "sed", extended=extended, ignore_case="i" in given.lower())
    told, every = "p" in given, "g" in given
    command = _Command("s", chosen, "", pattern, tuple(_pieces(parts[1])), every, told)
    return command, at + len(given)


def _pieces(by: str) -> Iterator[str]:
    """What is put in, in pieces: "&" stands for what was found. Raises Said."""
    signs = iter(by)
    for sign in signs:
        if sign != "\\":
            yield sign if sign == "&" else f"={sign}"
            continue
        escaped = next(signs, "\\")
        if is_whole(escaped):
            raise Said(note=_GROUPS)
        yield f"={_LETTERS.get(escaped, escaped)}"


def _replaced(command: _Command, line: str) -> str:
    assert command.pattern is not None
    found: list[str] = []
    index = size = 0
    while (match := command.pattern.search(line, index)) is not None:
        whole = line[match[0] : match[1]]
        put = "".join(whole if piece == "&" else piece[1:] for piece in command.by)
        found += (line[index : match[0]], put)
        size += len(put)
        if size > MOST_PRINTED:
            raise Said("sed: memory exhausted")
        index = match[1]
        if match[1] == match[0]:
            found.append(line[index : index + 1])
            index += 1
        if not command.every or index > len(line):
            break
    return "".join(chain(found, [line[index:]]))


def _addressed(found: re.Match[str], extended: bool) -> Chosen:
    """Which lines an address means: all, a line, a pattern, or from one to another, or all others."""
    chosen = _meant(found, extended)
    if not found[3]:
        return chosen
    return lambda index, count, line: not chosen(index, count, line)


def _meant(found: re.Match[str], extended: bool) -> Chosen:
    if found[1] is None:
        return lambda _index, _count, _line: True
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


def _at_line(text: str, extended: bool) -> Chosen:
    if text.startswith("/"):
        pattern = pattern_of(text[1:-1].replace("\\/", "/"), "sed", extended=extended)
        return lambda _index, _count, line: pattern.search(line) is not None
    return lambda index, count, _line: index == (count if text == "$" else _number(text))
