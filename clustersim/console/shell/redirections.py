"""Where a command reads and writes: < FILE, > FILE, >> FILE, 2> FILE, &> FILE, 2>&1, <<< TEXT.

Files are those of the workstation (`workstation.files`); /dev/null is everywhere.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.console.lines import skip, words_of
from clustersim.i18n import _

NOWHERE: Final = "/dev/null"
_OPERATOR: Final = re.compile(r"(?P<which>[12&])?(?P<sign><<<|<|>>|>)(?P<same>&[12])?")


class Output(NamedTuple):
    """A file, and whether it is written on at its end."""

    name: str
    appends: bool = False


class Redirections(NamedTuple):
    """Of one command. source: the file that it reads; text: what it reads instead of one; out, err: what
    becomes of what it prints, and of its complaints; None: the terminal gets it; joined: the complaints go
    where the rest goes."""

    source: str = ""
    text: str | None = None
    out: Output | None = None
    err: Output | None = None
    joined: bool = False

    @property
    def files(self) -> bool:
        """Some file is read or written."""
        written = (one for one in (self.out, self.err) if one is not None)
        return bool(self.source) or any(one.name != NOWHERE for one in written)

    def going_on(self) -> "Redirections":
        """The same for what a command prints later: it stands behind what it has printed."""
        out = None if self.out is None else self.out._replace(appends=True)
        err = None if self.err is None else self.err._replace(appends=True)
        return self._replace(out=out, err=err)


def redirected(text: str, expand: Callable[[str], list[str]]) -> tuple[str, Redirections]:
    """A command without its redirections, and these. expand: the words of a piece of text. Raises Said."""
    kept, found, index = "", Redirections(), 0
    while index < len(text):
        after = skip(text, index)
        if after == index and (match := _operator(text, index)) is not None:
            target, after = _target(text, match, expand)
            found = _with(found, match, target)
            kept += " "
        else:
            after = max(after, index + 1)
            kept += text[index:after]
        index = after
    return kept, found


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a command that is only looked at: without its redirections, and nothing is run for it.
    Raises Said."""

    def expand(piece: str) -> list[str]:
        return list(words_of(piece, lambda _inner: ""))

    return tuple(expand(redirected(text, expand)[0]))


def _operator(text: str, index: int) -> re.Match[str] | None:
    """The operator that begins here; a number is part of it only where a word begins."""
    match = _OPERATOR.match(text, index)
    if match is None or (match["which"] and index and not text[index - 1].isspace()):
        return None
    return match


def _target(text: str, match: re.Match[str], expand: Callable[[str], list[str]]) -> tuple[str, int]:
    """The word behind an operator, and where it ends."""
    if match["same"]:
        return "", match.end()
    begin = match.end()
    while begin < len(text) and text[begin].isspace():
        begin += 1
    if text.startswith("(", begin):
        raise Said(note=_("This console is no shell: {char} means nothing to it."), char=f"{match['sign']}(")
    end = begin
    while end < len(text) and not text[end].isspace() and text[end] not in "<>":
        end = max(skip(text, end), end + 1)
    words = expand(text[begin:end])
    if not words:
        raise Said("-bash: syntax error near unexpected token `newline'")
    if len(words) > 1 and match["sign"] != "<<<":
        raise Said(f"-bash: {text[begin:end]}: ambiguous redirect")
    return " ".join(words), end


def _with(found: Redirections, match: re.Match[str], target: str) -> Redirections:
    which, sign = match["which"], match["sign"]
    if sign == "<<<":
        return found._replace(text=target)
    if sign == "<":
        return found._replace(source=target)
    if match["same"]:
        if match["same"] == "&2":
            return found._replace(out=found.err)
        return found._replace(err=found.out, joined=found.out is None)
    output = Output(target, appends=sign == ">>")
    if which == "&":
        return found._replace(out=output, err=output)
    return found._replace(err=output) if which == "2" else found._replace(out=output)
