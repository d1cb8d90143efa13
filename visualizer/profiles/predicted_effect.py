"""What settings would change: the experiment with a release's defaults and with a profile's, before
anything is saved."""

from typing import Final

import msgspec

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import MINUTE, Micros, in_seconds
from clustersim.explain.foresee import Band, foresee
from clustersim.flags import Flags
from clustersim.narration.milestones import narrate_milestone

NODE: Final = "n1"
SHOWN: Final = (
    "node-not-ready",
    "pods-unknown-first",
    "replacement-created",
    "endpoints-lowest",
    "endpoints-full-again",
)
AFTER: Final[Micros] = 2 * MINUTE
LONGEST: Final[Micros] = 20 * MINUTE
"""Later milestones are not waited for."""

WIDTH: Final = 480


class Bar(msgspec.Struct, frozen=True):
    """A band of times in seconds after the kubelet stopped, and where it is drawn; `text` says it."""

    earliest: float
    latest: float
    x: float
    width: float

    @property
    def text(self) -> str:
        """ "30 to 45 s" as numbers."""
        return f"{self.earliest:.0f} – {self.latest:.0f} s"


class Row(msgspec.Struct, frozen=True):
    """One milestone: its sentence, and when it comes with the defaults and with the profile (None: not
    within the time)."""

    sentence: str
    default: Bar | None
    profile: Bar | None


def effect(release: str, flags: Flags, language: str) -> tuple[Row, ...]:
    """When the milestones of a stopped kubelet come, over phases and seeds. Takes a second or two of
    computing."""
    defaults = default_scenario(release).flags
    ahead = min(max(_span(defaults), _span(flags)), LONGEST)
    before, after = _bands(release, defaults, ahead), _bands(release, flags, ahead)
    rows = []
    for key in sorted({*before, *after}, key=lambda key: SHOWN.index(key[0])):
        shown = after.get(key) or before[key]
        sentence = narrate_milestone(shown.milestone).text(language)
        rows.append(Row(sentence, _bar(before.get(key), ahead), _bar(after.get(key), ahead)))
    return tuple(rows)


def _span(flags: Flags) -> Micros:
    manager = flags.controller_manager
    return max(manager.node_monitor_grace_period, manager.pod_eviction_timeout) + AFTER


def _bands(release: str, flags: Flags, ahead: Micros) -> dict[tuple[str, str], Band]:
    cluster = Cluster(msgspec.structs.replace(default_scenario(release), flags=flags))
    bands = foresee(cluster, [Command("stop-kubelet", NODE)], ahead)
    return {(band.milestone.name, band.milestone.of): band for band in bands if band.milestone.name in SHOWN}


def _bar(band: Band | None, ahead: Micros) -> Bar | None:
    if band is None:
        return None
    x = WIDTH * band.earliest / ahead
    width = max(3.0, WIDTH * (band.latest - band.earliest) / ahead)
    return Bar(in_seconds(band.earliest), in_seconds(band.latest), round(x, 1), round(width, 1))
