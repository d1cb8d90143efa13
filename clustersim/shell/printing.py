"""echo and printf, as shells have them."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\"}
_FORM: Final = re.compile(r"%[-\d.]*([sdi%])")


def echo(words: Sequence[str]) -> str:
    """What `echo WORDS` prints, its last newline included."""
    options = list(takewhile(lambda word: word in ("-n", "-e", "-ne", "-en"), words))
    text = " ".join(words[len(options) :])
    if any("e" in option for option in options):
        text = _unescaped(text)
    return text + ("" if any("n" in option for option in options) else "\n")


def printf(form: str, words: Sequence[str]) -> str:
    """What `printf FORM WORDS` prints: a form that takes words is used until there are none left."""
    rest, text = list(words), _unescaped(form)
    takes = any(match[1] != "%" for match in _FORM.finditer(text))
    printed = ""
    while True:
        printed += _FORM.sub(lambda m: "%" if m[1] == "%" else rest.pop(0) if rest else "", text)
        if not rest or not takes:
            return printed


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nt\\])", lambda found: _ESCAPES[found[1]], text)
