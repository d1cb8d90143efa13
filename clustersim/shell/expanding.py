"""Words after their expansions: variables, and what $(...) prints, divided where they are not quoted."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count, takewhile
from typing import Final

import msgspec

from clustersim.shell import arrays
from clustersim.shell.braces import spread
from clustersim.shell.patterns import as_it_stands, replaced, without
from clustersim.shell.words import Piece, Word, substitution_end

_VARIABLE: Final = re.compile(
    r"\$(?:(\w+|[?$#@*!])|\{(?:#(?P<counted>\w+)|(\w+|\?)(?:(:?[-=+])([^}]*)|(?P<cut>##?|%%?)(?P<what>[^}]*)"
    r"|(?P<slash>//?)(?P<old>[^/}]*)(?:/(?P<new>[^}]*))?|:(?P<first>\d+)(?::(?P<length>\d+))?)?)\})"
)
_ESCAPED: Final = re.compile(r'\\([$`"\\])')


class Memory(msgspec.Struct):
    """What a shell remembers between two lines; ended: somebody typed exit."""

    variables: dict[str, str] = msgspec.field(default_factory=dict)
    code: int = 0
    errexit: bool = False
    ended: bool = False


_NONE: Final = {"#": "0"}
"""What is so in a script that was given no words."""


def arguments(variables: Mapping[str, str]) -> list[str]:
    """The words that a function was called with ($1, $2...)."""
    return [variables[place] for place in takewhile(variables.__contains__, map(str, count(1)))]


def with_arguments(words: Sequence[str]) -> dict[str, str]:
    """The variables that a function has of the words that it was called with."""
    all_of_them = " ".join(words)
    each = {str(place): word for place, word in enumerate(words, 1)}
    return {**each, "#": str(len(words)), "@": all_of_them, "*": all_of_them}


class Expander:
    """Of one shell. substitute: what $(...), $((...)) or `...` comes to.
    braces: {a,b} means something to it, as to bash."""

    def __init__(self, memory: Memory, substitute: Callable[[str], str], *, braces: bool) -> None:
        self._memory = memory
        self._substitute = substitute
        self._braces = braces

    def words(self, words: Sequence[Word]) -> list[str]:
        """The words of a command."""
        if self._braces:
            words = [one for word in words for one in spread(word)]
        return [text for word in words for text in self._divided(word)]

    def _divided(self, word: Word) -> list[str]:
        """A word after its expansions: several where one of them that is not quoted has spaces."""
        found: list[str] = []
        current: str | None = None
        for piece in word:
            if (every := self._every(piece)) is not None:
                if every:
                    *before, current = [(current or "") + every[0], *every[1:]]
                    found += before
                continue
            if piece.quote or ("$" not in piece.text and "`" not in piece.text):
                current = (current or "") + self.expanded(piece.text, piece.quote)
                continue
            text = self.expanded(piece.text, "")
            parts = text.split()
            if text[:1].isspace() and current is not None:
                found, current = [*found, current], None
            for index, part in enumerate(parts):
                if index and current is not None:
                    found, current = [*found, current], None
                current = (current or "") + part
            if parts and text[-1:].isspace() and current is not None:
                found, current = [*found, current], None
        return found if current is None else [*found, current]

    def _every(self, piece: Piece) -> list[str] | None:
        """What "$@" and "${NAME[@]}" come to, each a word; None: it is neither."""
        if piece.quote != '"':
            return None
        if piece.text == "$@":
            return arguments(self._memory.variables)
        whole = arrays.ELEMENT.fullmatch(piece.text)
        if whole is None or whole["place"] != "@" or whole["count"]:
            return None
        return arrays.elements(self._memory.variables, whole["name"])

    def pattern(self, word: Word) -> str:
        """What is quoted in it stands for itself."""
        parts = ((piece.quote, self.expanded(piece.text, piece.quote)) for piece in word)
        return "".join(as_it_stands(text) if quote else text for quote, text in parts)

    def text(self, word: Word) -> str:
        return "".join(self.expanded(piece.text, piece.quote) for piece in word)

    def expanded(self, text: str, quote: str) -> str:
        if quote == "'":
            return text
        done, index = "", 0
        while index < len(text):
            if quote and (escaped := _ESCAPED.match(text, index)) is not None:
                done, index = done + escaped[1], index + 2
            elif text.startswith("$(", index) or text[index] == "`":
                end = substitution_end(text, index)
                done, index = done + self._substitute(text[index:end]), end
            elif (element := arrays.ELEMENT.match(text, index)) is not None:
                found = arrays.value(self._memory.variables, element, lambda inner: self.expanded(inner, '"'))
                done, index = done + found, element.end()
            elif (named := _VARIABLE.match(text, index)) is not None:
                done, index = done + self._variable(named), named.end()
            else:
                done, index = done + text[index], index + 1
        return done

    def _variable(self, named: re.Match[str]) -> str:
        if named["counted"]:
            return str(len(self._memory.variables.get(named["counted"], "")))
        name = named[1] or named[3]
        if name == "?":
            return str(self._memory.code)
        value = {"$": "42", "0": "sh"}.get(name) or self._memory.variables.get(name, _NONE.get(name, ""))
        if named[4] and named[4].endswith(("-", "=")) and not value:
            value = self.expanded(named[5], '"')
            if named[4].endswith("="):
                self._memory.variables[name] = value
        elif named[4] and named[4].endswith("+"):
            value = self.expanded(named[5], '"') if value else ""
        return self._part(value, named)

    def _part(self, value: str, named: re.Match[str]) -> str:
        """What its braces ask for of a value: without a begin or an end, with something replaced, cut out."""
        if named["cut"]:
            return without(value, named["cut"], self.expanded(named["what"], '"'))
        if named["slash"]:
            old, new = self.expanded(named["old"], '"'), self.expanded(named["new"] or "", '"')
            return replaced(value, old, new, everywhere=named["slash"] == "//")
        if named["first"]:
            first, length = int(named["first"][:9]), int((named["length"] or "9" * 9)[:9])
            return value[first : first + length]
        return value
