"""Timestamps as they are on the wire: RFC 3339, UTC; a Time in whole seconds, a MicroTime in microseconds.
Which moment simulated time 0 is: `engine.calendar`."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from clustersim.engine.calendar import calendar, of_year
from clustersim.engine.calendar import text as text_in_force
from clustersim.engine.time import SECOND, Micros

_LAYOUT: Final = "2006-01-02T15:04:05Z07:00"
_MICRO_LAYOUT: Final = "2006-01-02T15:04:05.000000Z07:00"
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)\Z",
    re.ASCII,
)


rfc3339: Final = text_in_force
"""The timestamp of a simulated time; fractions of a second are cut off, as the API server does."""


def rfc3339_micro(t: Micros) -> str:
    """The MicroTime of a simulated time."""
    return f"{calendar().text(t)[:-1]}.{t % SECOND:06d}Z"


@lru_cache(maxsize=65536)
def micros(text: str) -> Micros:
    """The simulated time of a timestamp that a world has written; its year tells by which calendar."""
    moment = datetime.fromisoformat(text)
    return of_year(moment.year).micros(moment)


def micros_here(text: str) -> Micros:
    """The simulated time of a moment that somebody names, by the calendar in force."""
    return calendar().micros(datetime.fromisoformat(text))


def is_canonical(text: str) -> bool:
    """A Time as it is stored."""
    try:
        return canonical_time(text) == text
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def canonical_time(text: str, *, micro: bool = False) -> str:
    """A timestamp that a client gives, as it is stored. Raises ValueError with Go's words."""
    layout = _MICRO_LAYOUT if micro else _LAYOUT
    found = _RFC3339.match(text)
    if found is None:
        raise ValueError(f'parsing time "{text}" as "{layout}": cannot parse "{text}" as "2006"')
    try:
        moment = datetime.fromisoformat(found[1] + found[3]).astimezone(UTC)
        moment += timedelta(microseconds=int(((found[2] or ".") + "000000")[1:7]))
    except (ValueError, OverflowError) as error:
        raise ValueError(f'parsing time "{text}": out of range') from error
    whole = f"{moment.year:04d}{moment.strftime('-%m-%dT%H:%M:%S')}"
    return f"{whole}.{moment.microsecond:06d}Z" if micro else f"{whole}Z"
