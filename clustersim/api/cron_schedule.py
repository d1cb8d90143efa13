"""Schedules of CronJobs: five fields as in crontab(5), or @hourly and the like, or @every 90s.

Source: github.com/robfig/cron ParseStandard, as v1.8.0 and v1.36 use it. Days of the week are 0 to 6; where
both day fields are restricted, either may hold. To v1.8's parser */2 is no restriction, to today's it is one.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from clustersim.digits import is_whole

YEARS: Final = 5
"""How far ahead a moment is looked for (a 31st of February never comes)."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final[tuple[tuple[str, int, int, dict[str, int]], ...]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day-of-month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day-of-week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_DESCRIPTORS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_UNITS: Final = {"h": 3600, "m": 60, "s": 1}


class Schedule(msgspec.Struct, frozen=True):
    """The moments that five fields name. any_day, any_weekday: that field is not restricted."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def after(self, moment: datetime) -> datetime | None:
        """The first moment after this one, None if there is none in the years to come."""
        local = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
        last = local.year + YEARS
        while local.year <= last:
            if local.month not in self.months:
                local = _next_month(local)
            elif not self._has_day(local):
                local = (local + timedelta(days=1)).replace(hour=0, minute=0)
            elif local.hour not in self.hours:
                local = (local + timedelta(hours=1)).replace(minute=0)
            elif local.minute not in self.minutes:
                local += timedelta(minutes=1)
            else:
                return local
        return None

    def _has_day(self, moment: datetime) -> bool:
        day = moment.day in self.days
        weekday = moment.isoweekday() % 7 in self.weekdays
        return (day and weekday) if self.any_day or self.any_weekday else (day or weekday)


class Every(msgspec.Struct, frozen=True):
    """A moment every so many seconds, counted from the last."""

    seconds: int

    def after(self, moment: datetime) -> datetime | None:
        """So much later."""
        return moment.replace(microsecond=0) + timedelta(seconds=self.seconds)


def parse(text: str, *, modern: bool = True) -> Schedule | Every:
    """A schedule from its text; ValueError says what is wrong with it, in the parser's words. modern: as the
    parser of v1.36 does it, not that of v1.7 and v1.8."""
    try:
        return _parsed(text, modern=modern)
    except ValueError as error:
        why = str(error)
        raise ValueError(why if modern else why[:1].upper() + why[1:]) from None


def _parsed(text: str, *, modern: bool) -> Schedule | Every:
    if text.startswith("@every "):
        return _every(text)
    if text.startswith("@"):
        if text not in _DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {text}")
        text = _DESCRIPTORS[text]
    parts = text.split()
    if not parts:
        raise ValueError("empty spec string")
    if len(parts) != len(_FIELDS):
        shown = f"[{' '.join(parts)}]" if modern else text
        raise ValueError(f"expected exactly 5 fields, found {len(parts)}: {shown}")
    minutes, hours, days, months, weekdays = (
        _field(part, low, high, names) for part, (_, low, high, names) in zip(parts, _FIELDS, strict=True)
    )
    any_day, any_weekday = (_is_open(parts[place], modern=modern) for place in (2, 4))
    return Schedule(minutes, hours, days, months, weekdays, any_day, any_weekday)


def _is_open(field: str, *, modern: bool) -> bool:
    """Whether a field restricts nothing: it has a star, today without a step."""
    for part in field.split(","):
        bounds, _slash, step = part.partition("/")
        if bounds in ("*", "?") and not (modern and step and int(step) > 1):
            return True
    return False


def _every(text: str) -> Every:
    duration = text.removeprefix("@every ")
    found = re.fullmatch(r"(?:\d+[hms])+", duration)
    if found is None:
        raise ValueError(f'failed to parse duration {text}: time: invalid duration "{duration}"')
    seconds = sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([hms])", duration))
    return Every(max(1, seconds))


def _field(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    values: set[int] = set()
    for part in filter(None, text.split(",")):
        values |= _range(part, low, high, names)
    return frozenset(values)


def _range(text: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    bounds, *steps = text.split("/")
    first, *more = bounds.split("-")
    if first in ("*", "?"):
        start, end = low, high
    else:
        start = end = _number(first, names)
        if len(more) == 1:
            end = _number(more[0], names)
        elif more:
            raise ValueError(f"too many hyphens: {text}")
    if len(steps) > 1:
        raise ValueError(f"too many slashes: {text}")
    size = _number(steps[0], {}) if steps else 1
    end = high if steps and not more else end
    if start < low:
        raise ValueError(f"beginning of range ({start}) below minimum ({low}): {text}")
    if end > high:
        raise ValueError(f"end of range ({end}) above maximum ({high}): {text}")
    if start > end:
        raise ValueError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if size == 0:
        raise ValueError(f"step of range should be a positive number: {text}")
    return set(range(start, end + 1, size))


def _number(text: str, names: dict[str, int]) -> int:
    if (named := names.get(text.lower())) is not None:
        return named
    if not text.isascii() or not is_whole(text) or len(text) > 9:
        raise ValueError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)


def _next_month(moment: datetime) -> datetime:
    year, month = (moment.year, moment.month + 1) if moment.month < 12 else (moment.year + 1, 1)
    return datetime(year, month, 1, tzinfo=moment.tzinfo or UTC)
