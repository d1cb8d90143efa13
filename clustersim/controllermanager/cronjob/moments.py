"""Which start of a CronJob is due, and when to look again. Pure functions.

Source: v1.8.0 pkg/controller/cronjob/utils.go getRecentUnmetScheduleTimes; v1.36 mostRecentScheduleTime,
nextScheduleTimeDuration.
"""

from datetime import UTC, datetime, tzinfo
from typing import Final

import msgspec

from clustersim.api.batch import CronJob
from clustersim.api.cron_schedule import Every, Schedule
from clustersim.api.timestamp import micros
from clustersim.engine.calendar import calendar
from clustersim.engine.time import MILLISECOND, SECOND, Micros

MANY: Final = 100
DELAY: Final[Micros] = 100 * MILLISECOND
"""After its moment a CronJob is looked at (nextScheduleDelta)."""


class Due(msgspec.Struct, frozen=True):
    """The last start that is due, None if none is, and whether a suspicious number was missed. never: the
    schedule names no moment, as the 31st of February.
    """

    start: Micros | None = None
    many: bool = False
    never: bool = False


def moment_of(time: Micros, zone: tzinfo = UTC) -> datetime:
    """A simulated time on the calendar."""
    return calendar().moment(time).astimezone(zone)


def time_of(moment: datetime) -> Micros:
    """A moment on the calendar as simulated time."""
    return calendar().micros(moment)


def next_after(schedule: Schedule | Every, time: Micros, zone: tzinfo = UTC) -> Micros | None:
    """The schedule's first moment after that time."""
    found = schedule.after(moment_of(time, zone))
    return None if found is None else time_of(found)


def earliest(owner: CronJob, now: Micros, *, deadline: bool) -> Micros:
    """From when on starts count: the last one, or the creation; and not what is too late by now."""
    known = owner.status.last_schedule_time or owner.metadata.creation_timestamp
    limit = owner.spec.starting_deadline_seconds
    since = micros(known)
    return max(since, now - limit * SECOND) if deadline and limit is not None else since


def unmet(owner: CronJob, schedule: Schedule | Every, now: Micros) -> Due:
    """v1.8: the last of all starts since then; more than a hundred are suspicious, and none is made. A moment
    that never comes counts as one long ago, a hundred times.
    """
    moment, last = earliest(owner, now, deadline=True), None
    for _ in range(MANY + 1):
        found = next_after(schedule, moment)
        if found is None:
            break
        if found > now:
            return Due(last)
        moment = last = found
    return Due(None, many=True)


def most_recent(
    owner: CronJob, schedule: Schedule | Every, now: Micros, zone: tzinfo, *, deadline: bool = True
) -> Due:
    """v1.36: the last start since then, found by the distance of two; how many were missed is estimated."""
    first = next_after(schedule, earliest(owner, now, deadline=deadline), zone)
    if first is not None and first > now:
        return Due()
    second = next_after(schedule, first, zone) if first is not None else None
    if first is None or second is None:
        return Due(never=True)
    if second > now:
        return Due(first)
    distance = max(SECOND, second - first)
    missed = (now - first) // distance + 1
    moment, last = first + (missed - 2) * distance, first
    for _ in range(MANY):
        found = next_after(schedule, moment, zone)
        if found is None or found > now:
            break
        moment = last = found
    return Due(last, many=missed > MANY)


def look_again(owner: CronJob, schedule: Schedule | Every, now: Micros, zone: tzinfo) -> Micros | None:
    """When a CronJob is next looked at in v1.36, None if its schedule has no moment left."""
    recent = most_recent(owner, schedule, now, zone, deadline=False).start
    found = next_after(schedule, recent if recent is not None else earliest(owner, now, deadline=False), zone)
    return None if found is None else max(found, now) + DELAY


def unix_seconds(time: Micros) -> int:
    """A simulated time as seconds since 1970."""
    return calendar().unix + time // SECOND
