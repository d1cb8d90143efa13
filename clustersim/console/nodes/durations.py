"""How docker and crictl say how long something has been (docker/go-units duration.go)."""

from typing import Final

from clustersim.engine.time import SECOND, Micros

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 24
"""In hours, as all that is longer: below how many a unit is told, and how many it has."""
_LONGER: Final = (
    (14 * _DAY, _DAY, "days"),
    (60 * _DAY, 7 * _DAY, "weeks"),
    (730 * _DAY, 30 * _DAY, "months"),
)
_LONGER_OF_2016: Final = (
    (14 * _DAY, _DAY, "days"), (90 * _DAY, 7 * _DAY, "weeks"), (730 * _DAY, 30 * _DAY, "months")
)  # fmt: skip


def human_duration(span: Micros) -> str:
    """That of v0.5.0, in crictl of today: hours are rounded."""
    seconds = max(0, span) // SECOND
    if seconds == 1:
        return "1 second"
    return _told(seconds, (seconds + _HOUR // 2) // _HOUR, _LONGER)


def human_duration_of_2016(span: Micros) -> str:
    """That of docker 1.12: hours are cut off."""
    seconds = max(0, span) // SECOND
    return _told(seconds, seconds // _HOUR, _LONGER_OF_2016)


def _told(seconds: int, hours: int, longer: tuple[tuple[int, int, str], ...]) -> str:
    if seconds < 1:
        return "Less than a second"
    if seconds < _MINUTE:
        return f"{seconds} seconds"
    if seconds < _HOUR:
        return "About a minute" if seconds < 2 * _MINUTE else f"{seconds // _MINUTE} minutes"
    if hours < 2 * _DAY:
        return "About an hour" if hours == 1 else f"{hours} hours"
    for below, unit, word in longer:
        if hours < below:
            return f"{hours // unit} {word}"
    return f"{seconds // _HOUR // (365 * _DAY)} years"
