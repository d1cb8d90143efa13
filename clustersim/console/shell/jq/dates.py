"""Functions of jq about time, all in UTC: seconds since 1970, and times in parts as ``gmtime`` has them."""

import math
from datetime import UTC, datetime
from typing import Final

from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, number, type_of

ISO: Final = "%Y-%m-%dT%H:%M:%SZ"
_LATEST: Final = 253_402_300_799
"""Seconds until the year 10000."""


def todate(value: Json) -> str:
    """``2017-10-05T09:00:00Z``. Raises JqError."""
    return strftime(value, ISO)


def fromdate(value: Json) -> Json:
    """Seconds since 1970. Raises JqError."""
    return mktime(strptime(value, ISO))


def gmtime(value: Json) -> list[Json]:
    """Year, month from 0, day, hour, minute, second, day of the week from Sunday, day of the year from 0."""
    if type_of(value) != "number":
        raise JqError("gmtime() requires a number")
    if not math.isfinite(value) or not 0 <= value <= _LATEST:
        raise JqError("error converting number of seconds since epoch to datetime")
    at = datetime.fromtimestamp(math.floor(value), UTC)
    return _parts(at, number(at.second + float(value) - math.floor(value)))


def _parts(at: datetime, second: Json) -> list[Json]:
    days = (at.isoweekday() % 7, at.timetuple().tm_yday - 1)
    return [at.year, at.month - 1, at.day, at.hour, at.minute, second, *days]


def mktime(value: Json) -> Json:
    """Seconds since 1970 of a time in parts. Raises JqError."""
    return int(_of_parts(value, "mktime").timestamp())


def _of_parts(value: Json, asked: str) -> datetime:
    if not isinstance(value, list) or len(value) < 6 or any(type_of(one) != "number" for one in value):
        raise JqError(
            f"{asked} requires array of 6 numbers"
            if asked == "mktime"
            else f"{asked}/1 requires parsed datetime inputs"
        )
    try:
        year, month, day, hour, minute, second = (int(one) for one in value[:6])
        return datetime(year, month + 1, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise JqError("invalid gmtime representation") from None


def strftime(value: Json, form: Json) -> str:
    """A time, in seconds or in parts, as a form says. Raises JqError."""
    if not isinstance(form, str):
        raise JqError("strftime/1 requires a string format")
    return _of_parts(gmtime(value) if type_of(value) == "number" else value, "strftime").strftime(form)


def strptime(value: Json, form: Json) -> list[Json]:
    """The parts of a time that is written in a form. Raises JqError."""
    if not isinstance(value, str):
        raise JqError("strptime/1 requires string inputs and arguments")
    try:
        at = datetime.strptime(value, str(form)).replace(tzinfo=UTC)
    except ValueError:
        raise JqError(f'date "{value}" does not match format "{form}"') from None
    return _parts(at, at.second)
