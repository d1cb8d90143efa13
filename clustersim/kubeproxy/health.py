"""What a kube-proxy tells of its health, to everybody.

Sources: v1.7.5, v1.8.0 pkg/proxy/healthcheck/healthcheck.go; v1.36 pkg/proxy/healthcheck/proxy_health.go.
"""

from typing import Final

from clustersim.api.timestamp import rfc3339_micro
from clustersim.engine.serving import Health
from clustersim.engine.time import Micros

NEVER: Final = "0001-01-01 00:00:00 +0000 UTC"
"""Go's time that was not set."""


def health_of_old(synced: Micros | None, now: Micros, period: Micros) -> Health:
    """Well until all rules were last written more than two regular periods ago."""
    late = synced is not None and now > synced + 2 * period
    return Health(503 if late else 200, _told(NEVER if synced is None else _go_time(synced), now))


def health_of_today(now: Micros, *, eligible: bool | None = None) -> Health:
    """Well while no change waits for a minute, which none does here, and the node is not about to go.
    eligible: whether it is not; None where that is not asked."""
    told = _told(_go_time(now), now)
    if eligible is None:
        return Health(200, told)
    return Health(200 if eligible else 503, f'{told[:-1]}, "nodeEligible": {str(eligible).lower()}}}')


def _told(updated: str, now: Micros) -> str:
    return f'{{"lastUpdated": "{updated}","currentTime": "{_go_time(now)}"}}'


def _go_time(moment: Micros) -> str:
    """As Go prints a time."""
    day, _t, clock = rfc3339_micro(moment).removesuffix("Z").partition("T")
    return f"{day} {clock.rstrip('0').rstrip('.')} +0000 UTC"
