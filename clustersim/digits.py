"""Texts that are numbers, as Go's parsers see them: a superscript or a digit of another script is none."""

from typing import Final

MOST: Final = str((1 << 63) - 1)
"""The largest int64."""


def is_whole(text: str) -> bool:
    """Whether it is a whole number without a sign that int() takes, and no field is too small for."""
    return text.isascii() and text.isdigit() and (len(text), text) <= (len(MOST), MOST)
