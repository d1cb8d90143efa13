"""Programs of which all depends on their words and on files: echo, printf, seq, test."""

import math
import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from clustersim.digits import is_whole
from clustersim.shell import printing
from clustersim.shell.ran import Files, Ran

SHELLS: Final = ("sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash")
"""By these names images have a shell."""
_MOST_NUMBERS: Final = 10_000

Plain = Callable[[Files, Sequence[str]], Ran]
"""Of the words of the command, the program's own name among them."""


def absolute(path: str, directory: str = "/") -> str:
    """A path from the root on."""
    return posixpath.normpath(posixpath.join("/", directory, path))


def _echo(files: Files, words: Sequence[str]) -> Ran:
    return Ran(printing.echo(words[1:]))


def _printf(files: Files, words: Sequence[str]) -> Ran:
    if not words[1:]:
        return Ran(err="printf: usage: printf format [arguments]\n", code=2)
    return Ran(printing.printf(words[1], words[2:]))


def _seq(files: Files, words: Sequence[str]) -> Ran:
    numbers = words[1:]
    if not 1 <= len(numbers) <= 3 or not all(is_whole(one.removeprefix("-")) for one in numbers):
        return Ran(err="seq: invalid number\n", code=1)
    values = [int(one[:12]) for one in numbers]
    first, last = (1 if len(values) == 1 else values[0]), values[-1]
    step = values[1] if len(values) == 3 else 1
    if not step:
        return Ran(err="seq: zero increment\n", code=1)
    found = range(first, last + (1 if step > 0 else -1), step)[:_MOST_NUMBERS]
    return Ran("".join(f"{number}\n" for number in found))


def _test(files: Files, words: Sequence[str]) -> Ran:
    """test EXPRESSION, [ EXPRESSION ]: files, texts, whole numbers."""
    end = {"[": "]", "[[": "]]"}.get(words[0], "")
    if end and words[-1] != end:
        return Ran(err=f"sh: missing {end}\n", code=2)
    plain = list(words[1:-1] if end else words[1:])
    negated = plain[:1] == ["!"]
    plain = plain[negated:]
    holds = _holds(files, plain)
    if holds is None:
        return Ran(err=f"sh: {' '.join(plain)}: unknown operand\n", code=2)
    return Ran(code=int(holds is negated))


def _holds(files: Files, words: list[str]) -> bool | None:
    match words:
        case []:
            return False
        case [text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case ["-n", text]:
            return bool(text)
        case ["-d", path]:
            return files.is_directory(path)
        case ["-e" | "-f" | "-r", path]:
            return files.text(path) is not None
        case ["-s", path]:
            return bool(files.text(path))
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, operator, right] if operator in _ORDERS and all(
            is_whole(one.removeprefix("-")) and len(one) < 19 for one in (left, right)
        ):
            return _ORDERS[operator](int(left), int(right))
    return None


_ORDERS: Final[dict[str, Callable[[int, int], bool]]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}


def _expr(files: Files, words: Sequence[str]) -> Ran:
    """expr A OPERATOR B, of whole numbers."""
    match words[1:]:
        case [left, operator, right] if operator in _SUMS and all(
            is_whole(one.removeprefix("-")) and len(one) < 19 for one in (left, right)
        ):
            if operator in "/%" and not int(right):
                return Ran(err="expr: division by zero\n", code=2)
            found = _SUMS[operator](int(left), int(right))
            return Ran(f"{found}\n", code=int(not found))
    return Ran(err="expr: syntax error\n", code=2)


_SUMS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: int(a / b),
    "%": lambda a, b: int(math.fmod(a, b)),
}

PLAIN: Final[dict[str, Plain]] = {
    ":": lambda files, words: Ran(),
    "[": _test,
    "[[": _test,
    "echo": _echo,
    "expr": _expr,
    "false": lambda files, words: Ran(code=1),
    "printf": _printf,
    "seq": _seq,
    "test": _test,
    "true": lambda files, words: Ran(),
}


def folder_wanted(words: Sequence[str], variables: Mapping[str, str]) -> tuple[str, str, bool]:
    """What cd was given, where that is, and whether it is there whatever one knows."""
    home, here = variables.get("HOME", "/root"), variables.get("PWD", "/")
    wanted = words[0] if words else home
    to = variables.get("OLDPWD", here) if wanted == "-" else absolute(wanted, here)
    return wanted, to, to in (here, home, "/")


def reversed_lines(text: str) -> str:
    """What rev prints."""
    return "".join(
        line.removesuffix("\n")[::-1] + "\n" * line.endswith("\n") for line in text.splitlines(True)
    )


def plain_name(word: str) -> str:
    """A program's name without the place where images have it."""
    for place in ("/bin/", "/usr/bin/", "/usr/local/bin/"):
        word = word.removeprefix(place)
    return word
