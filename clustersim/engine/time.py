"""Simulated time: whole microseconds. Zero is the moment the scenario calls steady; booting happens before
it."""

from typing import Final

Micros = int

MILLISECOND: Final[Micros] = 1_000
SECOND: Final[Micros] = 1_000_000
MINUTE: Final[Micros] = 60 * SECOND
HOUR: Final[Micros] = 60 * MINUTE

END_OF_TIME: Final[Micros] = 1 << 62
"""What is due later never comes; a hash of the state holds no larger number."""


def seconds(value: float) -> Micros:
    """Seconds as microseconds, rounded to the nearest."""
    return round(value * SECOND)


def in_seconds(value: Micros) -> float:
    """Microseconds as seconds, for people and for JSON."""
    return value / SECOND
