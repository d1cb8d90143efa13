"""How kubectl writes durations.

Sources: v1.7.5 and v1.8.0 pkg/printers/common.go (ShortHumanDuration), v1.36 apimachinery
pkg/util/duration/duration.go (HumanDuration).
"""

from datetime import datetime
from typing import Final

from clustersim.api.timestamp import micros
from clustersim.engine.time import SECOND, Micros

UNKNOWN: Final = "<unknown>"
INVALID: Final = "<invalid>"

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_YEAR: Final = 365 * _DAY


def short_human_duration(duration: Micros) -> str:
    """One unit, cut off: "59s", "1m", "23h", "364d", "2y" (v1.7, v1.8)."""
    seconds = int(duration / SECOND)
    if seconds < 0:
        return INVALID if seconds < -1 else "0s"
    for limit, unit, letter in (
        (_MINUTE, 1, "s"),
        (_HOUR, _MINUTE, "m"),
        (_DAY, _HOUR, "h"),
        (_YEAR, _DAY, "d"),
    ):
        if seconds < limit:
            return f"{seconds // unit}{letter}"
    return f"{seconds // _YEAR}y"


def human_duration(duration: Micros) -> str:
    """Two or three significant figures: "119s", "5m10s", "179m", "3h5m", "47h", "2d2h" (since v1.12)."""
    seconds = int(duration / SECOND)
    if seconds < 0:
        return INVALID if seconds < -1 else "0s"
    if seconds < 2 * _MINUTE:
        return f"{seconds}s"
    if seconds < 10 * _MINUTE:
        return _two(seconds, _MINUTE, "m", 1, "s")
    if seconds < 3 * _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < 8 * _HOUR:
        return _two(seconds, _HOUR, "h", _MINUTE, "m")
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 8 * _DAY:
        return _two(seconds, _DAY, "d", _HOUR, "h")
    if seconds < 2 * _YEAR:
        return f"{seconds // _DAY}d"
    if seconds < 8 * _YEAR:
        return _two(seconds, _YEAR, "y", _DAY, "d")
    return f"{seconds // _YEAR}y"


def _two(seconds: int, unit: int, letter: str, smaller: int, small_letter: str) -> str:
    rest = seconds % unit // smaller
    return f"{seconds // unit}{letter}" + (f"{rest}{small_letter}" if rest else "")


def age(timestamp: str, now: Micros) -> str:
    """The AGE of something with that timestamp, in v1.7 and v1.8."""
    return short_human_duration(now - micros(timestamp)) if timestamp else UNKNOWN


def age_today(timestamp: str, now: Micros) -> str:
    """The AGE of something with that timestamp, since v1.12."""
    return human_duration(now - micros(timestamp)) if timestamp else UNKNOWN


def moment(timestamp: str) -> str:
    """RFC 1123 with a numeric zone: "Tue, 26 Sep 2017 07:00:00 +0000"."""
    if not timestamp:
        return "<unset>"
    return datetime.fromisoformat(timestamp).strftime("%a, %d %b %Y %H:%M:%S +0000")


def go_time(timestamp: str) -> str:
    """As `moment`, where kubectl prints a time without asking whether there is one."""
    return moment(timestamp) if timestamp else "Mon, 01 Jan 0001 00:00:00 +0000"
