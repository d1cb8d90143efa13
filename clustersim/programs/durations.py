"""How long `sleep` sleeps, as busybox and coreutils read its words."""

import re
from collections.abc import Sequence
from typing import Final

_TIME: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?|\.\d{1,6})([smhd]?)")
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
FOREVER_MS: Final = 1 << 50


def slept(words: Sequence[str]) -> int | None:
    """Milliseconds; None where the words are no duration."""
    total = 0
    for word in words:
        time = _TIME.fullmatch(word)
        if time is None and word not in ("inf", "infinity"):
            return None
        total += FOREVER_MS if time is None else int(float(time[1]) * _UNITS[time[2]] * 1000)
    return total if words else None
