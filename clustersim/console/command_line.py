"""Splits a command line into words as a shell does: quotes, backslashes, nothing else.

What follows the first line is the command's standard input: a manifest that was pasted.
"""

from typing import Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.i18n import _

LONGEST_LINE: Final = 3500
"""Characters of a command with what is pasted after it."""

_ENDS: Final = ("EOF", "'EOF'", '"EOF"')
_OPERATORS: Final = "|&;<>`$"


class Line(NamedTuple):
    """A command's words, and what it reads from its standard input."""

    words: tuple[str, ...]
    pasted: str


def read_line(text: str) -> Line:
    """The words of the first line, and the rest of the text. Raises Said."""
    if len(text) > LONGEST_LINE:
        raise Said(note=_("This is longer than {most} characters."), most=LONGEST_LINE)
    first, _newline, pasted = text.strip().partition("\n")
    first = first.strip()
    for end in _ENDS:
        if first.endswith((f"<<{end}", f"<< {end}")):
            first = first[: first.rindex("<<")]
            pasted = pasted.rstrip().removesuffix(end.strip("'\""))
            break
    return Line(split(first), pasted)


def split(text: str) -> tuple[str, ...]:
    """The words. Raises Said for an open quote, and for what only a real shell can do."""
    words: list[str] = []
    word: list[str] | None = None
    quote, index = "", 0
    while index < len(text):
        char = text[index]
        if quote and char == quote:
            quote = ""
        elif quote == "'":
            word = [*(word or ()), char]
        elif char == "\\" and index + 1 < len(text):
            index += 1
            word = [*(word or ()), text[index]]
        elif quote:
            word = [*(word or ()), char]
        elif char in "'\"":
            quote, word = char, word or []
        elif char.isspace():
            if word is not None:
                words.append("".join(word))
            word = None
        elif char in _OPERATORS:
            raise Said(note=_("This console is no shell: {char} means nothing to it."), char=char)
        else:
            word = [*(word or ()), char]
        index += 1
    if quote:
        raise Said(note=_("A quote is not closed."))
    return (*words, "".join(word)) if word is not None else tuple(words)
