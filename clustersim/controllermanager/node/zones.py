"""Zones and their states. Pure functions.

```
  Initial --> Normal <--> PartialDisruption            one zone, by its share of nodes that are not ready
                 ^               ^
                 +--> FullDisruption <--+

  all zones full:  every node is spared, nothing is evicted ("master disruption mode");
  no longer:       the time of every node starts anew, limiters follow the zones' states again.
```
Source: v1.7.5 pkg/controller/node/nodecontroller.go ComputeZoneState, handleDisruption, setLimiterInZone;
v1.8.0 node_controller.go; v1.36.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go.
"""

import struct
from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.state import State
from clustersim.flags.controllermanager import ControllerManagerFlags

INITIAL: Final = "Initial"
NORMAL: Final = "Normal"
PARTIAL: Final = "PartialDisruption"
FULL: Final = "FullDisruption"


class ZoneCount(State):
    """Nodes of a zone by their Ready condition, as one pass found them."""

    ready: int = 0
    not_ready: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.ready + self.not_ready


class Disruption(msgspec.Struct, frozen=True):
    """What a pass has to do about zones. `states`: all of them afterwards; `changed`: those that get a new
    limiter."""

    states: dict[str, str]
    changed: tuple[str, ...]
    entered: bool = False
    left: bool = False


def zone_state(count: ZoneCount, threshold: float) -> str:
    """The state of a zone with so many nodes ready and not."""
    if count.ready == 0 and count.not_ready > 0:
        return FULL
    if count.not_ready > 2 and _single(count.not_ready / count.total) >= _single(threshold):
        return PARTIAL
    return NORMAL


def disruption(
    states: Mapping[str, str], counts: Mapping[str, ZoneCount], threshold: float
) -> Disruption | None:
    """What changes with this pass; None while all zones are and were fully disrupted."""
    new = {zone: zone_state(count, threshold) for zone, count in counts.items()}
    old = {zone: states.get(zone, INITIAL) for zone in new}
    all_full = all(state == FULL for state in new.values())
    all_were_full = all(state == FULL for state in old.values())
    if all_full and all_were_full:
        return None
    if all_full:
        return Disruption(dict.fromkeys(new, FULL), tuple(new), entered=True)
    if all_were_full:
        return Disruption(new, tuple(new), left=True)
    return Disruption(new, tuple(zone for zone in new if new[zone] != old[zone]))


def eviction_rate(state: str, size: int, flags: ControllerManagerFlags) -> float:
    """Nodes per second that may be evicted in a zone of that size, unless all zones are fully disrupted."""
    if state != PARTIAL:
        return flags.node_eviction_rate
    return flags.secondary_node_eviction_rate if size > flags.large_cluster_size_threshold else 0.0


def zone_verdict(rule: Rule, state: str, count: ZoneCount, rate: float) -> Verdict:
    """Why a zone is in its state."""
    return rule.holds(state=state, not_ready=count.not_ready, total=count.total, rate=rate)


def _single(value: float) -> float:
    """The nearest 32-bit float: the real comparison is made in those, and 33 of 60 is 0.55."""
    return float(struct.unpack("f", struct.pack("f", value))[0])
