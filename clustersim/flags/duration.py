"""Durations as the Go binaries write and read them: "40s", "1m0s", "1h30m", "300ms", "0s".

Source: Go 1.8 src/time/format.go (ParseDuration) and src/time/time.go (Duration.String), cut to microseconds.
"""

import re
from fractions import Fraction
from typing import Final

from clustersim.engine.time import HOUR, MILLISECOND, MINUTE, SECOND, Micros
from clustersim.i18n import Message

_UNITS: Final[dict[str, Fraction]] = {
    "ns": Fraction(1, 1000),
    "us": Fraction(1),
    "\u00b5s": Fraction(1),
    "\u03bcs": Fraction(1),
    "ms": Fraction(MILLISECOND),
    "s": Fraction(SECOND),
    "m": Fraction(MINUTE),
    "h": Fraction(HOUR),
}
_PART: Final = re.compile(r"(?P<whole>[0-9]*)(?P<fraction>\.[0-9]*)?(?P<unit>[^0-9.]*)")
_LONGEST: Final = 292 * 365 * 24 * HOUR


class DurationError(ValueError):
    """Not a duration; the text is the one Go prints."""


def parse_duration(text: str) -> Micros:
    """Microseconds of a Go duration. Raises DurationError with Go's own words."""
    invalid = f"time: invalid duration {text}"
    rest = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if rest == "0":
        return 0
    if not rest or len(text) > 64:
        raise DurationError(invalid)
    total = Fraction(0)
    while rest:
        match = _PART.match(rest)
        digits = (match["whole"] + (match["fraction"] or "").removeprefix(".")) if match else ""
        if match is None or not digits:
            raise DurationError(invalid)
        if not match["unit"]:
            raise DurationError(f"time: missing unit in duration {text}")
        if match["unit"] not in _UNITS:
            raise DurationError(f"time: unknown unit {match['unit']} in duration {text}")
        number = Fraction(int(digits), 10 ** (len(digits) - len(match["whole"])))
        total += number * _UNITS[match["unit"]]
        rest = rest[match.end() :]
    if total > _LONGEST:
        raise DurationError(invalid)
    return int(-total if text.startswith("-") else total)


def format_duration(value: Micros) -> str:
    """The way Go prints it: parse_duration(format_duration(x)) == x."""
    if value < 0:
        return f"-{format_duration(-value)}"
    if value == 0:
        return "0s"
    if value < MILLISECOND:
        return f"{value}\u00b5s"
    if value < SECOND:
        return f"{_decimal(value, MILLISECOND)}ms"
    minutes, rest = divmod(value, MINUTE)
    text = f"{_decimal(rest, SECOND)}s"
    if not minutes:
        return text
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{text}" if hours else f"{minutes}m{text}"


def _decimal(value: Micros, unit: Micros) -> str:
    whole, rest = divmod(value, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


class Lasting(Message, frozen=True):
    """A duration in a sentence: as Go prints it, in Chinese with the units of that language."""

    def text(self, language: str = "en") -> str:
        """The duration in that language."""
        return _in_chinese(parse_duration(self.msgid)) if language.startswith("zh") else self.msgid


def lasting(value: Micros) -> Lasting:
    """For a placeholder of a sentence."""
    return Lasting(format_duration(value))


def _in_chinese(value: Micros) -> str:
    if value < 0:
        return f"-{_in_chinese(-value)}"
    if 0 < value < MILLISECOND:
        return f"{value} 微秒"
    if 0 < value < SECOND:
        return f"{_decimal(value, MILLISECOND)} 毫秒"
    minutes, rest = divmod(value, MINUTE)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{_decimal(rest, SECOND)} 秒" if rest or value == 0 else ""
    unit = "分" if seconds else "分钟"
    parts = (f"{hours} 小时" if hours else "", f"{minutes} {unit}" if minutes else "", seconds)
    return " ".join(filter(None, parts))
