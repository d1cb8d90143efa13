"""The calendar of a world: which moment simulated time 0 is, and which calendar is in force.

Whoever lets a world go on, or has something of it told, puts its calendar in force for that long: the engine,
the cluster, the console, the API.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from clustersim.engine.time import SECOND, Micros

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D", bound="Dated")


@lru_cache(maxsize=65536)
def _text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Calendar:
    """Of the worlds that begin at a moment. unix: that moment in seconds since 1970."""

    def __init__(self, epoch: datetime) -> None:
        self.epoch = epoch
        self.unix = int(epoch.timestamp())

    def moment(self, t: Micros) -> datetime:
        """A simulated time."""
        return self.epoch + timedelta(microseconds=t)

    def micros(self, moment: datetime) -> Micros:
        """A moment as simulated time."""
        return (moment - self.epoch) // timedelta(microseconds=1)

    def text(self, t: Micros) -> str:
        """A simulated time to the second, RFC 3339."""
        return _text(self.unix + t // SECOND)


OF_2017: Final = Calendar(datetime(2017, 9, 26, 7, 0, 0, tzinfo=UTC))
OF_2026: Final = Calendar(datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC))
"""The day of the recordings."""
_KNOWN: Final = (OF_2017, OF_2026)
_IN_FORCE: Final[ContextVar[Calendar]] = ContextVar("calendar", default=OF_2017)


def calendar() -> Calendar:
    """The one in force."""
    return _IN_FORCE.get()


def text(t: Micros) -> str:
    """A simulated time to the second, RFC 3339, by the calendar in force: said of all that happens."""
    return _text(_IN_FORCE.get().unix + t // SECOND)


@contextmanager
def in_force(of_world: Calendar) -> Iterator[None]:
    """That one is in force."""
    before = _IN_FORCE.set(of_world)
    try:
        yield
    finally:
        _IN_FORCE.reset(before)


class Dated(Protocol):
    """What has a calendar: a cluster."""

    @property
    def calendar(self) -> Calendar: ...


def by_its_calendar(
    tell: Callable[Concatenate[D, P], R],
) -> Callable[Concatenate[D, P], R]:
    """The same function, with the calendar of its first argument in force."""

    @wraps(tell)
    def told(of: D, /, *args: P.args, **named: P.kwargs) -> R:
        with in_force(of.calendar):
            return tell(of, *args, **named)

    return told


def of_year(year: int) -> Calendar:
    """The calendar of the world that a moment of that year is of: worlds last for days, years apart."""
    return min(_KNOWN, key=lambda one: abs(one.epoch.year - year))
