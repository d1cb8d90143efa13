"""Numbers in texts as Go parses them: superscripts and digits of other scripts are refused."""

from typing import Final

MOST: Final = str((1 << 63) - 1)
"""The largest int64."""


def is_whole(text: str) -> bool:
    """Whether it is a whole number without a sign that int() takes, and no field is too small for."""
    return text.isascii() and text.isdigit() and (len(text), text) <= (len(MOST), MOST)
