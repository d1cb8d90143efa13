"""Room codes: short enough to read out, hard to misread and to guess."""

import secrets
from typing import Final

ALPHABET: Final = "ACDEFGHJKLMNPQRTUVWXY34679"
"""No 0 and O, 1 and I, 2 and Z, 5 and S, 8 and B."""
LENGTH: Final = 6


def new_code() -> str:
    """A random code: one of about 300 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def tidy(text: str) -> str:
    """A code as somebody typed it: case, spaces and hyphens do not matter."""
    return "".join(text.split()).replace("-", "").upper()[:LENGTH]
