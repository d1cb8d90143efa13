"""The poster: a silent node from its last report to its return, as a run of each release tells it."""

from itertools import pairwise
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import MINUTE, SECOND, Micros, in_seconds
from clustersim.explain.milestones import milestones
from clustersim.view import build_view

STOPPED: Final = 10 * SECOND
LONGEST: Final[Micros] = 8 * MINUTE
RETURN: Final = 420
AXIS: Final = 465
"""Seconds: when the kubelet comes back on the sheet, and how long that is."""


def _seconds(number: int) -> str:
    return _("%(n)s s") % {"n": number}


class Poster(NamedTuple):
    """Seconds after the last report that arrived, as a run had them. grace, reprieve: as they are set.
    added: the second clock begins where the first ends, and pods are Terminating instead of Unknown.
    """

    release: str
    grace: int
    reprieve: int
    added: bool
    not_ready: int
    marked: int

    @property
    def rule(self) -> str:
        """How the time of the mark comes about."""
        reprieve = _seconds(self.reprieve)
        return f"{_seconds(self.grace)} + {reprieve}" if self.added else reprieve

    def percent(self, seconds: float) -> float:
        """Where a time stands on the sheet."""
        return round(100 * seconds / AXIS, 2)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Where the moments stand, and how they are written."""
        return [(self.percent(t), _seconds(t)) for t in (0, self.not_ready, self.marked, RETURN)]

    @property
    def spans(self) -> list[tuple[float, float]]:
        """Where it is Ready, NotReady, replaced, and back, and how long each lasts on the sheet."""
        ends = [0, self.not_ready, self.marked, RETURN, AXIS]
        return [(self.percent(begin), self.percent(end - begin)) for begin, end in pairwise(ends)]


class Bar(NamedTuple):
    """A part of a row, in percent of the sheet. y: where its words stand."""

    x: float
    width: float
    state: str
    text: str
    y: int


class Row(NamedTuple):
    """What somebody sees over the time."""

    y: int
    title: str
    bars: list[Bar]


def rows(found: Poster) -> list[Row]:
    """The sheet in words, in the present language."""
    lost = "Terminating" if found.added else "Unknown"
    runtime = "containerd" if found.added else "docker"
    told = [
        (
            _("API server: node"),
            ["ok", "notready", "notready", "ok"],
            ["Ready", "NotReady", "NotReady", "Ready"],
        ),
        (
            _("API server: pods"),
            ["ok", "notready", "unknown", "off"],
            ["1/1 Running", _("1/1 Running, but not ready"), lost, _("gone")],
        ),
        (
            _("%(runtime)s on the node") % {"runtime": runtime},
            ["ok", "ok", "ok", "off"],
            [_("runs"), _("runs"), _("still runs"), _("ended")],
        ),
        (
            _("Service and users"),
            ["ok", "ok", "ok", "ok"],
            [_("still served"), _("address gone"), _("a new one serves"), _("as before")],
        ),
    ]
    return [
        Row(
            50 + 86 * place,
            str(title),
            [
                Bar(x, width, state, str(text), 32)
                for (x, width), state, text in zip(found.spans, states, words, strict=True)
            ],
        )
        for place, (title, states, words) in enumerate(told)
    ]


def poster(release: str) -> Poster:
    """Measured in a run of the default world."""
    cluster = Cluster(default_scenario(release))
    cluster.run_until(STOPPED)
    cluster.apply(Command("stop-kubelet", "n1", {}), "poster")
    last_report = build_view(cluster).nodes["n1"].last_heartbeat
    assert last_report is not None
    cluster.run_until(LONGEST)
    found = {(shown.milestone.name, shown.milestone.of): shown.milestone.t for shown in milestones(cluster)}
    flags = cluster.scenario.flags
    added = happens_by_taints(cluster)
    return Poster(
        release=release,
        grace=round(in_seconds(flags.controller_manager.node_monitor_grace_period)),
        reprieve=flags.apiserver.default_unreachable_toleration_seconds
        if added
        else round(in_seconds(flags.controller_manager.pod_eviction_timeout)),
        added=added,
        not_ready=round(in_seconds(found["node-not-ready", "n1"] - last_report)),
        marked=round(in_seconds(found["pods-deletion-timestamp-first", "n1"] - last_report)),
    )


def happens_by_taints(cluster: Cluster) -> bool:
    """Whether the node was given a taint that drives pods away."""
    return any(shown.milestone.name == "node-tainted-noexecute" for shown in milestones(cluster))
