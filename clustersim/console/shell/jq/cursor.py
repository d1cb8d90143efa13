"""Where one stands in the words of a program of jq."""

from typing import Final

from clustersim.console.shell.jq.tokens import Token
from clustersim.console.shell.jq.values import Wrong

DEEPEST: Final = 20
"""Brackets and the like within one another."""
_NAMES: Final = {
    "field": "FIELD",
    "format": "FORMAT",
    "name": "IDENT",
    "number": "LITERAL",
    "variable": "BINDING",
}


class Cursor:
    """The words of a program, and how deep one is in its brackets. Raises Wrong."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    @property
    def after(self) -> Token:
        """What comes after the next."""
        return self._tokens[self._at + 1]

    def take(self) -> Token:
        token = self.next
        if token.kind != "end":
            self._at += 1
        return token

    def is_next(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "keyword") and self.next.text in texts

    def takes(self, *texts: str) -> bool:
        found = self.is_next(*texts)
        self._at += found
        return found

    def must(self, text: str) -> None:
        if not self.takes(text):
            raise self.unexpected()

    def unexpected(self) -> Wrong:
        token = self.next
        if token.kind == "sign" and len(token.text) == 1:
            return Wrong(f"'{token.text}'")
        return Wrong(_NAMES.get(token.kind, token.text))

    def variable(self) -> str:
        if self.next.kind != "variable":
            raise self.unexpected()
        return self.take().text[1:]

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.unexpected()
