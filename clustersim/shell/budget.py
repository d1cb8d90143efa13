"""How much a script may do, and what it prints as it grows."""

from typing import Final

MOST_COMMANDS: Final = 1000
MOST_PRINTED: Final = 256 * 1024
"""Of one script, in commands and in characters; one that pauses may do as much again after each pause."""
DEEPEST: Final = 12
"""Shells that one starts in another."""


class Endless(Exception):
    """Too much was done, or printed."""


class Budget:
    """How much a script, and all that it starts, may still do, and how deep its shells are."""

    def __init__(self, most: int = MOST_COMMANDS) -> None:
        self.left = most
        self.depth = 0
        self.owed: int | None = None
        """Milliseconds of a pause that was asked for where nobody could go on from."""

    def enter(self) -> None:
        """One more shell begins. Raises Endless where it would be one of very many."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.left = -1  # nothing goes on after that
            raise Endless

    def spend(self, cost: int = 1) -> None:
        """Raises Endless."""
        self.left -= cost
        if self.left < 0:
            raise Endless

    def owe(self, milliseconds: int | None) -> None:
        """The script is to pause as soon as it can."""
        if milliseconds is not None:
            self.owed = (self.owed or 0) + milliseconds

    def paid(self) -> int:
        """What it was to pause for."""
        owed, self.owed = self.owed or 0, None
        return owed


class Printed:
    """Both outputs, as they grow."""

    def __init__(self) -> None:
        self.out = ""
        self.err = ""

    def add(self, out: str, err: str) -> None:
        """More of them. Raises Endless."""
        self.out += out
        self.err += err
        if len(self.out) + len(self.err) > MOST_PRINTED:
            raise Endless
