"""Where a command is to run, as people write it: `ssh n1 ...`, `on n1: ...`, and as whom: `sudo ...`."""

import re
from collections.abc import Sequence
from typing import Final

from clustersim.console.lines import parts

_ON: Final = re.compile(r"on\s+(\S+?):?\s+(\S.*)", re.DOTALL)
"""A pipe that runs on a machine, typed elsewhere."""
_ALL_ON: Final = re.compile(r"\s*on\s+(\S+?):\s+(\S[^\n]*)(.*)", re.DOTALL)
"""A whole line that runs on a machine."""
_ELSEWHERE: Final = re.compile(r"(?:on|ssh|kubectl|k|sleep|exit)(?:\s|$)|\w+=")
"""What has a place of its own: kubectl is on the workstation, and variables and pauses are the line's."""
_COMPOUND: Final = re.compile(r"(?:for|while|until|if)\s")
_ROOT: Final = ("-i", "-s", "su", "bash", "sh")
"""What makes a shell of root's out of sudo: one is root already."""
_SSH_VALUES: Final = ("-F", "-i", "-l", "-o", "-p")


def on_words(text: str) -> tuple[str, str] | None:
    """The machine that a pipe names, and its text without that; None where it names none."""
    found = _ON.fullmatch(text)
    return None if found is None else (found[1], found[2])


def spread(text: str) -> str:
    """A line in which each command says where it runs: `on n1: a; b` is `on n1: a; on n1: b`. Loops and
    conditions stay as they stand. Raises Said for quotes that are not closed."""
    found = _ALL_ON.fullmatch(text)
    if found is None or "<<" in found[2]:
        return text
    name, line, below = found.groups()
    pieces = parts(line)
    if any(_COMPOUND.match(piece.strip()) for piece, _operator in pieces):
        return text
    told, begins = "", True
    for piece, operator in pieces:
        if begins and (other := _ALL_ON.fullmatch(piece.strip())) is not None:
            name = other[1]
        placed = begins and piece.strip() and not _ELSEWHERE.match(piece.strip())
        told += f" on {name}: {piece.strip()} {operator}" if placed else f"{piece} {operator}"
        begins = operator != "|"
    return f"{told.strip()}{below}"


def compound(text: str) -> tuple[str, str]:
    """The machine that stands before a loop or a condition, and that; no machine where none does."""
    found = _ON.fullmatch(text.strip())
    if found is None or not _COMPOUND.match(found[2]):
        return "", text
    return found[1], found[2]


def ssh_words(words: Sequence[str]) -> tuple[str, str]:
    """The host that ssh is given, and the line that is to run there; either may be empty."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        if rest.pop(0) in _SSH_VALUES and rest:
            rest.pop(0)
    return (rest[0].rpartition("@")[2], " ".join(rest[1:])) if rest else ("", "")


def without_sudo(words: Sequence[str]) -> list[str]:
    """What sudo runs; nothing where it makes a shell."""
    rest = list(words[1:])
    while rest and rest[0].startswith("-") and rest[0] not in _ROOT:
        if rest.pop(0) in ("-u", "-g") and rest:
            rest.pop(0)
    return [] if rest[:1] and rest[0] in _ROOT and len(rest) <= 2 else rest
