"""Timestamps as they are on the wire: RFC 3339 in whole seconds, UTC. Simulated time 0 is EPOCH."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from clustersim.engine.time import SECOND, Micros

EPOCH: Final = datetime(2017, 9, 26, 7, 0, 0, tzinfo=UTC)
_EPOCH_SECONDS: Final = int(EPOCH.timestamp())


@lru_cache(maxsize=65536)
def _text(second: int) -> str:
    return datetime.fromtimestamp(_EPOCH_SECONDS + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339(t: Micros) -> str:
    """The timestamp of a simulated time; fractions of a second are cut off, as the API server does."""
    return _text(t // SECOND)


@lru_cache(maxsize=65536)
def micros(text: str) -> Micros:
    """The simulated time of a timestamp (a whole second)."""
    return (int(datetime.fromisoformat(text).timestamp()) - _EPOCH_SECONDS) * SECOND
