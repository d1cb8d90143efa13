"""awk, as it is used behind kubectl: '{print $1}', '/Running/ {print $1, $7}', 'NR>1 {print $1"/"$2}',
'$3 != "Running"', -F: '{print $2}'."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.i18n import _
from clustersim.regex import RegexError, compile_regex

LONGEST_PROGRAM: Final = 500
_RULE: Final = re.compile(r"\s*([^{}]*?)\s*(?:\{([^{}]*)\})?\s*\Z")
_CONDITION: Final = re.compile(r"(\$\d{1,3}|\$NF|NR|NF)\s*(==|!=|<=|>=|<|>|!~|~)\s*(.+)\Z")
_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\$NF|\$\d{1,3}|NR|NF|,)')
_UNKNOWN: Final = _('Of awk this console knows conditions like NR>1 or $3=="Running" and {{print $1, $2}}.')


class _Row(NamedTuple):
    number: int
    line: str
    fields: list[str]

    def value(self, name: str) -> str:
        if name == "NR":
            return str(self.number)
        if name == "NF":
            return str(len(self.fields))
        index = len(self.fields) if name == "$NF" else int(name[1:])
        if index == 0:
            return self.line
        return self.fields[index - 1] if index <= len(self.fields) else ""


def awk(words: Sequence[str], lines: Sequence[str]) -> list[str]:
    """What the program prints for these lines. Raises Said."""
    separator, rest = None, list(words)
    while rest and rest[0].startswith("-F"):
        option = rest.pop(0)
        separator = (option[2:] or (rest.pop(0) if rest else "")).strip("'\"") or None
    if len(rest) != 1 or len(rest[0]) > LONGEST_PROGRAM:
        raise Said(note=_UNKNOWN)
    program = rest[0].strip()
    end = program.startswith("END")
    match = _RULE.match(program.removeprefix("END"))
    if match is None or (not match[1] and match[2] is None):
        raise Said(note=_UNKNOWN)
    if end and match[1]:
        raise Said(note=_UNKNOWN)
    holds, prints = _condition(match[1]), _printing(match[2])
    rows = [_Row(number, line, line.split(separator)) for number, line in enumerate(lines, 1)]
    if end:
        return [prints(rows[-1])] if rows else ["0"]
    return [prints(row) for row in rows if holds(row)]


def _condition(text: str) -> Callable[[_Row], bool]:
    if not text:
        return lambda row: True
    for operator, every in (("&&", True), ("||", False)):
        if operator in text:
            parts = [_condition(part.strip()) for part in text.split(operator)]
            return _all(parts) if every else _any(parts)
    if text[0] == "/" and text[-1] == "/" and len(text) > 2:
        return _matching("$0", text, negated=False)
    match = _CONDITION.match(text)
    if match is None:
        raise Said(note=_UNKNOWN)
    name, operator, wanted = match.groups()
    if operator in ("~", "!~"):
        return _matching(name, wanted, negated=operator == "!~")
    quoted = wanted[0] == '"' and wanted[-1] == '"' and len(wanted) > 1
    if not quoted and not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?|\$\d{1,3}|\$NF|NR|NF", wanted):
        raise Said(note=_UNKNOWN)
    return lambda row: _compare(row.value(name), operator, wanted[1:-1] if quoted else wanted, quoted, row)


def _all(parts: list[Callable[[_Row], bool]]) -> Callable[[_Row], bool]:
    return lambda row: all(part(row) for part in parts)


def _any(parts: list[Callable[[_Row], bool]]) -> Callable[[_Row], bool]:
    return lambda row: any(part(row) for part in parts)


def _matching(name: str, text: str, *, negated: bool) -> Callable[[_Row], bool]:
    try:
        pattern = compile_regex(text.strip("/").strip('"'))
    except RegexError as error:
        raise Said(f"awk: {error}") from None
    return lambda row: (pattern.search(row.value(name)) is None) is negated


def _compare(left: str, operator: str, right: str, quoted: bool, row: _Row) -> bool:
    if not quoted and not re.match(r"-?\d", right):
        right = row.value(right)
    less, more = left < right, left > right
    if not quoted:
        with suppress(ValueError):
            one, other = float(left), float(right)
            less, more = one < other, one > other
    holds = {"==": not less and not more, "!=": less or more, "<": less, ">": more, "<=": not more}
    return holds.get(operator, not less)


def _printing(text: str | None) -> Callable[[_Row], str]:
    """A print statement: what is separated by commas is joined by blanks, what stands side by side is not."""
    if text is None:
        return lambda row: row.line
    statement = text.strip().rstrip(";").strip()
    if statement != "print" and not re.match(r"print[\s\"(]", statement):
        raise Said(note=_UNKNOWN)
    rest = statement.removeprefix("print").strip()
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    pieces: list[str] = []
    index = 0
    while index < len(rest):
        match = _TOKEN.match(rest, index)
        if match is None:
            raise Said(note=_UNKNOWN)
        pieces.append(match[1])
        index = match.end()
    return lambda row: "".join(_told(piece, row) for piece in pieces) if pieces else row.line


def _told(piece: str, row: _Row) -> str:
    if piece == ",":
        return " "
    if piece[0] == '"':
        return piece[1:-1].replace("\\t", "\t").replace("\\n", "\n").replace('\\"', '"')
    return row.value(piece)
