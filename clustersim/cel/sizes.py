"""How large values can be, and how much work that makes: ranges of whole numbers that stop at 64 bits
(cel-go checker/cost.go)."""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple, Optional

import msgspec

MOST: Final = 2**64 - 1


class Range(NamedTuple):
    """From the least to the most."""

    least: int
    most: int

    def __add__(self, other: "Range") -> "Range":  # type: ignore[override]
        return Range(min(MOST, self.least + other.least), min(MOST, self.most + other.most))

    def times(self, other: "Range") -> "Range":
        """The product."""
        return Range(min(MOST, self.least * other.least), min(MOST, self.most * other.most))

    def scaled(self, factor: float) -> "Range":
        """By a factor, rounded up."""
        return Range(_scaled(self.least, factor), _scaled(self.most, factor))

    def or_(self, other: "Range") -> "Range":
        """One that has both in it."""
        return Range(min(self.least, other.least), max(self.most, other.most))


def fixed(number: int) -> Range:
    """Exactly that."""
    return Range(number, number)


UNKNOWN: Final = Range(0, MOST)
NOTHING: Final = fixed(0)
ONE: Final = fixed(1)


def _scaled(number: int, factor: float) -> int:
    found = math.ceil(float(number) * factor)
    return min(MOST, found)


class Bound(msgspec.Struct, frozen=True):
    """How large a value can be by its schema. most: letters, bytes, items or entries; of numbers and objects
    none is told. bytes: of its smallest text in JSON. key, items: of what is in a map or list."""

    most: int = 0
    bytes: int = 1
    fields: Mapping[str, "Bound"] | None = None
    key: Optional["Bound"] = None
    items: Optional["Bound"] = None

    def at(self, path: tuple[str, ...]) -> Range | None:
        """Of what is at a path below it; None where nothing is known."""
        here = self
        for step in path:
            if step in ("@items", "@values"):
                below = here.items
            elif step == "@keys":
                below = here.key
            else:
                below = (here.fields or {}).get(step)
            if below is None:
                return None
            here = below
        return Range(0, here.most)
