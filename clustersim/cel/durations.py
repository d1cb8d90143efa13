"""Moments and lengths of time as texts: RFC 3339, and "1h30m" as Go writes it."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from clustersim.cel.syntax import CelError
from clustersim.cel.values import Duration, Timestamp, whole

_UNITS: Final = {
    "ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_PART: Final = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|ms|s|m|h)", re.ASCII)
_WHOLE: Final = re.compile(
    r"[+-]?(?:(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:ns|us|µs|ms|s|m|h)){1,20}\Z", re.ASCII
)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII
)


def parse_duration(text: str) -> Duration:
    """Raises CelError for what Go's time.ParseDuration refuses."""
    if text in ("0", "+0", "-0"):
        return Duration(0)
    if not _WHOLE.match(text):
        raise CelError(f'time: invalid duration "{text}"')
    nanos = 0
    for number, fraction, unit in _PART.findall(text):
        size = _UNITS[unit]
        nanos += int(number or 0) * size + int((fraction or "0").ljust(18, "0")) * size // 10**18
    return Duration(whole(-nanos if text.startswith("-") else nanos))


def duration_text(value: Duration) -> str:
    """Seconds, as the language writes durations."""
    seconds, rest = divmod(abs(value.nanos), 10**9)
    sign = "-" if value.nanos < 0 else ""
    return f"{sign}{seconds}{_fraction(rest)}s"


def parse_moment(text: str) -> Timestamp:
    """Raises CelError for what is no time of RFC 3339."""
    found = _MOMENT.match(text)
    why = f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"'
    if found is None:
        raise CelError(why)
    try:
        at = datetime.fromisoformat(found[1] + found[3])
    except ValueError:
        raise CelError(why) from None
    seconds = (at - datetime.fromtimestamp(0, UTC)) // timedelta(seconds=1)
    return Timestamp(seconds * 10**9 + int((found[2] or "0").ljust(9, "0")))


def moment(nanos: int) -> Timestamp:
    """Of the years 1 to 9999. Raises CelError for any other."""
    if not -62_135_596_800 * 10**9 <= nanos < 253_402_300_800 * 10**9:
        raise CelError("timestamp overflow")
    return Timestamp(nanos)


def moment_text(value: Timestamp) -> str:
    """In UTC, as RFC 3339 has it."""
    seconds, rest = divmod(value.nanos, 10**9)
    at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    return f"{at.year:04d}{at.strftime('-%m-%dT%H:%M:%S')}{_fraction(rest)}Z"


def time_zone(name: str) -> tzinfo:
    """A zone by its name, or by how far it is from UTC ("-02:30"). Raises CelError."""
    found = re.fullmatch(r"([+-]?)(\d\d):(\d\d)", name, re.ASCII)
    if found is not None:
        minutes = int(found[2]) * 60 + int(found[3])
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    try:
        return UTC if name in ("", "UTC") else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise CelError(f"unknown time zone {name}") from None


def _fraction(nanos: int) -> str:
    return f".{nanos:09d}".rstrip("0") if nanos else ""
